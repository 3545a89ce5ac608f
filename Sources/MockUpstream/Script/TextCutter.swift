/// Cuts texts the way a model's tokens or a server's buffers do.
enum TextCutter {
    /// The pieces of `text`; joined they are `text` again. An empty text has no pieces.
    static func pieces(of text: String, _ cut: Chunking.TextCut) -> [String] {
        switch cut {
        case .token: tokens(of: text)
        case .characters(let count): groups(of: Array(text), count) { String($0) }
        case .scalars(let count):
            groups(of: Array(text.unicodeScalars), count) { scalars in
                var view = String.UnicodeScalarView()
                view.append(contentsOf: scalars)
                return String(view)
            }
        case .whole: text.isEmpty ? [] : [text]
        }
    }

    /// Words with the space before them, single punctuation marks, runs of line ends, CJK characters in pairs.
    static func tokens(of text: String) -> [String] {
        var tokens: [String] = []
        var current = ""
        var currentKind: Kind?
        for character in text {
            let kind = Kind(character)
            if let open = currentKind, !open.absorbs(kind, length: current.count) {
                tokens.append(current)
                current = ""
            }
            current.append(character)
            currentKind = kind
        }
        if !current.isEmpty { tokens.append(current) }
        return tokens
    }

    private enum Kind {
        case space, lineEnd, word, ideograph, other

        init(_ character: Character) {
            let first = character.unicodeScalars.first?.value ?? 0
            if character.isNewline {
                self = .lineEnd
            } else if character.isWhitespace {
                self = .space
            } else if (0x2E80...0x9FFF).contains(first) || (0xAC00...0xD7AF).contains(first) || (0xF900...0xFAFF).contains(first) {
                self = .ideograph
            } else {
                self = character.isLetter || character.isNumber ? .word : .other
            }
        }

        /// Whether a token that ends with this kind goes on with the next character.
        func absorbs(_ next: Kind, length: Int) -> Bool {
            switch (self, next) {
            case (.space, .lineEnd): false
            case (.space, _): true
            case (.lineEnd, .lineEnd): true
            case (.word, .word): length < 12
            case (.ideograph, .ideograph): length < 2
            default: false
            }
        }
    }

    private static func groups<Element>(of elements: [Element], _ count: Int, join: (ArraySlice<Element>) -> String) -> [String] {
        stride(from: 0, to: elements.count, by: max(1, count)).map { start in
            join(elements[start..<min(start + max(1, count), elements.count)])
        }
    }
}
