import Foundation

// Text that tries to be an event, a header or a log line, from everybody who can send text.
extension FaultRow {
    /// Every way a line may end somewhere, and what stands at the beginning of a line of events.
    private static let hostile =
        "a\ndata: {\"forged\": 1}\n\nevent: forged\r\ndata: [DONE]\r\n\r\nb\rdata: forged\r\rid: 7\u{0}c\u{2028}data: x\u{2029}\u{85}\u{B}\u{C}data: y\u{1B}[31m\u{7F}"

    /// As a JSON string's content, every character that may be is left as it is.
    private static var escaped: String {
        let quoted = (try? JSONSerialization.data(withJSONObject: [hostile], options: .withoutEscapingSlashes)) ?? Data()  // a constant
        return String(decoding: quoted, as: UTF8.self).dropFirst(2).dropLast(2).description
    }

    private static let styles = ["events", "inline", "reasoning", "think"]

    static let injections: [FaultRow] =
        styles.flatMap { style in
            [
                streamed(
                    "text of the model, \(style)", style: style,
                    scenario: scenario(#""answer": "\#(escaped)", "reasoning": "\#(escaped) So it is.""#)
                ) {
                    run, stream in
                    run.expect(stream.text(phase: "final_output").contains(hostile), "the answer is not what the model said")
                },
                streamed(
                    "arguments of a tool call, \(style)", style: style,
                    scenario: scenario(#""tool_calls": [{"id": "call_1", "name": "f", "arguments": "\#(escaped)"}]"#)
                ) {
                    run, stream in
                    let arguments = stream.events.compactMap {
                        $0.json["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"].string
                    }.joined()
                    run.expect(arguments == hostile, "the arguments are not what the model said: \(arguments)")
                },
            ]
        } + [
            FaultRow(.injection, "text of the model", way: "whole", expected: "one JSON object", on: .late) { stage, run in
                try stage.order(scenario: scenario(#""answer": "\#(escaped)", "reasoning": "\#(escaped) So it is.""#))
                let reply = try stage.connect().exchange(stage.chat("lost", stream: false))
                run.judge(reply, .success(answer: hostile), stream: false)
                judgeHead(reply, run)
            },
            errorText("upstream's error text", way: "status", on: .late),
            errorText("upstream's error text", way: "in-stream", on: .early),
            FaultRow(.injection, "upstream's error text", way: "whole", expected: "400, one JSON object", on: .late) { stage, run in
                stage.scripted.play([refusal])
                let reply = try stage.connect().exchange(stage.chat("raw", stream: false))
                stage.told(reply)
                run.judge(reply, .status(400, ["upstream_rejected"]), stream: false)
                judgeHead(reply, run)
            },
            FaultRow(.injection, "name of the model", way: "stream", expected: "as it was sent, escaped", on: .pair) { stage, run in
                var request = stage.chat("lost", stream: true)
                request.body = Array(
                    String(decoding: request.body, as: UTF8.self).replacingOccurrences(of: "\"lost\"", with: "\"\(escaped)\"").utf8)
                let reply = try stage.connect().exchange(request)
                stage.told(reply)
                judgeEvents(reply, run)
            },
            FaultRow(.injection, "the prompt", way: "stream", expected: "200, whole", on: .early) { stage, run in
                var request = stage.chat("lost", stream: true)
                request.body = Array(
                    String(decoding: request.body, as: UTF8.self).replacingOccurrences(of: "Which ", with: "Which \(escaped) ").utf8)
                let reply = try stage.connect().exchange(request)
                stage.told(reply)
                run.judge(reply, .success(answer: FaultStage.goodAnswer), stream: true)
                judgeEvents(reply, run)
            },
        ]
        + [
            "id\rforged: 1", "id forged=1", "id\u{2028}x", "id\u{7F}", "id\"}{\"message\":\"forged", "id;a=b", "../../id",
            String(repeating: "i", count: 5000),
        ].map { id in
            FaultRow(
                .injection, "x-request-id \(id.prefix(24).debugDescription)", way: "stream", expected: "left out, escaped, or 400",
                on: .late
            ) { stage, run in
                var request = stage.chat("lost", stream: true)
                request.headers.append(("x-request-id", id))
                let connection = try stage.connect()
                try connection.send(request.bytes)
                let reply = try connection.reply()
                stage.told(reply)
                run.seen = "\(reply.status)"
                run.expect(reply.status == 200 || reply.status == 400, "status \(reply.status)")
                judgeHead(reply, run)
                if reply.status == 200 { judgeEvents(reply, run) }
                // None of them is one that could stand in a header, a log line and a path as it is.
                let told = reply.header("x-request-id") ?? ""
                let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:")
                run.expect(
                    !told.isEmpty && told != id && told.allSatisfy(plain.contains) && told.count <= 128,
                    "the id came back as \(told.debugDescription)")
            }
        }

    private static func scenario(_ words: String) -> String {
        #"{"name": "lost", "description": "hostile", \#(words), "pacing": {"tokens_per_second": 0, "first_token_delay_ms": 0}}"#
    }

    private static var refusal: [ScriptedUpstream.Step] {
        let body = #"{"error": {"message": "\#(escaped)", "type": "\#(escaped)", "code": "\#(escaped)", "param": "\#(escaped)"}}"#
        return [
            .text(
                "HTTP/1.1 400 No\r\nx-forged: 1\r\nset-cookie: \(WallSecrets.page)\r\nserver: \(WallSecrets.page)\r\nconnection: close\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
            ),
            .close,
        ]
    }

    private static func errorText(_ fault: String, way: String, on kind: FaultStage.Kind) -> FaultRow {
        FaultRow(.injection, fault, way: way, expected: "400 or in-stream, one object", on: kind) { stage, run in
            stage.scripted.play([refusal])
            let reply = try stage.connect().exchange(stage.chat("raw", stream: true))
            stage.told(reply)
            run.judge(reply, kind == .late ? .status(400, ["upstream_rejected"]) : .inStream(["upstream_rejected"]), stream: true)
            judgeHead(reply, run)
            if kind == .early { judgeEvents(reply, run) }
        }
    }

    private static func streamed(
        _ fault: String, style: String, scenario: String, _ judge: @escaping @Sendable (FaultRun, ChatStream) -> Void
    ) -> FaultRow {
        FaultRow(.injection, fault, way: "stream", expected: "200, whole", on: .early) { stage, run in
            try stage.order(scenario: scenario)
            let reply = try stage.connect().exchange(stage.chat("lost#\(style)", stream: true))
            stage.told(reply)
            run.seen = "\(reply.status)"
            run.expect(reply.stream.endsWithDone && reply.stream.errorCode == nil, "not a whole stream: \(reply.text)")
            judgeHead(reply, run)
            judgeEvents(reply, run)
            judge(run, reply.stream)
        }
    }

    /// Every line is one that the proxy wrote: a comment, an event name of its own, one JSON object, or the end.
    private static func judgeEvents(_ reply: Reply, _ run: FaultRun) {
        if run.seen == "-" { run.seen = "\(reply.status)" }
        let bytes = reply.body
        run.expect(!bytes.contains(0x0D) && !bytes.contains(0) && !bytes.contains(0x1B), "a control character in the stream")
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: true) {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix(":") || text == "event: phase" || text == "data: [DONE]" { continue }
            let isObject = text.hasPrefix("data: ") && Value(Array(line.dropFirst(6))).keys.isEmpty == false
            run.expect(isObject, "a line that nobody should have written: \(text.prefix(200))")
            run.expect(!Value(Array(line.dropFirst(6))).keys.contains("forged"), "a forged event: \(text.prefix(200))")
        }
        run.expect(reply.stream.events.count { $0.data == "[DONE]" } == 1, "not one [DONE]")
    }

    /// Every header is one that the proxy sends.
    private static func judgeHead(_ reply: Reply, _ run: FaultRun) {
        let known: Set = [
            "content-type", "content-length", "transfer-encoding", "cache-control", "x-accel-buffering", "x-phases", "x-request-id",
            "x-upstream-attempts", "connection", "retry-after", "date", "vary", "x-circuit-breaker", "x-content-type-options",
        ]
        let strange = reply.headers.map(\.name).filter { !known.contains($0) }
        run.expect(strange.isEmpty, "headers nobody should have sent: \(strange)")
    }
}
