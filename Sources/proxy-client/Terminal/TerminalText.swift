/// Makes text from a server safe to show on a terminal.
///
/// A model may write anything, escape sequences included, and a terminal would obey: change its title, its clipboard,
/// its colours, or hide text. Control characters are shown as symbols (`ESC` as ␛); C1 controls and the marks that reorder
/// text (bidirectional overrides) as their code point. Line feeds and tabs are kept, and a carriage return before a line feed
/// is dropped, also when the two come in different pieces.
struct TerminalText {
    private var heldReturn = false

    /// The safe form of the next piece; at most a carriage return is held back.
    mutating func receive(_ text: String) -> String {
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if heldReturn, scalar != "\n" { safe.append("␍") }
            heldReturn = scalar == "\r"
            if !heldReturn { Self.append(scalar, to: &safe) }
        }
        return String(safe)
    }

    /// The safe form of a text that is complete.
    static func safe(_ text: String) -> String {
        var whole = TerminalText()
        let start = whole.receive(text)
        return whole.heldReturn ? start + "␍" : start
    }

    private static func append(_ scalar: Unicode.Scalar, to safe: inout String.UnicodeScalarView) {
        switch scalar.value {
        case 0x09, 0x0A: safe.append(scalar)
        case 0x00...0x1F: safe.append(Unicode.Scalar(0x2400 + scalar.value) ?? "�")
        case 0x7F: safe.append("␡")
        case 0x80...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0x2028...0x2029:
            safe.append(contentsOf: "<U+\(hexadecimal(scalar.value))>".unicodeScalars)
        default: safe.append(scalar)
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
