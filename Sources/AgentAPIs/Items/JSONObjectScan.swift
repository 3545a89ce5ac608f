/// Watches a text that arrives in pieces, to see when it is a whole JSON object. It checks brackets and strings, not the grammar.
struct JSONObjectScan {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var hasBegun = false
    private var isOff = false

    /// Whether what has come so far is one whole object: nothing that still comes can belong to it but white space.
    private(set) var isWhole = false
    /// Whether nothing but white space has come.
    var isBlank: Bool { !hasBegun && !isOff }

    mutating func receive(_ text: Span<UInt8>) {
        for index in text.indices where !isOff { step(text[index]) }
    }

    private mutating func step(_ byte: UInt8) {
        if isInString { return stepInString(byte) }
        if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { return }
        guard hasBegun ? !isWhole : byte == UInt8(ascii: "{") else {
            isOff = true
            isWhole = false
            return
        }
        hasBegun = true
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            isWhole = depth == 0
        case UInt8(ascii: "\""): isInString = true
        default: break
        }
    }

    private mutating func stepInString(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
    }
}
