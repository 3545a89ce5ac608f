/// Sizes as people write them: `64KiB` (powers of 1024), `10MB` (powers of 1000), or plain bytes.
enum ByteCountText {
    private static let units: [(name: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1), ("", 1),
    ]

    /// Reads one size in bytes; one space before the unit and any letter case are fine.
    static func read(_ text: String) throws(ValueFault) -> Int {
        let digits = text.prefix { ("0"..."9").contains($0) }
        var unit = text.dropFirst(digits.count)
        if unit.first == " " { unit.removeFirst() }
        guard !digits.isEmpty else { throw .unexpected(hint: nil) }
        guard let known = units.first(where: { $0.name.lowercased() == unit.lowercased() }) else {
            throw .unexpected(hint: hint(for: unit))
        }
        guard let number = Int(digits) else { throw .unexpected(hint: "the number is too large") }
        let (total, overflow) = number.multipliedReportingOverflow(by: known.bytes)
        guard !overflow else { throw .unexpected(hint: "the number is too large") }
        return total
    }

    /// Writes a size with the largest unit that divides it, binary units first.
    static func show(_ bytes: Int) -> String {
        for unit in units.prefix(6) where bytes != 0 && bytes % unit.bytes == 0 { return "\(bytes / unit.bytes)\(unit.name)" }
        return "\(bytes)"
    }

    private static func hint(for unit: Substring) -> String {
        guard let letter = unit.first?.uppercased(), unit.count == 1, "KMG".contains(letter) else {
            return "the units are B, KB, KiB, MB, MiB, GB and GiB"
        }
        return "write \(letter)iB (powers of 1024) or \(letter)B (powers of 1000)"
    }
}
