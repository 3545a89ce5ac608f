import Foundation
import Support

/// A JSON value whose members keep their order, so that it can be spelled in many ways.
indirect enum GeneratedJSON {
    case null, flag(Bool), number(Int), text(String)
    case list([GeneratedJSON])
    case object([(String, GeneratedJSON)])

    /// Spells the value: random order of members, white space and escapes. Line breaks stand only in `lines`.
    func spelled(lines: Bool, _ random: inout SeededRandom) -> String {
        let space = { (random: inout SeededRandom) in GeneratedJSON.space(lines: lines, &random) }
        switch self {
        case .null: return "null"
        case .flag(let flag): return "\(flag)"
        case .number(let number): return "\(number)"
        case .text(let text): return GeneratedJSON.quoted(text, &random)
        case .list(let elements):
            var parts: [String] = []
            for element in elements { parts.append(space(&random) + element.spelled(lines: lines, &random) + space(&random)) }
            return "[" + (parts.isEmpty ? space(&random) : parts.joined(separator: ",")) + "]"
        case .object(let members):
            var parts: [String] = []
            for (name, value) in members.shuffled(using: &random) {
                // Names are escaped now and then.
                let key = Int.random(in: 0..<8, using: &random) == 0 ? GeneratedJSON.quoted(name, &random) : "\"\(name)\""
                parts.append(
                    space(&random) + key + space(&random) + ":" + space(&random) + value.spelled(lines: lines, &random) + space(&random))
            }
            return "{" + (parts.isEmpty ? space(&random) : parts.joined(separator: ",")) + "}"
        }
    }

    private static func space(lines: Bool, _ random: inout SeededRandom) -> String {
        let choices = lines ? ["", " ", "\n", "\r\n", "\t"] : ["", "", " ", "\t", "  "]
        return choices.randomElement(using: &random) ?? ""
    }

    private static func quoted(_ text: String, _ random: inout SeededRandom) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if mustEscape || Int.random(in: 0..<6, using: &random) == 0 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Random chunks of every dialect.
enum GeneratedChunk {
    private static let pieces = [
        "a", "We", " think", "", "é", "中", "😀", "\"", "\\", "\n", "\u{2028}", "}", "]", "<think>", "null", "\u{1}",
    ]

    static func make(_ random: inout SeededRandom) -> GeneratedJSON {
        var members: [(String, GeneratedJSON)] = [("choices", .list(list(0...2, &random) { choice(index: $0, &$1) }))]
        maybe(&random) { members.append(("id", usually(.text("c1"), [.text(""), .null, .number(4)], &$0))) }
        maybe(&random) { members.append(("object", usually(.text("chat.completion.chunk"), [.text("x"), .null], &$0))) }
        maybe(&random) { members.append(("model", usually(.text(text(&$0)), [.null], &$0))) }
        maybe(&random) { members.append(("created", usually(.number(17), [.null, .text("17")], &$0))) }
        maybe(&random) { members.append(("usage", usually(.null, [.object([("total_tokens", .number(3))]), .list([])], &$0))) }
        maybe(&random) { members.append(("x_unknown", any(depth: 3, &$0))) }
        return .object(members)
    }

    private static func choice(index: Int, _ random: inout SeededRandom) -> GeneratedJSON {
        var members: [(String, GeneratedJSON)] = [("delta", delta(&random))]
        maybe(&random) { members.append(("index", usually(.number(index), [.null], &$0))) }
        maybe(&random) { members.append(("finish_reason", pick([.null, .null, .text("stop"), .text("stop"), .text("")], &$0))) }
        maybe(&random) { members.append(("logprobs", any(depth: 2, &$0))) }
        return .object(members)
    }

    private static func delta(_ random: inout SeededRandom) -> GeneratedJSON {
        var members: [(String, GeneratedJSON)] = []
        maybe(&random) { members.append(("role", pick([.text("assistant"), .null], &$0))) }
        maybe(&random) { members.append(("content", content(&$0))) }
        for field in ["reasoning_content", "reasoning", "reasoning_text", "thinking"] where Int.random(in: 0..<8, using: &random) == 0 {
            members.append((field, pick([.text(text(&random)), .null, .flag(true)], &random)))
        }
        for (field, member) in [("reasoning_details", "text"), ("thinking_blocks", "thinking")]
        where Int.random(in: 0..<8, using: &random) == 0 {
            members.append((field, .list(list(0...2, &random) { .object([("type", .text("x")), (member, .text(text(&$1)))]) })))
        }
        maybe(&random) { members.append(("tool_calls", pick([.null, .list([]), .list([.object([("index", .number(0))])])], &$0))) }
        maybe(&random) { members.append(("y_unknown", any(depth: 2, &$0))) }
        return .object(members)
    }

    private static func content(_ random: inout SeededRandom) -> GeneratedJSON {
        if Int.random(in: 0..<3, using: &random) > 0 { return pick([.text(text(&random)), .text(text(&random)), .null], &random) }
        return .list(
            list(0...3, &random) { _, random in
                let kind = pick(["text", "thinking"], &random)
                return .object([("type", .text(kind)), (kind, .text(text(&random)))])
            })
    }

    static func any(depth: Int, _ random: inout SeededRandom) -> GeneratedJSON {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: .null
        case 1: .flag(Bool.random(using: &random))
        case 2: .number(Int.random(in: -1000...1000, using: &random))
        case 3: .text(text(&random))
        case 4: .list(list(0...3, &random) { any(depth: depth - 1, &$1) })
        default: .object(list(0...3, &random) { ("k\($0)", any(depth: depth - 1, &$1)) })
        }
    }

    private static func text(_ random: inout SeededRandom) -> String {
        list(0...4, &random) { pick(pieces, &$1) }.joined()
    }

    private static func pick<Value>(_ values: [Value], _ random: inout SeededRandom) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    private static func list<Value>(
        _ count: ClosedRange<Int>, _ random: inout SeededRandom, _ make: (Int, inout SeededRandom) -> Value
    ) -> [Value] {
        (0..<Int.random(in: count, using: &random)).map { make($0, &random) }
    }

    /// Nine times in ten the usual value.
    private static func usually(_ value: GeneratedJSON, _ others: [GeneratedJSON], _ random: inout SeededRandom) -> GeneratedJSON {
        Int.random(in: 0..<10, using: &random) > 0 ? value : pick(others, &random)
    }

    /// Fifteen times in sixteen.
    private static func maybe(_ random: inout SeededRandom, _ body: (inout SeededRandom) -> Void) {
        if Int.random(in: 0..<16, using: &random) > 0 { body(&random) }
    }
}
