import ChatRequests
import Phases
import Support
import Testing

/// Errors that the upstream reports inside its stream, in every shape of the field, at every place of a stream.
@Suite struct ErrorTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        var payload: String
        var says: String?
        var code = "upstream_error"
        var testDescription: String { payload }
    }

    private static let message = #""message":"Out of memory""#

    static let shapes = [
        Shape(payload: #"{"error":{\#(message),"type":"server_error","param":null,"code":"oom"}}"#, says: "Out of memory"),
        Shape(payload: #"{"error":"Out of memory"}"#, says: "Out of memory"),
        Shape(payload: #"{"error":{"message":"Out of memory","code":500}}"#, says: "Out of memory"),
        Shape(payload: #"{"object":"error",\#(message),"type":"InternalServerError","code":500}"#, says: "Out of memory"),
        Shape(payload: #"{"detail":"Out of memory"}"#, says: "Out of memory"),
        Shape(payload: #"{"message":"Out of memory"}"#, says: "Out of memory"),
        Shape(payload: #"{"type":"error","error":{"type":"overloaded_error","message":"Out of memory"}}"#, says: "Out of memory"),
        Shape(payload: Streams.chunk(#"{"content":"lost"}"#, more: #","error":{\#(message)}"#), says: "Out of memory"),
        Shape(payload: Streams.chunk("{}", finish: "error", more: #","error":{"code":502,\#(message)}"#), says: "Out of memory"),
        Shape(payload: Streams.chunk("{}", finish: "error")),
        Shape(payload: #"{"id":"x","choices":[],"error":{"message":"\n\t "}}"#),
        Shape(payload: #"{"error":{"message":"Slow down","code":429}}"#, says: "Slow down", code: "upstream_rate_limited"),
        Shape(payload: #"{"error":{"message":"Slow down","type":"rate_limit_error"}}"#, says: "Slow down", code: "upstream_rate_limited"),
    ]

    /// What comes before the error, and the answer that the client then has.
    static let beginnings: [(chunks: [String], answer: String)] = [
        ([], ""),
        ([Streams.chunk(#"{"role":"assistant","content":""}"#)], ""),
        ([Streams.reasoning("The zebrafish is odd. "), Streams.reasoning("So is the rest")], ""),
        ([Streams.content("<think>The zebrafish is"), Streams.content(" odd. <")], ""),
        ([Streams.reasoning("The zebrafish is odd."), Streams.content("An"), Streams.content(" answer <")], "An answer <"),
        ([Streams.content("An answer"), Streams.chunk(#"{"tool_calls":[{"index":0,"id":"c","function":{"name":"f"}}]}"#)], "An answer"),
    ]

    /// The owner can tell it by a status: nothing was written that would need a head.
    @Test(arguments: shapes)
    func anErrorAsFirstEventLeavesTheHeadUnsent(_ shape: Shape) {
        // A finish reason is a chunk first.
        guard !shape.payload.contains("finish_reason") || shape.payload.contains("message") else { return }
        for style in Streams.styles where style != .off {
            var machine = StreamMachine(Streams.plan(style, .off))
            var output: [UInt8] = []
            let input = Array("data: \(shape.payload)\n\n".utf8)
            let action = machine.upstreamSent(input.span, at: .zero, into: &output)
            #expect(output.isEmpty, "\(style): \(String(decoding: output, as: UTF8.self))")
            guard case .end(.failed(let failure)) = action else {
                Issue.record("\(style): \(action)")
                continue
            }
            #expect(failure.code == shape.code)
        }
    }

    @Test(arguments: shapes)
    func oneErrorObjectAndNoFinishChunk(_ shape: Shape) {
        for (chunks, answer) in ErrorTests.beginnings {
            let input = Streams.events(chunks + [shape.payload, Streams.content("late"), Streams.stop])
            for style in Streams.styles {
                let playing = Playing([input], Streams.plan(style, .off))
                let validator = WireValidator(playing.output, style: style)
                #expect(validator.problems.isEmpty, "\(style): \(validator.problems.joined(separator: "\n"))")
                let reading = validator.reading
                #expect(reading.error?["code"] as? String == shape.code, "\(style)")
                if let says = shape.says { #expect((reading.error?["message"] as? String)?.contains(says) == true, "\(style)") }
                #expect(reading.finishes.isEmpty && reading.choices[0]?.answer ?? [] == Array(answer.utf8), "\(style)")
                #expect(!playing.text.contains("zebrafish") && !playing.text.contains("late"), "\(style)")
                guard case .failed(let failure) = playing.end else {
                    Issue.record("it ended as \(String(describing: playing.end))")
                    continue
                }
                #expect(failure.code == shape.code && failure.countsAgainstUpstream == (shape.code == "upstream_error"))
            }
        }
    }

    @Test(arguments: shapes)
    func styleOffAddsNothingToTheUpstreamsOwnError(_ shape: Shape) {
        let input = Streams.events([Streams.content("An answer"), shape.payload])
        let playing = Playing([input], Streams.plan(.off))
        #expect(playing.output == input)
        guard case .failed(let failure) = playing.end else {
            Issue.record("it ended as \(String(describing: playing.end))")
            return
        }
        #expect(failure.code == shape.code)
    }

    @Test func anErrorsTextIsBoundedOnOneLineAndWithoutSecrets() {
        var plan = Streams.plan(.events)
        plan.secrets = [Array("sk-1234567890".utf8)]
        let text = "Key sk-1234567890 is bad.\n\ndata: [DONE]\n\n" + String(repeating: "ü", count: 4000)
        let playing = Playing([Streams.events(["{\"error\":{\"message\":\(Streams.quoted(text))}}"])], plan)
        let validator = WireValidator(playing.output, style: .events)
        #expect(validator.problems.isEmpty, "\(validator.problems)")
        let message = validator.reading.error?["message"] as? String ?? ""
        #expect(message.contains("Key ************* is bad.") && !playing.text.contains("sk-1234567890"))
        #expect(message.utf8.count < 600 && message.hasSuffix("ü") && !message.contains("\n"))
    }

    @Test func anErrorAfterACompleteAnswerIsReported() {
        let input = Streams.events([Streams.content("Done."), Streams.stop, #"{"error":{"message":"billing failed"}}"#])
        let playing = Playing([input], Streams.plan(.events))
        let validator = WireValidator(playing.output, style: .events)
        #expect(validator.problems.isEmpty, "\(validator.problems)")
        #expect(validator.reading.finishes == [0: "stop"] && validator.reading.error != nil)
    }

    @Test(arguments: ["{\"id\":", "not JSON", "[1]"])
    func brokenEventsAfterACompleteAnswerChangeNothing(_ payload: String) {
        let input = Streams.events([Streams.content("Done."), Streams.stop, payload])
        let playing = Playing([input], Streams.plan(.events))
        #expect(WireValidator(playing.output, style: .events).problems.isEmpty)
        #expect(playing.end == .finished)
    }

    @Test(arguments: Streams.styles)
    func aFailingTransportAfterACompleteAnswerChangesNothing(_ style: WireStyle) {
        let reset = StreamFailure(code: "upstream_reset", message: "Reset.", status: 502)
        let whole = Streams.events([Streams.content("Done."), Streams.stop], done: false)
        let complete = Playing([whole], Streams.plan(style), ending: .failed(reset))
        #expect(WireValidator(complete.output, style: style).problems.isEmpty && complete.end == .finished)
        let part = Streams.events([Streams.content("Do"), Streams.content("ne")], done: false)
        let cut = Playing([part], Streams.plan(style), ending: .failed(reset))
        let validator = WireValidator(cut.output, style: style)
        #expect(validator.problems.isEmpty && cut.end == .failed(reset))
        #expect(validator.reading.choices[0]?.answer == Array("Done".utf8))
        #expect(validator.reading.error?["code"] as? String == "upstream_reset")
    }
}
