import JSONBytes

/// An upstream's stream made from a text.
struct FuzzStream {
    /// Where in the chunks the text stands.
    enum Dialect: CaseIterable {
        case content, escapedContent, reasoningContent, reasoningField, details, parts, whole
    }

    private let dialect: Dialect
    private let shape: UInt8

    /// `shape` says how the stream begins and ends, and how its lines end.
    init(_ dialect: Dialect, shape: UInt8) {
        self.dialect = dialect
        self.shape = shape
    }

    /// Whether the stream has one choice only and says that its answer is complete.
    var isOneCompleteAnswer: Bool { shape & 0x83 == 0 }

    /// One event for each piece, and what belongs around them.
    func bytes(of pieces: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        if shape & 16 != 0 { append(#"{"role":"assistant","content":""}"#, to: &bytes) }
        for (index, piece) in pieces.enumerated() {
            // In dialects with a field of its own the first half is reasoning.
            appendDelta(piece, isReasoning: index * 2 < pieces.count, to: &bytes)
            if shape & 32 != 0 { bytes += Array(": keep-alive\n\n".utf8) }
        }
        if shape & 1 == 0 { append("{}", finish: shape & 4 == 0 ? "\"stop\"" : "\"length\"", to: &bytes) }
        if shape & 8 != 0 {
            bytes += Array(#"data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#.utf8) + [0x0A, 0x0A]
        }
        if shape & 2 == 0 { bytes += Array("data: [DONE]\n\n".utf8) }
        return shape & 64 == 0 ? bytes : bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
    }

    private func appendDelta(_ text: [UInt8], isReasoning: Bool, to bytes: inout [UInt8]) {
        if dialect == .escapedContent {
            // A pair of surrogates in two chunks, as servers that cut by UTF-16 units do.
            let units = Array(String(decoding: text, as: UTF8.self).utf16)
            let middle = units.count / 2
            for half in [units[..<middle], units[middle...]] where !half.isEmpty {
                append("{\"content\":\"\(half.map { FuzzStream.escape($0) }.joined())\"}", to: &bytes)
            }
            return
        }
        var quoted: [UInt8] = []
        JSONText.appendQuoted(text.span, to: &quoted)
        let string = String(decoding: quoted, as: UTF8.self)
        append(isReasoning ? reasoningDelta(string) : "{\"content\":\(string)}", to: &bytes)
    }

    private func reasoningDelta(_ string: String) -> String {
        switch dialect {
        case .content, .escapedContent: "{\"content\":\(string)}"
        case .reasoningContent: "{\"content\":null,\"reasoning_content\":\(string)}"
        case .reasoningField: "{\"reasoning\":\(string)}"
        case .details: "{\"content\":\"\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\(string)}]}"
        case .parts: "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\(string)}]}]}"
        case .whole: "{\"content\":\(string),\"reasoning_content\":\(string)}"
        }
    }

    private func append(_ delta: String, finish: String = "null", to bytes: inout [UInt8]) {
        let index = shape & 128 == 0 ? 0 : bytes.count % 2
        bytes += Array(
            "data: {\"id\":\"up\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":\(index),\"delta\":\(delta),\"finish_reason\":\(finish)}]}\n\n"
                .utf8)
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
