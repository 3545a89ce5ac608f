import AgentChecks
import Testing

private typealias Made = CodexStreams

/// The scripted Codex reacts to each event stream as the real one was seen to; a row is a stream and what came of it.
@Suite struct CodexStreamTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var stream: String
        var ending = ScriptedWire.Ending.end
        var messages: [String] = ["Hello there."]
        var requests = 1
        var failure: String?

        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "an answer with everything", stream: Made.answer),
        Row(name: "only output_item.done and response.completed", stream: Made.done(Made.message) + Made.completed),
        Row(
            name: "no event lines",
            stream: Made.answer.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.hasPrefix("event:") }.joined(separator: "\n")),
        Row(name: "CRLF", stream: Made.answer.replacing("\n", with: "\r\n")),
        Row(name: "[DONE] at the end", stream: Made.answer + "data: [DONE]\n\n"),
        Row(
            name: "a junk data line and an unknown event",
            stream: "data: junk\n\n" + Made.event("response.unheard_of") + ": comment\n" + Made.answer),
        Row(name: "an error event is ignored", stream: Made.event("error", "\"message\":\"no\"") + Made.answer),
        Row(
            name: "summary deltas without output_item.added",
            stream: Made.summary("**Looking**") + Made.done(Made.reasoning) + Made.done(Made.message) + Made.completed),
        Row(
            name: "deltas without output_item.done: the text is lost",
            stream: Made.added(Made.emptyMessage) + Made.text("Hello there.") + Made.completed, messages: []),
        Row(name: "response.completed, connection left open", stream: Made.answer, ending: .open),
        Row(
            name: "usage that is null",
            stream: Made.done(Made.message)
                + Made.event("response.completed", #""response":{"id":"resp_1","usage":null}"#)),
        Row(
            name: "completed with status incomplete is taken for a success",
            stream: Made.done(Made.message)
                + Made.event("response.completed", #""response":{"id":"resp_1","status":"incomplete"}"#)),
        Row(
            name: "response.completed without an id", stream: Made.event("response.completed", "\"response\":{}"), messages: [],
            requests: 6,
            failure: "stream disconnected before completion: failed to parse response.completed: missing field `id`"),
        Row(
            name: "usage under chat completions' names",
            stream: Made.event(
                "response.completed", #""response":{"id":"r","usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#),
            messages: [], requests: 6,
            failure: "stream disconnected before completion: failed to parse response.completed: missing field `input_tokens`"),
        Row(
            name: "an end without response.completed", stream: Made.added(Made.emptyMessage) + Made.text("Hel"), messages: [], requests: 6,
            failure: "stream disconnected before completion: stream closed before response.completed"),
        Row(
            name: "an error event alone", stream: Made.event("error", "\"message\":\"no\""), messages: [], requests: 6,
            failure: "stream disconnected before completion: stream closed before response.completed"),
        Row(
            name: "a cut", stream: Made.added(Made.emptyMessage), ending: .cut, messages: [], requests: 6,
            failure: "stream disconnected before completion: stream closed before response.completed"),
        Row(
            name: "incomplete: max_output_tokens", stream: Made.done(Made.message) + Made.incomplete("max_output_tokens"),
            failure: "Incomplete response returned, reason: max_output_tokens"),
        Row(
            name: "incomplete: content_filter", stream: Made.incomplete("content_filter"), messages: [], requests: 6,
            failure: "Incomplete response returned, reason: content_filter"),
        Row(
            name: "failed: context_length_exceeded", stream: Made.failed("context_length_exceeded", "too long"), messages: [],
            failure: "Codex ran out of room in the model's context window."),
        Row(name: "failed: insufficient_quota", stream: Made.failed("insufficient_quota", "m"), messages: [], failure: "Quota exceeded."),
        Row(
            name: "failed: usage_not_included", stream: Made.failed("usage_not_included", "m"), messages: [],
            failure: "Usage not included in the plan."),
        Row(
            name: "failed: server_is_overloaded", stream: Made.failed("server_is_overloaded", "m"), messages: [],
            failure: "Selected model is at capacity. Please try a different model."),
        Row(name: "failed: invalid_prompt", stream: Made.failed("invalid_prompt", "word for word"), messages: [], failure: "word for word"),
        Row(
            name: "failed: any other code", stream: Made.failed("server_error", "The upstream broke."), messages: [], requests: 6,
            failure: "stream disconnected before completion: The upstream broke."),
    ]

    @Test(arguments: rows)
    func aStreamIsTakenAsTheTableSays(row: Row) throws {
        var wire = ScriptedWire([Made.response(row.stream, ending: row.ending)])
        var client = CodexClient(model: "m")
        let turn = try client.ask("Say hello.", over: &wire)
        #expect(turn.failure == row.failure)
        #expect(turn.messages == row.messages)
        #expect(turn.requestCount == row.requests)
        #expect(wire.requests.count == row.requests)
        #expect(turn.notices.count == row.requests - 1)
        if row.requests == 6 {
            #expect(wire.waits == [200, 400, 800, 1600, 3200].map { Duration.milliseconds($0) })
            #expect(turn.notices.last == "Reconnecting... 5/5")
        }
    }

    // MARK: What is shown

    @Test func aSummaryIsShownLiveAndWhole() throws {
        var wire = ScriptedWire([Made.response(Made.answer)])
        var client = CodexClient(model: "m")
        let turn = try client.ask("Say hello.", over: &wire)
        #expect(turn.liveSummaries == ["**Looking**\n\nIt looks."])
        #expect(turn.headers == ["Looking"])
        #expect(turn.summaries == ["**Looking**\n\nIt looks."])
        #expect(turn.liveTexts == ["Hello there."])
    }

    @Test func withoutAnOpenItemDeltasAreDropped() throws {
        let stream = Made.summary("**Looking**") + Made.done(Made.reasoning) + Made.text("Hel") + Made.done(Made.message) + Made.completed
        var wire = ScriptedWire([Made.response(stream)])
        var client = CodexClient(model: "m")
        let turn = try client.ask("Say hello.", over: &wire)
        #expect(turn.liveSummaries.isEmpty && turn.liveTexts.isEmpty)
        #expect(turn.summaries == ["**Looking**\n\nIt looks."] && turn.messages == ["Hello there."])
    }

    @Test func deltasAreCreditedToTheItemOpenedLastWhateverTheirID() throws {
        let stream = Made.added(Made.emptyReasoning) + Made.added(Made.emptyMessage) + Made.text("Hello ", of: "rs_1") + Made.completed
        var wire = ScriptedWire([Made.response(stream)])
        var client = CodexClient(model: "m")
        #expect(try client.ask("Say hello.", over: &wire).liveTexts == ["Hello "])
    }

    @Test func aSummaryDeltaBehindTheAnswersBeginningSilencesTheAnswer() throws {
        let stream =
            Made.added(Made.emptyReasoning) + Made.added(Made.emptyMessage) + Made.text("Hello ") + Made.summary("late")
            + Made.text("there.") + Made.done(Made.reasoning) + Made.done(Made.message) + Made.completed
        var wire = ScriptedWire([Made.response(stream)])
        var client = CodexClient(model: "m")
        let turn = try client.ask("Say hello.", over: &wire)
        #expect(turn.liveTexts == ["Hello "] && turn.liveSummaries.isEmpty)
        #expect(turn.messages == ["Hello there."])
    }

    @Test func rawReasoningIsNoSummary() throws {
        let stream = Made.added(Made.emptyReasoning) + Made.event("response.reasoning_text.delta", "\"delta\":\"raw\"") + Made.completed
        var wire = ScriptedWire([Made.response(stream)])
        var client = CodexClient(model: "m")
        #expect(try client.ask("Say hello.", over: &wire).liveSummaries.isEmpty)
    }
}
