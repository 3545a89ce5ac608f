/// Bounds the work that further attempts add, so that an outage is not made worse by everybody trying again.
///
/// Each request pays in a share of a token, each attempt beyond a request's first takes a whole one; without one it is
/// not made. A small number of tokens a second comes on top, so that a quiet proxy can try again too. Both kinds are
/// bounded: what a calm hour left unused does not pay for a storm.
///
/// A value without clock or lock: times are readings of one monotonic clock. One call costs a constant.
public struct RetryBudget: Sendable {
    /// The most tokens that requests can pay in.
    public static let mostTokens = 100.0

    private let share: Double
    private let tokensPerSecond: Double
    private var tokens: Double
    private var lastRefill: Duration?

    /// A budget with the tokens of one second.
    ///
    /// - Parameters:
    ///   - share: further attempts for each request, for example 0.2; 0 for none.
    ///   - tokensPerSecond: further attempts a second that are free of the share, and the most of them that are kept.
    public init(share: Double = 0.2, tokensPerSecond: Double = 10) {
        self.share = max(0, share)
        self.tokensPerSecond = max(0, tokensPerSecond)
        tokens = self.tokensPerSecond
    }

    /// A request has come, with its first attempt.
    public mutating func requestCame() {
        tokens = max(tokens, min(RetryBudget.mostTokens, tokens + share))
    }

    /// Takes the token for one further attempt.
    ///
    /// - Parameter now: the time.
    /// - Returns: false if there is none: the attempt must not be made.
    public mutating func takeToken(now: Duration) -> Bool {
        refill(now)
        // The shares are fractions that do not add up exactly: five fifths are a whole.
        guard tokens >= 1 - 1e-6 else { return false }
        tokens = max(0, tokens - 1)
        return true
    }

    private mutating func refill(_ now: Duration) {
        guard let last = lastRefill else { return lastRefill = now }
        guard now > last else { return }
        lastRefill = now
        tokens = max(tokens, min(tokensPerSecond, tokens + (now - last) / .seconds(1) * tokensPerSecond))
    }
}
