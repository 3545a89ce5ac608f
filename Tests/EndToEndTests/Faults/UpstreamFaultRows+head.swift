import Foundation

// Fault matrix 8.1: everything that goes wrong before an upstream says its first word.
extension UpstreamFault {
    static let connecting: [UpstreamFault] = [
        UpstreamFault("refuses connection", .address("refused"), at: .head) {
            $0.codes = ["upstream_unreachable"]
            $0.isRetried = true
            $0.mayBeQuick = true
            $0.styles = ["events", "reasoning"]
            $0.within = .seconds(1)
        },
        UpstreamFault("DNS fails", .address("nowhere"), at: .head) {
            $0.codes = ["upstream_dns"]
            $0.mayBeQuick = true
            $0.within = .seconds(1)
        },
        UpstreamFault("connect timeout", .address("full"), at: .head) {
            $0.status = 504
            $0.codes = ["upstream_connect_timeout"]
            $0.atLeast = FaultStage.connect * 0.9
            $0.within = FaultStage.connect + .seconds(1)
        },
        secure("TLS: certificate nobody trusts", "tls-untrusted"),
        secure("TLS: certificate for another name", "tls-name"),
        UpstreamFault("TLS: plain text on its port", .address("plain"), at: .head) {
            $0.codes = ["upstream_tls"]
            $0.also = { stage, run, _, _ in run.expect(stage.plain.requestCount == 0, "a request reached a port without TLS") }
        },
        UpstreamFault("TLS: all is well (control)", .address("tls-right"), at: .nowhere) {
            $0.answer = "zebrafish by TLS"
            $0.ways = [.late, .early]
            $0.also = { _, run, _, _ in
                let count = try FaultWall.current?.secureUpstreams().requestByteCount("right") ?? 0
                run.expect(count > 0, "the server has seen no request, so the rows above show nothing")
            }
        },
    ]

    private static func secure(_ name: String, _ model: String) -> UpstreamFault {
        UpstreamFault(name, .address(model), at: .head) {
            $0.codes = ["upstream_tls"]
            $0.also = { _, run, _, _ in
                let count = try FaultWall.current?.secureUpstreams().requestByteCount(String(model.dropFirst(4))) ?? -1
                run.expect(count == 0, "\(count) bytes of a request were sent")
            }
        }
    }

    static let statuses: [UpstreamFault] =
        [400, 404, 405, 413, 415, 422].map { status in
            UpstreamFault("\(status) of the upstream", .mock("status=\(status);body=\(errorBody("no such thing"))"), at: .head) {
                $0.status = status
                $0.codes = ["upstream_rejected", "its_own_code"]
                $0.counts = 0
                $0.moves = false
                $0.also = { _, run, reply, _ in run.expect(reply.text.contains("no such thing"), "its own message is not passed on") }
            }
        }
        + [401, 402, 403].map { status in
            UpstreamFault("\(status): our key is refused", .mock("status=\(status);body=\(errorBody("bad key"))"), at: .head) {
                $0.codes = ["upstream_auth"]
                $0.counts = 0
                $0.also = { stage, run, _, _ in
                    run.breaker = "key"
                    run.expect(try stage.upstream("lost")["credential_fault"].bool == true, "no alarm in /health")
                }
            }
        }
        + [
            rateLimit("429 without a hint", "status=429", counts: 1),
            rateLimit("429 with a garbled Retry-After", "status=429;retry_after=soon", counts: 1),
            rateLimit("429 with Retry-After", "status=429;retry_after=7", counts: 0, rests: 5...7),
            rateLimit("429 with an endless Retry-After", "status=429;retry_after=999999999", counts: 0, rests: 250...300),
            rateLimit("429 with a date", "status=429;retry_after=\(date(in: 3600))", counts: 0, rests: 250...300),
            rateLimit("429 with a date long gone", "status=429;retry_after=Sun, 06 Nov 1994 08:49:37 GMT", counts: 1),
        ]
        + [(500, 502), (501, 502), (502, 502), (503, 503), (504, 504), (529, 503), (408, 504)].map { status, told in
            UpstreamFault("\(status) of the upstream", .mock("status=\(status);body=\(errorBody("at db.internal"))"), at: .head) {
                $0.status = told
                $0.codes = ["upstream_error"]
            }
        }
        + [
            UpstreamFault("503 with Retry-After", .mock("status=503;retry_after=9"), at: .head) {
                $0.status = 503
                $0.codes = ["upstream_error"]
                $0.also = { _, run, reply, way in
                    guard way == .late || way == .whole else { return }
                    run.expect(reply.header("retry-after") == "9", "Retry-After \(reply.header("retry-after") ?? "none")")
                }
            },
            UpstreamFault(
                "error status with an HTML page", .mock("status=500;content_type=text/html;body=<h1>\(WallSecrets.page)</h1>"), at: .head
            ) {
                $0.codes = ["upstream_error"]
            },
            UpstreamFault("redirect", .mock("redirect=http://127.0.0.1:1/\(WallSecrets.page)"), at: .head) {
                $0.codes = ["upstream_redirect"]
                $0.also = { _, run, reply, _ in run.expect(reply.header("location") == nil, "the Location was passed on") }
            },
        ]

    private static func rateLimit(_ name: String, _ fault: String, counts: Double, rests: ClosedRange<Int>? = nil) -> UpstreamFault {
        UpstreamFault(name, .mock(fault), at: .head) {
            $0.status = 429
            $0.codes = ["upstream_rate_limited", "rate_limit_exceeded"]
            $0.counts = counts
            $0.row = 0
            $0.also = { stage, run, reply, way in
                let rest = try stage.upstream("lost")["retry_after_ms"].int.map { $0 / 1000 }
                if let rests {
                    run.breaker = "rests \(rest.map(String.init) ?? "not")"
                    run.expect(rest.map(rests.contains) == true, "it rests for \(rest.map(String.init) ?? "no") s, not \(rests)")
                } else {
                    run.expect(rest == nil, "it rests though nothing was said that means a time")
                }
                guard way == .late || way == .whole else { return }
                let told = reply.header("retry-after").flatMap { Int($0) }
                run.expect(
                    rests.map { rests in told.map(rests.contains) == true } ?? (told == nil),
                    "Retry-After \(told.map(String.init) ?? "none")")
            }
        }
    }

    /// An error body in the mock's short form; it repeats keys, as real ones do.
    private static func errorBody(_ message: String) -> String {
        #"{\"error\":{\"message\":\"\#(message): \#(WallSecrets.upstreamKey) \#(WallSecrets.upstreamHeader)\",\"type\":\"invalid_request_error\",\"code\":\"its_own_code\"}}"#
    }

    /// A moment in so many seconds, as HTTP writes it; counted from the beginning of the run, not of the row.
    private static func date(in seconds: TimeInterval) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: Date() + seconds)
    }

    static let heads: [UpstreamFault] = [
        UpstreamFault("200 with JSON instead of SSE", .mock("json"), at: .nowhere) { $0.whole = .success },
        UpstreamFault("200 with HTML", .mock("html;body=<h1>\(WallSecrets.page)</h1>"), at: .head) { $0.codes = ["upstream_not_sse"] },
        UpstreamFault(
            "HTML as event stream", .bytes([.text(ScriptedUpstream.streamHead + "<html><h1>\(WallSecrets.page)</h1>\n</html>\n"), .close]),
            at: .head
        ) {
            $0.codes = ["upstream_not_sse", "upstream_empty"]
        },
        UpstreamFault("HTML as event stream, its head first", .mock("html-stream;body=<h1>\(WallSecrets.page)</h1>"), at: .afterHead) {
            $0.codes = ["upstream_not_sse", "upstream_empty"]
            $0.ways = [.early, .moved, .movedWhole]
        },
        UpstreamFault("204", .mock("no-content"), at: .head) { $0.codes = ["upstream_empty"] },
        UpstreamFault("empty body", .bytes([.text(ScriptedUpstream.streamHead), .close]), at: .head) {
            $0.codes = ["upstream_empty"]
            $0.whole = .status(502, ["upstream_empty", "upstream_not_sse"])
        },
        firstEvent("", "500") {
            $0.codes = ["upstream_error"]
            $0.styles = ["events", "reasoning"]
        },
        firstEvent(": 429", "429") {
            $0.status = 429
            $0.codes = ["upstream_rate_limited"]
            $0.row = 0
        },
        firstEvent(": 401", "401") {
            $0.codes = ["upstream_auth"]
            $0.counts = 0
            $0.also = { stage, run, _, _ in
                run.breaker = "key"
                run.expect(try stage.upstream("raw")["credential_fault"].bool == true, "no alarm in /health")
            }
        },
        firstEvent(": 400", "400") {
            $0.status = 400
            $0.codes = ["upstream_rejected"]
            $0.counts = 0
            $0.moves = false
        },
        UpstreamFault("error object as first event, its head first", .mock("error-event;after_events=0"), at: .afterHead) {
            $0.codes = ["upstream_error"]
            $0.ways = [.early, .moved]
        },
        UpstreamFault("slow first byte (within limit)", .mock("slow-head=300"), at: .nowhere) {
            $0.atLeast = .milliseconds(290)
        },
        UpstreamFault("no response head", .mock("no-answer"), at: .head) {
            $0.status = 504
            $0.codes = ["upstream_first_byte_timeout"]
            $0.atLeast = FaultStage.head * 0.9
            $0.within = FaultStage.head + .seconds(1)
            $0.ways = [.late, .early, .moved]
        },
        UpstreamFault("no response head, not streaming", .mock("no-answer"), at: .head) {
            $0.status = 504
            $0.counts = 0
            $0.whole = .status(504, ["stream_too_long"])
            $0.within = FaultStage.total + .seconds(1)
            $0.ways = [.whole]
        },
        UpstreamFault("no first event", .mock("stall;after_events=0"), at: .afterHead) {
            $0.codes = ["upstream_first_token_timeout"]
            $0.atLeast = FaultStage.firstEvent * 0.9
            $0.within = FaultStage.firstEvent + .seconds(1)
            $0.ways = [.late, .early, .moved]
        },
        UpstreamFault("comments for ever, no token", .mock("comments;milliseconds=50"), at: .afterHead) {
            $0.codes = ["upstream_first_token_timeout"]
            $0.atLeast = FaultStage.firstEvent * 0.9
            $0.within = FaultStage.firstEvent + .seconds(1)
            $0.ways = [.late, .early, .moved]
        },
        UpstreamFault("RST before head", .bytes([.reset]), at: .head) {
            $0.codes = ["upstream_reset"]
            $0.isRetried = true
        },
        UpstreamFault("FIN before head", .bytes([.close]), at: .head) {
            $0.codes = ["upstream_reset"]
            $0.isRetried = true
        },
        UpstreamFault(
            "RST in the middle of the head", .bytes([.text("HTTP/1.1 200 OK\r\ncontent-ty"), .pause(.milliseconds(30)), .reset]), at: .head
        ) {
            $0.codes = ["upstream_reset"]
            $0.isRetried = true
        },
        // The mock's connection is a kept one: the first attempt is stale, and counts for nothing; the second, on a new one, does.
        UpstreamFault("RST before head, kept connection", .mock("reset-before-head"), at: .head) {
            $0.codes = ["upstream_reset"]
            $0.isRetried = true
            $0.isFirstUncounted = true
        },
        UpstreamFault("FIN before head, kept connection", .mock("close-before-head"), at: .head) {
            $0.codes = ["upstream_reset"]
            $0.isRetried = true
            $0.isFirstUncounted = true
        },
        UpstreamFault("garbage head", .mock("garbage-head;body=\(WallSecrets.page)"), at: .head) { $0.codes = ["upstream_protocol"] },
        UpstreamFault("header flood", .mock("header-flood"), at: .head) {
            $0.codes = ["upstream_protocol"]
            $0.ways = [.late, .early, .moved]
        },
        UpstreamFault(
            "header flood, of short lines",
            .bytes([.text("HTTP/1.1 200 OK\r\n"), .flood(Array("x: y\r\n".utf8), times: 3000), .text("\r\n"), .stall]), at: .head
        ) {
            $0.codes = ["upstream_protocol"]
        },
        UpstreamFault(
            "header line without end", .bytes([.text("HTTP/1.1 200 OK\r\nx-long: "), .flood(filler, times: 200), .stall]), at: .head
        ) {
            $0.codes = ["upstream_protocol"]
        },
        UpstreamFault("HTTP/0.9", .bytes([.text("data: \(WallSecrets.page)\n\n"), .close]), at: .head) { $0.codes = ["upstream_protocol"] },
        UpstreamFault("compressed though not asked", .mock("gzip"), at: .head) {
            $0.codes = ["upstream_encoding"]
            // The mock compresses streams alone.
            $0.ways = [.late, .early, .moved]
        },
        UpstreamFault("a compressed bomb", .bytes([.text(bombHead), .flood(filler, times: 2000), .stall]), at: .head) {
            $0.codes = ["upstream_encoding"]
        },
        UpstreamFault(
            "compressed without end, as an error",
            .bytes([.text(bombHead.replacingOccurrences(of: "200 OK", with: "500 No")), .flood(filler, times: 2000), .stall]), at: .head
        ) {
            $0.codes = ["upstream_error", "upstream_encoding"]
        },
    ]

    /// A stream whose head and first event come in one piece.
    private static func firstEvent(_ suffix: String, _ code: String, _ change: (inout UpstreamFault) -> Void) -> UpstreamFault {
        let error = #"{"error": {"message": "no: \#(WallSecrets.upstreamKey)", "code": \#(code)}}"#
        let stream = ScriptedUpstream.streamHead + "data: \(error)\n\n" + ScriptedUpstream.done
        let whole =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: \(error.utf8.count)\r\n\r\n" + error
        return UpstreamFault(
            "error object as first event\(suffix)", .bytes([.text(stream), .close], whole: [.text(whole), .close]), at: .head, change)
    }

    static let filler = [UInt8](repeating: UInt8(ascii: "x"), count: 16 << 10)
    private static let bombHead =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n"
}
