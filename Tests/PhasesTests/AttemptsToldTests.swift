import ChatDelta
import ChatRequests
import JSONBytes
import Phases
import Testing

/// A request that moved says so in its last event before the end mark; one that did not says nothing.
@Suite struct AttemptsToldTests {
    static let ownMember = Streams.chunk("{}", finish: "stop", more: #","upstream_attempts":9"#)
    static let streams: [(name: String, bytes: [UInt8])] = [
        ("spliceable", Streams.events([Streams.content("Yes."), Streams.stop])),
        ("with usage", MoveTests.replacement),
        ("text beside the finish", Streams.events([Streams.chunk(#"{"content":"Yes."}"#, finish: "stop")])),
        ("no finish reason", Streams.events([Streams.content("Yes.")])),
        (
            "two choices",
            Streams.events([
                Streams.content("Yes."), Streams.content("No.", index: 1), Streams.chunk("{}", index: 1, finish: "stop"), Streams.stop,
            ])
        ),
        (
            "another choice only",
            Streams.events([Streams.reasoning("Hm."), Streams.content("No.", index: 1), Streams.chunk("{}", index: 1, finish: "stop")])
        ),
        ("an upstream that moved itself", Streams.events([Streams.content("Yes."), ownMember])),
    ]

    @Test func theLastEventSaysHowManyUpstreamsWereAsked() {
        for (name, bytes) in AttemptsToldTests.streams {
            for style in Streams.styles {
                for attempts in [1, 2, 12] {
                    var plan = MoveTests.plan(style)
                    plan.attempts = attempts
                    let output = Playing([bytes], plan).output
                    let what = "\(name), \(style), \(attempts)"
                    let validator = WireValidator(output, style: style, usage: true)
                    #expect(validator.problems.isEmpty, "\(what): \(validator.problems)")
                    let told = OutputReader(output).events.map { event -> Int? in
                        if case .json(let object) = event.payload { object["upstream_attempts"] as? Int } else { nil }
                    }
                    guard attempts > 1 else {
                        if !name.hasPrefix("an upstream that") { #expect(told.allSatisfy { $0 == nil }, "\(what)") }
                        continue
                    }
                    #expect(told.dropLast().last == attempts, "\(what): \(String(decoding: output, as: UTF8.self))")
                    #expect(told.allSatisfy { $0 == nil || $0 == attempts }, "\(what)")
                }
            }
        }
    }

    @Test func theMachineIsToldWhileItRuns() {
        var machine = StreamMachine(Streams.plan(.events))
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        machine.attempts = 3
        let stream = Streams.events([Streams.content("Yes."), Streams.stop])
        _ = machine.upstreamSent(stream.span, at: .zero, into: &output)
        #expect(String(decoding: output, as: UTF8.self).contains(#", "upstream_attempts": 3}"#))
    }

    @Test func styleOffIsUntouched() {
        var plan = MoveTests.plan(.off)
        plan.attempts = 2
        #expect(Playing([MoveTests.replacement], plan).output == MoveTests.replacement)
    }

    @Test func aWholeAnswerSaysItBesideItsChoices() throws {
        let body = Array(
            #"{"id":"c","object":"chat.completion","upstream_attempts":9,"choices":[{"index":0,"message":{"role":"assistant","content":"Yes."},"finish_reason":"stop"}]}"#
                .utf8)
        for style in Streams.styles {
            var plan = Streams.plan(style)
            plan.attempts = 2
            let told = String(decoding: try CompletionTransform(plan).transform(body).body, as: UTF8.self)
            #expect(told.hasSuffix(#", "upstream_attempts": 2}"#) && !told.contains("9"), "\(style): \(told)")
            plan.attempts = 1
            #expect(!String(decoding: try CompletionTransform(plan).transform(body).body, as: UTF8.self).contains("attempts\": 2"))
        }
    }
}

/// What an upstream says about keys inside a stream or body is a fault of the credentials, in its own words or not.
@Suite struct CredentialFaultTests {
    @Test(arguments: [
        (#"{"message":"Incorrect key canary","code":401}"#, "upstream_auth"), (#"{"message":"canary","code":"403"}"#, "upstream_auth"),
        (#"{"message":"canary","status":402}"#, "upstream_auth"), (#"{"message":"canary","code":"invalid_api_key"}"#, "upstream_auth"),
        (#"{"message":"canary","type":"authentication_error"}"#, "upstream_auth"),
        (#"{"message":"canary","type":"permission_error","code":null}"#, "upstream_auth"),
        (#"{"message":"canary","status":"UNAUTHENTICATED"}"#, "upstream_auth"),
        (#"{"message":"x","code":429}"#, "upstream_rate_limited"), (#"{"message":"x","type":"rate_limit_error"}"#, "upstream_rate_limited"),
        (#"{"message":"x","code":400}"#, "upstream_rejected"), (#"{"message":"x","code":500}"#, "upstream_error"),
        (#"{"message":"the invalid_api_key of the zebra"}"#, "upstream_error"),
    ])
    func anErrorsCodeOrTypeDecides(_ error: String, _ code: String) {
        let stream = Streams.events(["{\"error\":\(error)}"])
        let end = Playing([stream], Streams.plan(.events)).end
        guard case .failed(let failure)? = end else {
            Issue.record("\(error): \(String(describing: end))")
            return
        }
        #expect(failure.code == code, "\(error): \(failure)")
        #expect(failure.countsAgainstUpstream == (code == "upstream_error"), "\(error)")
        // Its words may name a key.
        #expect(!failure.message.contains("canary"), "\(failure.message)")
    }
}
