/// Calls of the last minute (or another span), counted in buckets of equal length that drop out one by one.
///
/// The window reaches from the bucket of the last reading back over `bucketCount` buckets, so it is up to one bucket
/// shorter than its nominal length. Adding and reading cost a constant, plus one step per bucket that has dropped out.
struct CallWindow: Sendable {
    struct Counts: Sendable, Equatable {
        var calls = 0
        /// Failures in halves: a failure counts 2, a soft one 1.
        var failureHalves = 0
        var slow = 0

        static func += (left: inout Counts, right: Counts) {
            left.calls += right.calls
            left.failureHalves += right.failureHalves
            left.slow += right.slow
        }

        static func -= (left: inout Counts, right: Counts) {
            left.calls -= right.calls
            left.failureHalves -= right.failureHalves
            left.slow -= right.slow
        }
    }

    private let bucketLength: Duration
    private var buckets: [Counts]
    private var newest = Int64.min
    private var total = Counts()

    init(length: Duration, bucketLength: Duration) {
        self.bucketLength = max(.milliseconds(1), bucketLength)
        buckets = Array(repeating: Counts(), count: max(1, Int((length / self.bucketLength).rounded(.up))))
    }

    /// What happened in the window that ends now.
    mutating func counts(now: Duration) -> Counts {
        advance(to: now)
        return total
    }

    mutating func add(_ counts: Counts, now: Duration) {
        advance(to: now)
        buckets[slot(of: newest)] += counts
        total += counts
    }

    mutating func removeAll() {
        for index in buckets.indices { buckets[index] = Counts() }
        total = Counts()
    }

    private func slot(of number: Int64) -> Int {
        let remainder = Int(number % Int64(buckets.count))
        return remainder < 0 ? remainder + buckets.count : remainder
    }

    /// Empties the buckets that have dropped out. A time before the last one counts as the last one.
    private mutating func advance(to now: Duration) {
        let number = Int64((now / bucketLength).rounded(.down))
        guard number > newest else { return }
        let isGapWide = newest == Int64.min || number - newest >= Int64(buckets.count)
        if isGapWide {
            removeAll()
        } else {
            for passed in newest + 1...number {
                let slot = slot(of: passed)
                total -= buckets[slot]
                buckets[slot] = Counts()
            }
        }
        newest = number
    }
}
