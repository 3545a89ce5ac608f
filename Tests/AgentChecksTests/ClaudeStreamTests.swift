import AgentChecks
import Foundation
import Testing

private typealias Made = ClaudeStreams

/// The scripted Claude Code reacts to each event stream as the real one was seen to; a row is a stream and what came of it.
@Suite struct ClaudeStreamTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var stream: String
        var result = "Hello there."
        var thinking: [String] = []
        /// Whether each request was streamed; what is not streamed is answered "Whole.".
        var streams = [true]

        var testDescription: String { name }
    }

    private static let text = Made.text(0, "Hello there.")

    static let rows: [Row] = [
        Row(name: "an answer with everything", stream: Made.answer, thinking: ["It looks."]),
        Row(
            name: "no usage, no message_stop",
            stream: Made.start() + text + Made.event("message_delta", #""delta":{"stop_reason":"end_turn"}"#)),
        Row(
            name: "unknown events, comments, ping, [DONE]",
            stream: ": hi\n\n" + Made.start() + Made.event("unheard_of") + text + Made.event("ping") + Made.end() + "data: [DONE]\n\n"),
        Row(
            name: "an empty signature",
            stream: Made.start() + Made.thinking(0, "T", signature: "") + Made.text(1, "Hello there.") + Made.end(),
            thinking: ["T"]),
        Row(
            name: "no signature", stream: Made.start() + Made.thinking(0, "T", signature: nil) + Made.text(1, "Hello there.") + Made.end(),
            thinking: ["T"]),
        Row(
            name: "several thinking blocks, and one redacted, which is not shown",
            stream: Made.start() + Made.thinking(0, "T") + Made.begin(1, #"{"type":"redacted_thinking","data":"x"}"#) + Made.stop(1)
                + Made.thinking(2, "U") + Made.text(3, "Hello there.") + Made.end(), thinking: ["T", "U"]),
        Row(
            name: "interleaved blocks are put in the order of their stops",
            stream: Made.start() + Made.beginText(0) + Made.beginThinking(1) + Made.textDelta(0, "Hello there.") + Made.stop(1)
                + Made.stop(0)
                + Made.end(), thinking: [""]),
        Row(
            name: "text, then thinking: the result is empty", stream: Made.start() + text + Made.thinking(1, "late") + Made.end(),
            result: "",
            thinking: ["late"]),
        Row(name: "stop reason null", stream: Made.start() + text + Made.end("null")),
        Row(name: "stop reason stop_sequence", stream: Made.start() + text + Made.end("\"stop_sequence\"")),
        Row(name: "stop reason pause_turn", stream: Made.start() + text + Made.end("\"pause_turn\"")),
        Row(name: "a stop reason nobody knows", stream: Made.start() + text + Made.end("\"tired\"")),
        Row(
            name: "no event lines",
            stream: Made.answer.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.hasPrefix("event:") }.joined(separator: "\n"), result: "Whole.", streams: [true, false]),
        Row(name: "an empty stream", stream: "", result: "Whole.", streams: [true, false]),
        Row(name: "no message_start", stream: text + Made.end(), result: "Whole.", streams: [true, false]),
        Row(name: "message_start only", stream: Made.start(), result: "Whole.", streams: [true, false]),
    ]

    @Test(arguments: rows)
    func aStreamIsTakenAsTheTableSays(row: Row) throws {
        var wire = ScriptedWire([Made.response(row.stream), Made.whole])
        var client = ClaudeCodeClient(model: "m")
        let turn = try client.ask("Say hello.", over: &wire)
        #expect(turn.failure == nil)
        #expect(turn.result == row.result && turn.thinking == row.thinking && turn.streams == row.streams)
    }

    // MARK: Errors in the stream

    enum Problem: String, CaseIterable {
        case api_error, overloaded_error, invalid_request_error, rate_limit_error, cleanEnd, cut
    }

    enum Finished: String, CaseIterable {
        case nothing, begun, begunText, thinking, text

        var stream: String {
            switch self {
            case .nothing: Made.start()
            case .begun: Made.start() + Made.beginThinking(0)
            case .begunText: Made.start() + Made.beginText(0) + Made.textDelta(0, "Hel")
            case .thinking: Made.start() + Made.thinking(0, "T")
            case .text: Made.start() + Made.thinking(0, "T") + Made.text(1, "Hello.")
            }
        }
    }

    struct ErrorRow: CustomTestStringConvertible, Sendable {
        var finished: Finished
        var problem: Problem
        /// Streamed requests; a last one that is not streamed is told by `isPlain`.
        var streamed: Int
        var isPlain = false
        var failure: String?
        var testDescription: String { "\(finished) \(problem)" }
    }

    static let errorRows: [ErrorRow] = [
        ErrorRow(finished: .nothing, problem: .api_error, streamed: 1, isPlain: true),
        ErrorRow(finished: .nothing, problem: .overloaded_error, streamed: 3, isPlain: true),
        ErrorRow(finished: .begun, problem: .overloaded_error, streamed: 3, isPlain: true),
        ErrorRow(finished: .begunText, problem: .overloaded_error, streamed: 1, isPlain: true),
        ErrorRow(finished: .nothing, problem: .invalid_request_error, streamed: 1, isPlain: true),
        ErrorRow(finished: .nothing, problem: .rate_limit_error, streamed: 1, isPlain: true),
        ErrorRow(finished: .nothing, problem: .cleanEnd, streamed: 1, isPlain: true),
        ErrorRow(finished: .begun, problem: .cleanEnd, streamed: 2, isPlain: true),
        ErrorRow(finished: .nothing, problem: .cut, streamed: 3, isPlain: true),
        ErrorRow(finished: .thinking, problem: .api_error, streamed: 3, failure: "words"),
        ErrorRow(finished: .thinking, problem: .overloaded_error, streamed: 3, isPlain: true),
        ErrorRow(finished: .thinking, problem: .invalid_request_error, streamed: 1, failure: "words"),
        ErrorRow(finished: .thinking, problem: .rate_limit_error, streamed: 1, failure: "words"),
        ErrorRow(finished: .thinking, problem: .cleanEnd, streamed: 3, failure: "Connection lost"),
        ErrorRow(finished: .thinking, problem: .cut, streamed: 3, isPlain: true),
        ErrorRow(finished: .text, problem: .api_error, streamed: 4, failure: "Server error mid-response. words"),
        ErrorRow(finished: .text, problem: .overloaded_error, streamed: 4, failure: "Server error mid-response. words"),
        ErrorRow(finished: .text, problem: .invalid_request_error, streamed: 1, failure: "words"),
        ErrorRow(finished: .text, problem: .rate_limit_error, streamed: 1, failure: "words"),
        ErrorRow(finished: .text, problem: .cleanEnd, streamed: 4, failure: "Connection lost"),
        ErrorRow(finished: .text, problem: .cut, streamed: 12, failure: "Connection lost"),
    ]

    @Test(arguments: errorRows)
    func anErrorInTheStreamIsTakenByWhatIsFinished(row: ErrorRow) throws {
        let broken: ScriptedWire.Response =
            switch row.problem {
            case .cut: Made.response(row.finished.stream, ending: .cut)
            case .cleanEnd: Made.response(row.finished.stream)
            default: Made.response(row.finished.stream + Made.error(row.problem.rawValue))
            }
        let responses = [ScriptedWire.Response](repeating: broken, count: row.streamed) + (row.isPlain ? [Made.whole] : [broken])
        var wire = ScriptedWire(responses)
        var client = ClaudeCodeClient(model: "m")
        let turn = try client.ask("Say hello.", over: &wire)
        #expect(turn.failure == row.failure)
        #expect(turn.streams == [Bool](repeating: true, count: row.streamed) + (row.isPlain ? [false] : []))
        if row.isPlain { #expect(turn.result == "Whole.") }
    }

    @Test func aBrokenTextIsKeptAndGoneOnFrom() throws {
        var wire = ScriptedWire([
            Made.response(Made.start("msg_a") + Made.text(0, "Hello ") + Made.error("api_error")),
            Made.response(Made.start("msg_b") + Made.text(0, "there.") + Made.end()),
        ])
        var client = ClaudeCodeClient(model: "m")
        #expect(try client.ask("Say hello.", over: &wire).failure == nil)
        let messages = wire.requests[1].body["messages"] as? [[String: Any]] ?? []
        #expect(messages.map { $0["role"] as? String } == ["user", "system", "assistant", "user"])
        #expect("\(messages[3])".contains("Resume directly"))
    }
}
