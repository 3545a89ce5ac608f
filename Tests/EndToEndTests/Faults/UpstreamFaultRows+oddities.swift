import Foundation

// Fault matrix 8.1: what is odd, but no fault, or none that the client has to see.
extension UpstreamFault {
    private static func odd(_ name: String, _ steps: [ScriptedUpstream.Step], _ change: (inout UpstreamFault) -> Void = { _ in })
        -> UpstreamFault
    {
        UpstreamFault(name, .bytes(steps), at: .nowhere) {
            $0.whole = .never
            change(&$0)
        }
    }

    /// A whole stream, changed.
    private static func odd(_ name: String, _ edit: (String) -> String) -> UpstreamFault {
        odd(name, [.text(ScriptedUpstream.streamHead + edit(ScriptedUpstream.wholeStream)), .close])
    }

    static let oddities: [UpstreamFault] = [
        // The first event is the answer: nobody would miss a bit of reasoning.
        odd("byte order mark") { "\u{FEFF}" + $0.replacingOccurrences(of: ScriptedUpstream.reasoningEvent, with: "") },
        odd("CR alone") { $0.replacingOccurrences(of: "\n", with: "\r") },
        odd("CRLF") { $0.replacingOccurrences(of: "\n", with: "\r\n") },
        odd("mixed line ends") {
            $0.replacingOccurrences(of: "\n\n", with: "\n\r").replacingOccurrences(of: "data: [", with: "\r\ndata: [")
        },
        odd("data: : keepalive, and empty data") {
            "data: : keepalive\n\ndata:\n\ndata: \n\n" + $0.replacingOccurrences(of: "\n\ndata", with: "\n\ndata: : k\n\ndata")
        },
        odd(
            "comment flood",
            [
                .text(ScriptedUpstream.streamHead), .flood(Array(": PROCESSING\n\n".utf8), times: 20_000),
                .text(ScriptedUpstream.wholeStream), .close,
            ]
        ) {
            $0.also = { _, run, reply, _ in
                run.expect(reply.stream.comments.count < 10, "\(reply.stream.comments.count) comments were copied")
            }
        },
        UpstreamFault("HTTP/1.0", .mock("http-1.0"), at: .nowhere) { $0.whole = .never },
        UpstreamFault("1xx interim responses", .mock("interim=3"), at: .nowhere),
        UpstreamFault("wrong content type", .mock("wrong-type"), at: .nowhere) { $0.whole = .never },
        UpstreamFault("NUL raw and escaped", .mock("nul-in=answer"), at: .nowhere) {
            $0.answer = nil
            $0.also = { _, run, reply, way in
                run.expect(!reply.body.contains(0), "a raw NUL was passed on")
                if way.isStream { run.expect(reply.stream.answer.contains("nul:\u{0}:"), "the escaped NUL is lost: \(reply.text)") }
            }
        },
        UpstreamFault("invalid UTF-8, overlong, lone surrogates", .mock("invalid-utf8-in=answer"), at: .nowhere) {
            $0.answer = nil
            $0.also = { _, run, reply, _ in
                run.expect(String(validating: reply.body, as: UTF8.self) != nil, "the output is not valid UTF-8")
                run.expect(reply.text.contains("\u{FFFD}"), "nothing stands for what was not UTF-8")
            }
        },
        UpstreamFault("duplicate [DONE]", .mock("duplicate-done"), at: .nowhere),
        UpstreamFault("data after [DONE]", .mock("data-after-done"), at: .nowhere),
        UpstreamFault("open after [DONE]", .mock("open-after-done"), at: .nowhere) { $0.within = .milliseconds(400) },
        UpstreamFault(
            "think marker never closed",
            .scenario(
                #"""
                {"name": "lost", "description": "never closed", "format": "plain", "answer": "<think>The zebrafish never stops to think.",
                 "pacing": {"tokens_per_second": 0, "first_token_delay_ms": 0}}
                """#), at: .nowhere
        ) { $0.answer = nil },
        odd("odd but valid JSON") {
            $0.replacingOccurrences(
                of: #""created": 1,"#,
                with:
                    #""created": 1e999, "extra": [[[[{"a": -0.0, "b": 123456789012345678901234567890}]]]], "usage": null, "service_tier": {"\u0000": []},"#
            )
        },
        odd("deep nesting in an unknown member") {
            $0.replacingOccurrences(
                of: #""created": 1,"#,
                with: #""created": 1, "deep": \#(String(repeating: "[", count: 60))\#(String(repeating: "]", count: 60)),"#)
        },
        UpstreamFault(
            "100,000 nested brackets",
            .bytes([
                .text(
                    ScriptedUpstream.streamHead + ScriptedUpstream.reasoningEvent + "data: " + String(repeating: "[", count: 100_000)
                        + "\n\n"), .close,
            ]), at: .reasoning
        ) {
            $0.codes = ["upstream_protocol"]
            $0.whole = .never
        },
        UpstreamFault(
            "events that are no objects",
            .bytes([
                .text(
                    ScriptedUpstream.streamHead + ScriptedUpstream.reasoningEvent + "data: 7\n\ndata: null\n\n"
                        + ScriptedUpstream.wholeStream), .close,
            ]), at: .reasoning
        ) {
            $0.codes = ["upstream_protocol"]
            $0.whole = .never
        },
    ]
}
