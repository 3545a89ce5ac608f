import AgentAPIs
import AgentChecks
import Foundation
import Testing

/// Our streams have the shape of real providers': compared with the recordings in the folder that the environment's `RECORDINGS` names.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["RECORDINGS"] != nil)) struct RecordedShapeTests {
    private typealias Payload = [String: Any]

    /// The recorded streams of a file, one after the other; each begins with an event of this type.
    private static func streams(_ file: String, _ first: String) throws -> [[Payload]] {
        let folder = URL(filePath: ProcessInfo.processInfo.environment["RECORDINGS"] ?? "")
        var streams: [[Payload]] = []
        for line in try Data(contentsOf: folder.appending(path: file)).split(separator: 0x0A) {
            let payload = try #require(JSONSerialization.jsonObject(with: Data(line)) as? Payload)
            if payload["type"] as? String == first { streams.append([]) }
            streams[streams.count - 1].append(payload)
        }
        return streams
    }

    private static func responses() throws -> [[Payload]] {
        // What carries the reasoning is another one each time it is told.
        try streams("responses.openai.reasoning-summary-and-tools.jsonl", "response.created").map {
            $0.map { withoutSealed($0) as? Payload ?? [:] }
        }
    }

    private static func withoutSealed(_ value: Any) -> Any {
        switch value {
        case let object as Payload: object.filter { $0.key != "encrypted_content" }.mapValues(withoutSealed)
        case let list as [Any]: list.map(withoutSealed)
        default: value
        }
    }

    private static func ours(_ kind: Kind, _ said: [Said]) throws -> [Payload] {
        var problems: [String] = []
        let events = AgentEvent.read(Telling(said, Answers.plan(kind)).output, &problems)
        #expect(problems.isEmpty)
        return events.map(\.object)
    }

    private static let calling: [Said] = [
        .opened, .reasoning("r"), .step("Counting", "One."), .answerBegan, .call(0, id: "c", name: "shell", "{}"), .finished(.complete),
        .ended(Answers.usage),
    ]
    private static let answering: [Said] = [.opened, .answerBegan, .text("x"), .finished(.complete), .ended(Answers.usage)]
    private static let thinking: [Said] = [
        .opened, .reasoning("r"), .step(nil, "One."), .answerBegan, .text("x"), .finished(.complete), .ended(Answers.usage),
    ]

    /// Types in order, equal neighbours once, heartbeats left out.
    private static func types(_ payloads: [Payload]) -> [String] {
        let all = payloads.compactMap { $0["type"] as? String }.filter { $0 != "ping" }
        return all.enumerated().filter { $0.offset == 0 || all[$0.offset - 1] != $0.element }.map(\.element)
    }

    /// Types of the deltas within each block: the Messages API has one event type for all of them.
    private static func deltaTypes(_ payloads: [Payload]) -> [String] {
        let all = payloads.compactMap { ($0["delta"] as? Payload)?["type"] as? String }
        return all.enumerated().filter { $0.offset == 0 || all[$0.offset - 1] != $0.element }.map(\.element)
    }

    @Test func recordedStreamsAreValid() throws {
        for stream in try Self.responses() {
            let validator = ResponsesValidator(payloads: stream)
            #expect(validator.problems.isEmpty, "\(validator.problems)")
            #expect(validator.reading.ending == "completed")
        }
        for stream in try Self.streams("messages.anthropic.thinking.jsonl", "message_start") {
            let validator = MessagesValidator(payloads: stream)
            #expect(validator.problems.isEmpty, "\(validator.problems)")
            #expect(validator.reading.ending == "end_turn" && validator.reading.hasReasoning)
        }
    }

    @Test func theOrderIsThatOfTheRecordings() throws {
        let recorded = try Self.responses()
        #expect(Self.types(try Self.ours(.responses, Self.calling)) == Self.types(recorded[0]))
        #expect(Self.types(try Self.ours(.responses, Self.answering)) == Self.types(recorded[3]))
        let message = try Self.streams("messages.anthropic.thinking.jsonl", "message_start")[0]
        let ours = try Self.ours(.messages, Self.thinking)
        #expect(Self.types(ours) == Self.types(message))
        #expect(Self.deltaTypes(ours) == Self.deltaTypes(message))
    }

    /// Members that belong to a provider's own business.
    private static let providers: Set<String> = [
        "obfuscation", "service_tier", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "cache_creation", "inference_geo",
        "context_management", "citations",
    ]

    @Test func everyRecordedMemberIsThere() throws {
        try compare(try Self.responses().flatMap { $0 }, try Self.ours(.responses, Self.calling) + Self.ours(.responses, Self.answering))
        try compare(
            try Self.streams("messages.anthropic.thinking.jsonl", "message_start").flatMap { $0 },
            try Self.ours(.messages, Self.thinking) + Self.ours(.messages, [.opened, .silent]))
    }

    private func compare(_ recorded: [Payload], _ ours: [Payload]) throws {
        for payload in recorded {
            let type = payload["type"] as? String
            let candidates = ours.filter { $0["type"] as? String == type && Self.kind($0) == Self.kind(payload) }
            #expect(
                candidates.contains { Self.missing(payload, $0).isEmpty }, "\(type ?? ""): \(candidates.map { Self.missing(payload, $0) })")
        }
    }

    /// What kind of item, part, block or delta an event is about.
    private static func kind(_ payload: Payload) -> String {
        ["item", "part", "content_block", "delta"].compactMap { (payload[$0] as? Payload)?["type"] as? String }.joined()
    }

    private static func missing(_ recorded: Payload, _ ours: Payload) -> [String] {
        recorded.flatMap { member, value -> [String] in
            if providers.contains(member) { return [] }
            guard let other = ours[member] else { return [member] }
            // What a request says, and what an output holds, is the request's business.
            if ["text", "reasoning", "output"].contains(member) { return [] }
            if let inner = value as? Payload { return missing(inner, other as? Payload ?? [:]).map { "\(member).\($0)" } }
            return []
        }
    }
}
