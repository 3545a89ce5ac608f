import Foundation

/// A moment on the monotonic clock after which nobody waits any more.
struct Deadline {
    private let end: ContinuousClock.Instant

    init(in duration: Duration) {
        end = .now + duration
    }

    var remaining: Duration { max(.zero, end - .now) }
    var hasPassed: Bool { ContinuousClock.now >= end }

    /// For `poll(2)`: at least one, so that a wait close to the end does not spin.
    var milliseconds: Int32 {
        let rest = remaining.inMilliseconds
        return Int32(min(600_000, max(1, rest.rounded(.up))))
    }
}

/// Something did not happen in time.
struct Overdue: Error, CustomStringConvertible {
    let what: String
    let limit: Duration

    var description: String { "waited \(limit) in vain: \(what)" }
}

/// The only place where a test waits without a descriptor to wait for: looks until `value` gives something.
func eventually<Value>(_ what: String, within limit: Duration = .seconds(5), _ value: () throws -> Value?) throws -> Value {
    let deadline = Deadline(in: limit)
    while true {
        if let found = try value() { return found }
        if deadline.hasPassed { throw Overdue(what: what, limit: limit) }
        _ = poll(nil, 0, 2)
    }
}

/// Waits until `condition` holds.
func eventually(_ what: String, within limit: Duration = .seconds(5), _ condition: () throws -> Bool) throws {
    _ = try eventually(what, within: limit) { try condition() ? true : nil }
}

extension Duration {
    var inMilliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }
}

/// How long something took.
func measured(_ work: () throws -> Void) rethrows -> Duration {
    let start = ContinuousClock.now
    try work()
    return .now - start
}
