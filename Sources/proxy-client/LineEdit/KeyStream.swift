/// Turns the bytes of a keyboard into the characters that the line editor takes, one at a time.
///
/// Knows two things the editor does not: UTF-8 when the bytes come one by one, and bracketed paste. Pasted line feeds
/// become ``pastedLineFeed``, so that a pasted text stays one entry and can be edited before it is sent.
struct KeyStream {
    /// Stands for a line feed inside the line being edited.
    static let pastedLineFeed: Unicode.Scalar = "⏎"
    /// What asks a terminal to mark pasted text, and what ends that.
    static let pasteOn = "\u{1B}[?2004h"
    static let pasteOff = "\u{1B}[?2004l"

    private static let pasteBegin = Array("\u{1B}[200~".utf8)
    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    private var bytes: [UInt8] = []
    private var isPasting = false
    private var endsInReturn = false

    /// True while bytes wait: a character or a paste mark that is not complete, or characters not taken yet.
    var hasBytes: Bool { !bytes.isEmpty }

    mutating func receive(_ new: some Sequence<UInt8>) { bytes.append(contentsOf: new) }

    /// Takes the next character.
    ///
    /// - Parameter isQuiet: no more bytes are coming for now, so that a beginning counts as what it is: an escape is the
    ///   Escape key.
    /// - Returns: the character; nil when more bytes are needed.
    mutating func next(isQuiet: Bool) -> Unicode.Scalar? {
        while let first = bytes.first {
            let mark = isPasting ? Self.pasteEnd : Self.pasteBegin
            if bytes.starts(with: mark) {
                bytes.removeFirst(mark.count)
                isPasting.toggle()
                continue
            }
            if first == 0x1B, mark.starts(with: bytes), !isQuiet { return nil }
            guard let scalar = takeScalar(isQuiet: isQuiet) else { return nil }
            guard isPasting else { return scalar }
            if let shown = pasted(scalar) { return shown }
        }
        return nil
    }

    /// A pasted character as the editor may take it; nil for control characters, which would be commands.
    private mutating func pasted(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        defer { endsInReturn = scalar == "\r" }
        switch scalar {
        case "\n" where endsInReturn: return nil  // The second half of CR LF.
        case "\r", "\n": return Self.pastedLineFeed
        case "\t": return " "
        case "\u{0}"..."\u{1F}", "\u{7F}": return nil
        default: return scalar
        }
    }

    /// Takes one UTF-8 sequence; a wrong byte is U+FFFD.
    private mutating func takeScalar(isQuiet: Bool) -> Unicode.Scalar? {
        guard let first = bytes.first else { return nil }
        let length =
            switch first {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        if bytes.count < length, !isQuiet { return nil }
        var decoder = UTF8()
        var iterator = bytes.prefix(length).makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
            bytes.removeFirst()
            return "\u{FFFD}"
        }
        bytes.removeFirst(UTF8.width(scalar))
        return scalar
    }
}
