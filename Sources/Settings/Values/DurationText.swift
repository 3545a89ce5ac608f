/// Durations as people write them: a whole number and a unit, `300ms`, `5s`, `2m`, `1h`.
enum DurationText {
    /// Units from the largest, each with its length in milliseconds.
    private static let units: [(name: String, milliseconds: Int64)] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)]

    /// Reads one duration; a plain number is refused because its unit would be a guess.
    static func read(_ text: String) throws(ValueFault) -> Duration {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count)
        guard !digits.isEmpty else { throw .unexpected(hint: nil) }
        guard !unit.isEmpty else { throw .unexpected(hint: "a number needs its unit; write \"\(digits)s\" for seconds or \"\(digits)ms\"") }
        guard let known = units.first(where: { $0.name == unit }) else { throw .unexpected(hint: "the units are ms, s, m and h") }
        guard let number = Int64(digits) else { throw .unexpected(hint: "the number is too large") }
        let (total, overflow) = number.multipliedReportingOverflow(by: known.milliseconds)
        guard !overflow else { throw .unexpected(hint: "the number is too large") }
        return .milliseconds(total)
    }

    /// Writes a duration with the largest unit that divides it; parts of a millisecond are dropped.
    static func show(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let total = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        guard total != 0 else { return "0s" }
        for unit in units where total % unit.milliseconds == 0 { return "\(total / unit.milliseconds)\(unit.name)" }
        return "\(total)ms"
    }
}
