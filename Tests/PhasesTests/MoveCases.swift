import Phases
import Testing

extension MoveTests {
    /// What the first upstream has sent when it fails. None of it is answer; "zebrafish" must never reach the client.
    struct Place: CustomTestStringConvertible, Sendable {
        var name: String
        var sent: [UInt8]
        var testDescription: String { name }

        init(_ name: String, _ chunks: [String], tail: String = "") {
            self.name = name
            sent = Streams.events(chunks, done: false) + Array(tail.utf8)
        }
    }

    static let places = [
        Place("before its first byte", []),
        Place("behind a keep-alive", [], tail: ": zebrafish\n\n"),
        Place("behind the role", [Streams.chunk(#"{"role":"assistant","content":""}"#)]),
        Place("in the reasoning", [Streams.reasoning("The zebrafish is odd. "), Streams.reasoning("So is the zebrafish")]),
        Place("in tagged reasoning, a tag held", [Streams.content("<think>The zebrafish is odd. "), Streams.content("</thi")]),
        Place("with an undecided tail held", [Streams.content("<thi")]),
        Place("behind the reasoning's end", [Streams.content("<think>The zebrafish.</think>"), Streams.content("\n\n")]),
        Place(
            "in the reasoning of another choice", [Streams.reasoning("The zebrafish.", index: 1), Streams.content("<think>z", index: 2)]),
        Place(
            "in half an event", [Streams.reasoning("The zebrafish.")],
            tail: #"data: {"choices":[{"index":0,"delta":{"content":"zebrafish"#),
        Place("in half a line end", [Streams.reasoning("The zebrafish.")], tail: "data: {\"zebrafish\":1}\r"),
        Place("in half a character", [Streams.reasoning("The zebrafish."), Streams.chunk(#"{"content":"\ud83d"}"#)]),
        Place("in half a character of reasoning", [Streams.chunk(#"{"reasoning_content":"The zebrafish \ud83d"}"#)]),
        Place("with usage on the way", [Streams.chunk(#"{"reasoning_content":"z"}"#, more: #","usage":{"total_tokens":4711}"#)]),
    ]

    /// How it fails. What stands in `sends` comes in one piece with `late`, which must not be read.
    struct Fault: CustomTestStringConvertible, Sendable {
        var sends: String
        var ending = Moves.Ending.open
        var code: String
        var testDescription: String { code + " " + sends }
    }

    private static func failed(_ code: String) -> Moves.Ending {
        .failed(StreamFailure(code: code, message: "It failed.", status: 502))
    }

    static let faults = [
        Fault(sends: "", ending: failed("upstream_reset"), code: "upstream_reset"),
        Fault(sends: "", ending: failed("upstream_idle_timeout"), code: "upstream_idle_timeout"),
        Fault(sends: "\n\n", ending: .ended, code: "upstream_truncated"),
        Fault(sends: "\n\ndata: {nope\n\n", code: "upstream_protocol"),
        Fault(sends: "\n\ndata: {\"error\":{\"message\":\"zebrafish\"}}\n\n", code: "upstream_error"),
        Fault(sends: "\n\nevent: error\ndata: {\"message\":\"zebrafish\"}\n\n", code: "upstream_error"),
        Fault(sends: "\n\ndata: {\"error\":{\"message\":\"zebrafish\",\"code\":429}}\n\n", code: "upstream_rate_limited"),
        Fault(sends: "\n\ndata: \(Streams.chunk("{}", finish: "error"))\n\n", code: "upstream_error"),
        Fault(sends: "\n\ndata: \"\(String(repeating: "z", count: 9000))\"\n\n", code: "upstream_event_too_large"),
    ]
}
