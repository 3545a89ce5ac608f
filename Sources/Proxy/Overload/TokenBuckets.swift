/// How many requests each client may still send: buckets that fill with time, a minute's worth at most. A value with the time passed in.
///
/// The table is bounded. Clients that have not asked for so long that their bucket is full again are forgotten, which changes nothing for
/// them; if it is full of others, newcomers share one bucket, so that many addresses are no way around the limit.
struct TokenBuckets {
    private struct Bucket {
        var tokens: Double
        var at: Duration
    }

    /// The most clients that are remembered.
    let tableLimit: Int
    private let capacity: Double
    private var buckets: [ClientKey: Bucket] = [:]
    private var shared: Bucket
    /// When the table was last searched for full buckets.
    private var swept: Duration?

    init(perMinute: Int, tableLimit: Int = 10_000) {
        capacity = Double(max(1, perMinute))
        self.tableLimit = tableLimit
        shared = Bucket(tokens: Double(max(1, perMinute)), at: .zero)
    }

    /// Clients that are remembered.
    var count: Int { buckets.count }

    /// Takes a client's token. Returns nil if there was one, else how long it takes until there is.
    mutating func take(_ client: ClientKey, now: Duration) -> Duration? {
        if buckets[client] == nil, buckets.count >= tableLimit { forgetFull(now) }
        guard buckets[client] != nil || buckets.count < tableLimit else {
            return take(from: &shared, now)
        }
        return take(from: &buckets[client, default: Bucket(tokens: capacity, at: now)], now)
    }

    private func take(from bucket: inout Bucket, _ now: Duration) -> Duration? {
        bucket.tokens = filled(bucket, now)
        bucket.at = max(bucket.at, now)
        guard bucket.tokens < 1 else {
            bucket.tokens -= 1
            return nil
        }
        return .seconds((1 - bucket.tokens) * 60 / capacity)
    }

    private func filled(_ bucket: Bucket, _ now: Duration) -> Double {
        min(capacity, bucket.tokens + max(0, (now - bucket.at).inSeconds) * capacity / 60)
    }

    /// At most once a second: an attacker must not make every request search the whole table.
    private mutating func forgetFull(_ now: Duration) {
        if let swept, now - swept < .seconds(1) { return }
        swept = now
        buckets = buckets.filter { filled($0.value, now) < capacity }
    }
}
