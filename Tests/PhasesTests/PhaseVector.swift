import ChatDelta
import ChatRequests
import Detect
import EventStream
import Foundation
import Phases
import Summaries
import Support
import Testing

/// One vector of `Fixtures/phases/vectors.json`; the README there explains the keys.
struct PhaseVector: Decodable, CustomTestStringConvertible {
    var name: String
    var stream: String
    var done: Bool?
    var usage: Bool?
    var thinking: Bool?
    var profile: String?
    var eventLimit: Int?
    var end: String
    var answers: [String: String]
    var finish: [String: String]?
    var toolCalls: [String: [WireReading.ToolCall]]?
    var refusals: [String: String]?
    var logprobTokens: [String: [String]]?
    var annotations: Int?
    var thoughts: String?
    var secrets: [String]?
    var answerIsMissing: Bool?
    var says: String?
    /// Style `off` goes on where the others stop.
    var passes: Bool?
    var offDependsOnCutting: Bool?

    var testDescription: String { name }

    static func all() throws -> [PhaseVector] {
        try Fixtures.json("phases/vectors.json")
    }

    /// The upstream's bytes: an `.sse` file as it is, a `.jsonl` file as one event for each line and `[DONE]`.
    func input() throws -> [UInt8] {
        let bytes = try Fixtures.bytes("phases/\(stream)")
        return stream.hasSuffix(".jsonl") ? Streams.events(ofLines: bytes, done: done ?? true) : bytes
    }

    func plan(_ style: WireStyle, _ reasoning: StreamPlan.ReasoningMode = .extractive(ReasoningSummaryOptions())) -> StreamPlan {
        var plan = Streams.plan(style, reasoning, thinking: ThinkingRequest(enableThinking: thinking), profile: profile ?? "default")
        plan.includesUsage = usage ?? false
        if let eventLimit { plan.limits = EventStreamLimits(lineBytes: eventLimit, eventBytes: eventLimit) }
        return plan
    }
}

/// Streams and plans for tests.
enum Streams {
    static let prompt = "What is 17 times 23?"
    static let styles: [WireStyle] = [.events, .inline, .reasoning, .think]

    static func plan(
        _ style: WireStyle, _ reasoning: StreamPlan.ReasoningMode = .extractive(ReasoningSummaryOptions()),
        thinking: ThinkingRequest = ThinkingRequest(), profile: String = "default"
    ) -> StreamPlan {
        StreamPlan(
            style: style, identity: ChunkIdentity(id: "chatcmpl-own", created: 1_763_692_801, model: "own-model"), promptSummary: prompt,
            promptFacts: PromptFacts(lastUserText: Array(prompt.utf8)), reasoning: reasoning,
            profile: Streams.profile(profile), thinking: thinking)
    }

    /// A built-in profile by its name.
    static func profile(_ name: String) -> CompiledProfile {
        ProfileCatalogue.builtIn.named(name) ?? ProfileCatalogue.builtIn.profile(forModel: "unknown")
    }

    /// One event for each line that is not empty.
    static func events(ofLines bytes: [UInt8], done: Bool = true) -> [UInt8] {
        var output: [UInt8] = []
        for line in bytes.split(separator: 0x0A) { output += Array("data: ".utf8) + line + Array("\n\n".utf8) }
        return done ? output + Array("data: [DONE]\n\n".utf8) : output
    }

    static func events(_ payloads: [String], done: Bool = true) -> [UInt8] {
        events(ofLines: Array(payloads.joined(separator: "\n").utf8), done: done)
    }

    /// A complete chunk with one choice; `delta` and `more` are JSON text.
    static func chunk(_ delta: String, index: Int = 0, finish: String? = nil, more: String = "") -> String {
        let reason = finish.map { "\"\($0)\"" } ?? "null"
        return #"{"id":"up","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":\#(index),"delta":\#(delta),"#
            + #""finish_reason":\#(reason)}]\#(more)}"#
    }

    static func quoted(_ text: String) -> String {
        // Foundation's own spelling: a second opinion on escapes.
        let data = try? JSONEncoder().encode([text])
        return String(String(decoding: data ?? Data(), as: UTF8.self).dropFirst().dropLast())
    }

    static func content(_ text: String, index: Int = 0) -> String { chunk("{\"content\":\(quoted(text))}", index: index) }
    static func reasoning(_ text: String, index: Int = 0) -> String { chunk("{\"reasoning_content\":\(quoted(text))}", index: index) }
    static let stop = chunk("{}", finish: "stop")
}
