import ChatRequests
import Support
import Testing

/// What of a body reaches the upstream.
@Suite struct EditingTests {
    @Test("a body is edited to exactly its expected bytes", arguments: try Fixtures.paths(in: "requests/edits", withExtension: "json"))
    func edit(path: String) throws {
        let expected = try Fixtures.bytes(path.replacing(".json", with: ".out"))
        #expect(String(decoding: try upstreamBody(Fixtures.bytes(path)), as: UTF8.self) == String(decoding: expected, as: UTF8.self))
    }

    @Test("an edited body is a request that needs no more edits", arguments: try Fixtures.paths(in: "requests/edits", withExtension: "out"))
    func editedOnce(path: String) throws {
        let bytes = try Fixtures.bytes(path)
        #expect(try upstreamBody(bytes) == bytes)
    }

    @Test("summaries stay where stripping is off")
    func stripsNothing() throws {
        let bytes = try Fixtures.bytes("requests/edits/events.json")
        #expect(try ChatRequest.read(bytes).upstreamBody(from: bytes, model: nil, stripHistory: false) == bytes)
    }

    @Test("where the upstream's own stream passes, the summary level is the upstream's, and only our extension goes")
    func keepsSummaryLevel() throws {
        let bytes = try Fixtures.bytes("requests/edits/reasoning-summary-and-phases.json")
        let kept = try ChatRequest.read(bytes).upstreamBody(from: bytes, model: nil, stripHistory: true, keepsSummaryLevel: true)
        let text = String(decoding: bytes, as: UTF8.self).replacing(#""phases":"think","#, with: "")
        #expect(String(decoding: kept, as: UTF8.self) == text)
    }

    @Test(
        "the model is renamed, with its name escaped and nothing else touched",
        arguments: [("m", "m"), ("other", "other"), ("a\"b\\c\n", "a\\\"b\\\\c\\n"), ("模型", "模型"), ("", "")])
    func rename(name: String, spelled: String) throws {
        let bytes = Array("{ \"n\":1 ,\"model\" : \"m#think\", \"messages\":[{\"role\":\"user\",\"content\":\"m\"}]}".utf8)
        let edited = try ChatRequest.read(bytes).upstreamBody(from: bytes, model: name, stripHistory: true)
        let expected = "{ \"n\":1 ,\"model\" : \"\(spelled)\", \"messages\":[{\"role\":\"user\",\"content\":\"m\"}]}"
        #expect(String(decoding: edited, as: UTF8.self) == expected)
    }

    @Test("random requests with nothing to edit pass byte for byte", arguments: 0..<300)
    func untouched(seed: Int) throws {
        var maker = RequestMaker(seed: UInt64(seed))
        let bytes = maker.request(withOurs: false).sent
        #expect(try upstreamBody(bytes) == bytes)
    }

    @Test("random requests lose our additions and no other byte", arguments: 0..<300)
    func edited(seed: Int) throws {
        var maker = RequestMaker(seed: UInt64(seed))
        let (sent, wanted) = maker.request(withOurs: true)
        let edited = try upstreamBody(sent)
        #expect(String(decoding: edited, as: UTF8.self) == String(decoding: wanted, as: UTF8.self))
    }
}

/// Writes random requests, each together with what shall be left of it.
private struct RequestMaker {
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func request(withOurs: Bool) -> (sent: [UInt8], wanted: [UInt8]) {
        let suffix = withOurs && Bool.random(using: &random) ? "#inline" : ""
        var members = [(key: key("model"), sent: "\"m\(suffix)\"", wanted: Optional("\"m\""))]
        let messages = (0...Int.random(in: 0...5, using: &random)).map { _ in message(withOurs: withOurs) }
        members.append(
            (key("messages"), "[\(messages.map(\.sent).joined(separator: " ,"))]", "[\(messages.map(\.wanted).joined(separator: " ,"))]"))
        for index in 0..<Int.random(in: 0...4, using: &random) {
            let text = value(depth: 0)
            members.append((key("x\(index)"), text, text))
        }
        if withOurs { members.append((key("phases"), pick(["\"off\"", "{\"style\":\"think\", \"a\":[1,{}]}", "null"]), nil)) }
        members.shuffle(using: &random)
        let sent = members.map { "\($0.key)\(space()):\(space())\($0.sent)" }
        return (Array("{\(sent.joined(separator: ","))}".utf8), Array("{\(wantedMembers(sent, members.map(\.wanted)))}".utf8))
    }

    /// The members without ours. White space around a member goes with it, as the editing promises: up to the next name, or
    /// from the end of the value before.
    private mutating func wantedMembers(_ sent: [String], _ wanted: [String?]) -> String {
        zip(sent, wanted).compactMap { text, value in
            guard let value else { return nil }
            guard let colon = text.firstIndex(of: ":") else { return nil }
            let name = text[...colon]
            return name + text[text.index(after: colon)...].prefix { $0 == " " || $0 == "\n" } + value
        }.joined(separator: ",")
    }

    private mutating func message(withOurs: Bool) -> (sent: String, wanted: String) {
        let role = pick(["user", "assistant", "system", "tool"])
        let text = content()
        guard withOurs, role == "assistant", Bool.random(using: &random) else {
            let plain = "{\"role\":\"\(role)\", \"content\":\"\(text)\"}"
            return (plain, plain)
        }
        let ours = summaries()
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return ("{\"role\":\"assistant\",\"content\":\"\(ours)\(text)\"}", "{\"role\":\"assistant\",\"content\":\"\(text)\"}")
        case 1:
            return (
                "{\"content\":\"<think>\(ours)</think>\\n\\n\(text)\",\"role\":\"assistant\"}",
                "{\"content\":\"\(text)\",\"role\":\"assistant\"}"
            )
        case 2:
            return (
                "{\"reasoning_content\": \"\(ours)\" , \"role\":\"assistant\",\"content\":\"\(text)\"}",
                "{\"role\":\"assistant\",\"content\":\"\(text)\"}"
            )
        default:
            let extra = value(depth: 1)
            let parts = { (text: String) in
                "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"\(text)\"}], \"x\":\(extra)}"
            }
            return (parts(ours + text), parts(text))
        }
    }

    private mutating func value(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 3 ? 6 : 8), using: &random) {
        case 0: return pick(["1", "-0.0", "1E400", "0.10", "12345678901234567890", "1e-07"])
        case 1: return pick(["true", "false", "null"])
        case 2...5: return "\"\(content())\""
        case 6:
            return "[\((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth + 1) }.joined(separator: space() + ","))]"
        default:
            let members = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                "\"\(pick(["phases", "model", "role", "a"]))\":\(value(depth: depth + 1))"
            }
            return "{\(space())\(members.joined(separator: ","))}"
        }
    }

    /// Text, undecoded, that does not begin like one of ours.
    private mutating func content() -> String {
        let pieces = [
            "a", " ", "ü", "😀", "\\n", "\\n\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\ud83d\\ude00", "\\ud800", "</think>", "Answer",
        ]
        return "." + (0..<Int.random(in: 0...8, using: &random)).map { _ in pick(pieces + ["[Prompt Summary] "]) }.joined()
    }

    private mutating func summaries() -> String {
        let prompt = Bool.random(using: &random) ? "[Prompt Summary] \(sentence())\\n\\n" : ""
        let steps = (0..<Int.random(in: prompt.isEmpty ? 1...3 : 0...3, using: &random)).map { _ in
            pick(["[Reasoning Summary] ", "\\u005BReasoning Summary] "]) + sentence() + pick(["\\n\\n", "\\u000a\\n"])
        }
        return prompt + steps.joined()
    }

    private mutating func sentence() -> String {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in pick(["word ", "ü", "\\u00fc", "\\n-", "[x]", "\\\\", "3 × 4"]) }.joined()
            + "."
    }

    private mutating func key(_ name: String) -> String {
        guard Bool.random(using: &random), let first = name.utf8.first else { return "\"\(name)\"" }
        return "\"\\u00\(String(first, radix: 16))\(name.dropFirst())\""
    }

    private mutating func space() -> String { pick(["", "", " ", "\n"]) }

    private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
}
