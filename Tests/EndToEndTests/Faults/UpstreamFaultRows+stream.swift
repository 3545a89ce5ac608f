import Foundation

// Fault matrix 8.1: everything that goes wrong in the middle of a stream.
extension UpstreamFault {
    /// The same fault in the reasoning and in the answer: unseen before a second upstream, or told.
    private static func midStream(
        _ name: String, _ fault: String, _ codes: [String], body: String = "", _ change: (inout UpstreamFault) -> Void = { _ in }
    ) -> [UpstreamFault] {
        [("reasoning", Place.reasoning), ("answer", .answer)].map { word, place in
            UpstreamFault("\(name) mid-\(word)", .mock("\(fault)-in=\(word)\(body)"), at: place) {
                $0.codes = codes
                $0.styles = ["events", "reasoning"]
                change(&$0)
            }
        }
    }

    static let streams: [UpstreamFault] =
        midStream("stall", "stall", ["upstream_idle_timeout"]) {
            $0.status = 504
            $0.atLeast = FaultStage.gap * 0.9
            $0.within = FaultStage.gap + .seconds(1)
        }
        + midStream("RST", "reset", ["upstream_reset"])
        + midStream("FIN without [DONE]", "end", ["upstream_truncated"]) { $0.ways = [.late, .early, .moved] }
        + midStream("FIN within the chunked body", "close", ["upstream_truncated"])
        + midStream("cut chunk", "cut-chunk", ["upstream_truncated"])
        + midStream("bad chunk size", "bad-chunk-size", ["upstream_protocol"]) {
            // The mock writes whole bodies with a length, and cuts those.
            $0.ways = [.late, .early, .moved]
        }
        + midStream("truncated JSON", "truncated-json", ["upstream_truncated"]) {
            $0.whole = .status(502, ["upstream_protocol", "upstream_truncated", "upstream_not_sse"])
        }
        + midStream("broken JSON", "garbage-event", ["upstream_protocol"], body: ";body={\\\"zebra: \(WallSecrets.page)") {
            $0.whole = .status(502, ["upstream_protocol", "upstream_not_sse"])
        }
        + midStream("error object", "error-event", ["upstream_error"])
        + midStream("error whose value is a string", "string-error", ["upstream_error"])
        + midStream("flat error object", "flat-error", ["upstream_error"])
        + midStream("line without end", "endless-line", ["upstream_event_too_large"]) { $0.ways = [.late, .early, .moved] }
        + midStream("gigantic event", "oversize-event", ["upstream_event_too_large"], body: ";count=400000") {
            $0.ways = [.late, .early, .moved]
        }
        + midStream("gigantic comment", "oversize-comment", ["upstream_event_too_large"], body: ";count=400000") {
            $0.ways = [.late, .early, .moved]
        }
        + [
            UpstreamFault(
                "event without end, of many lines",
                .bytes([.text(head + reasoning), .flood(Array("data: x\n".utf8), times: 200_000), .stall]), at: .reasoning
            ) {
                $0.codes = ["upstream_event_too_large"]
                $0.ways = [.late, .early, .moved]
            },
            UpstreamFault("body without end, not streaming", .bytes([.text(jsonHead), .flood(filler, times: 60), .stall]), at: .head) {
                $0.codes = ["upstream_event_too_large"]
                $0.ways = [.whole, .movedWhole]
            },
            UpstreamFault("FIN of a close-delimited body", .bytes([.text(head + reasoning + answer), .close]), at: .answer) {
                $0.codes = ["upstream_truncated"]
                $0.ways = [.late, .early, .moved]
            },
            UpstreamFault(
                "short Content-Length",
                .bytes(
                    [.text(lengthHead + reasoning + answer), .close], whole: [.text(jsonLengthHead + ScriptedUpstream.completion), .close]),
                at: .answer
            ) {
                $0.codes = ["upstream_truncated"]
            },
            UpstreamFault(
                "FIN without [DONE] after finish_reason", .bytes([.text(head + reasoning + answer + finish), .close]), at: .nowhere
            ) {
                $0.whole = .never
            },
            UpstreamFault(
                "cut after finish_reason, within the chunked body",
                .bytes([.text(ScriptedUpstream.chunkedHead + ScriptedUpstream.httpChunk(reasoning + answer + finish) + "5\r\nda"), .close]),
                at: .nowhere
            ) {
                $0.whole = .never
            },
            UpstreamFault(
                "truncated UTF-8",
                .bytes([
                    .send(
                        Array((head + reasoning + answer).utf8)
                            + Array(#"data: {"choices": [{"index": 0, "delta": {"content": "Grü"#.utf8).dropLast()), .close,
                ]), at: .answer
            ) {
                $0.codes = ["upstream_truncated"]
                $0.whole = .never
                $0.also = { _, run, reply, _ in run.expect(!reply.text.contains("\u{FFFD}"), "a character was invented") }
            },
            UpstreamFault("character cut between two events, then FIN", .bytes([.send(halfCharacter), .close]), at: .answer) {
                $0.codes = ["upstream_truncated"]
                $0.whole = .never
            },
            UpstreamFault("endless stream", .mock("endless-in=answer"), at: .answer) {
                $0.codes = ["stream_too_long"]
                $0.counts = 0
                $0.atLeast = FaultStage.total * 0.9
                $0.within = FaultStage.total + .seconds(2)
                $0.ways = [.early]
            },
            UpstreamFault("bytes that drip, not streaming", .bytes([.text(jsonHead + "{\"id\": "), .pause(.seconds(5))]), at: .head) {
                $0.status = 504
                $0.codes = ["upstream_idle_timeout"]
                $0.atLeast = FaultStage.gap * 0.9
                $0.within = FaultStage.gap + .seconds(1)
                $0.ways = [.whole, .movedWhole]
            },
        ]

    private static let head = ScriptedUpstream.streamHead
    private static let reasoning = ScriptedUpstream.reasoningEvent
    private static let answer = ScriptedUpstream.answerEvent
    private static let finish = ScriptedUpstream.finishEvent
    private static let lengthHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 100000\r\n\r\n"
    private static let jsonHead = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
    private static let jsonLengthHead = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n"
    /// An escaped surrogate whose second half never comes.
    private static let halfCharacter = Array((head + reasoning + answer + ScriptedUpstream.event(#""content": " and \ud83d""#)).utf8)
}
