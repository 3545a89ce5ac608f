import Foundation

/// What a client has to see at the end of a play.
enum Expectation: Sendable {
    /// A whole ordinary answer with this text; nil for any text.
    case success(answer: String?)
    /// A JSON error with this status.
    case status(Int, [String])
    /// A stream whose last words are one error object and `[DONE]`.
    case inStream([String])

    /// In the words of the table.
    var text: String {
        switch self {
        case .success: "200, whole"
        case .status(let status, let codes): "\(status) \(codes.joined(separator: "|"))"
        case .inStream(let codes): "in-stream \(codes.joined(separator: "|"))"
        }
    }
}

extension FaultRun {
    /// Checks a whole reply against what was expected, with everything that is true of every reply.
    func judge(_ reply: Reply, _ expectation: Expectation, stream isStream: Bool, style: String = "events") {
        expect(reply.isComplete, "the response is not complete: \(reply.text.suffix(300))")
        expect(reply.header("x-request-id") != nil, "no x-request-id")
        let stream = reply.stream
        if reply.status != 200 {
            seen = "\(reply.status) \(reply.errorCode ?? "without a code")"
        } else if let code = stream.errorCode {
            seen = "in-stream \(code)"
        } else {
            seen = "200, \(isStream ? (stream.endsWithDone ? "whole" : "CUT") : "whole")"
        }
        switch expectation {
        case .success(let answer):
            if isStream { judgeStream(reply, answer, style) } else { judgeCompletion(reply, answer) }
        case .status(let status, let codes):
            expect(reply.status == status, "status \(reply.status), not \(status): \(reply.text.prefix(600))")
            expect(reply.header("content-type") == "application/json", "content type \(reply.header("content-type") ?? "none")")
            judgeError(reply.json, codes)
        case .inStream(let codes):
            judgeFailedStream(reply, codes, style)
        }
    }

    private func judgeStream(_ reply: Reply, _ answer: String?, _ style: String) {
        let stream = reply.stream
        let text = reply.text
        expect(reply.status == 200, "status \(reply.status): \(text.prefix(600))")
        expect(stream.errorCode == nil, "an error: \(stream.errorMessage ?? "")")
        expect(stream.endsWithDone, "it does not end with one [DONE]: \(text.suffix(300))")
        expect(
            stream.events.count { $0.json["choices"][0]["finish_reason"].string != nil } == 1, "not one finish chunk: \(text.suffix(300))")
        judgePhases(stream, style, mayBeCut: false)
        if let answer { expect(stream.answer == answer, "the answer is “\(stream.answer.prefix(200))”, not “\(answer.prefix(200))”") }
        expect(stream.events.dropLast().allSatisfy { $0.json["object"].string == "chat.completion.chunk" }, "an event is no chunk: \(text)")
        let untagged = stream.events.filter { !$0.json["phase"].exists }.compactMap { $0.json["choices"][0]["delta"]["content"].string }
        expect(untagged.joined().isEmpty, "text without a phase: \(untagged)")
        if answer == FaultStage.goodAnswer {
            expect(!text.contains("zebrafish one"), "something of the lost answer was shown: \(text)")
        }
    }

    private func judgeFailedStream(_ reply: Reply, _ codes: [String], _ style: String) {
        let stream = reply.stream
        let text = reply.text
        expect(reply.status == 200, "status \(reply.status): \(text.prefix(600))")
        expect(reply.header("content-type")?.hasPrefix("text/event-stream") == true, "no event stream")
        let errors = stream.events.filter { $0.json["error"].exists }
        expect(errors.count == 1, "\(errors.count) error objects: \(text.suffix(600))")
        expect(stream.endsWithDone, "not one [DONE] at the end: \(text.suffix(300))")
        expect(stream.events.dropLast().last?.json["error"].exists == true, "the error is not the last word: \(text.suffix(600))")
        expect(stream.finishReason == nil, "a finish chunk before the error: \(text.suffix(600))")
        judgePhases(stream, style, mayBeCut: true)
        if let error = errors.first { judgeError(error.json, codes) }
    }

    private func judgeCompletion(_ reply: Reply, _ answer: String?) {
        let json = reply.json
        expect(reply.status == 200, "status \(reply.status): \(reply.text.prefix(600))")
        expect(!json["error"].exists, "an error: \(reply.text.prefix(600))")
        let content = json["choices"][0]["message"]["content"].string
        if let answer { expect(content == answer, "the answer is “\(content?.prefix(200) ?? "none")”, not “\(answer.prefix(200))”") }
        expect(json["phases"].array.count == 3, "not three phases: \(reply.text.prefix(600))")
    }

    /// Each phase once, in order.
    private func judgePhases(_ stream: ChatStream, _ style: String, mayBeCut: Bool) {
        let all = ["prompt_summary", "reasoning_summary", "final_output"]
        let seen = style == "events" ? stream.markers : stream.taggedPhases
        expect(mayBeCut ? all.starts(with: seen) : seen == all, "the phases are \(seen)")
        if style == "events" { expect(stream.taggedPhases == seen, "phases are tagged \(stream.taggedPhases), marked \(seen)") }
        let label = style == "reasoning" ? stream.text("reasoning_content") : stream.text()
        let summaries = label.components(separatedBy: "[Prompt Summary]").count - 1
        expect(summaries == 1, "\(summaries) prompt summaries")
    }

    /// The shape that OpenAI's clients read.
    private func judgeError(_ json: Value, _ codes: [String]) {
        let error = json["error"]
        expect(json.keys == ["error"] && error.keys == ["code", "message", "param", "type"], "the error's shape: \(json)")
        expect(error["message"].string?.isEmpty == false && error["type"].string?.isEmpty == false, "no message or type: \(json)")
        expect(error["code"].string.map(codes.contains) == true, "the code is \(error["code"]), not \(codes.joined(separator: " or "))")
    }

    /// The connection a reply came on serves an ordinary request, or has been closed cleanly.
    func judgeConnection(_ connection: RawConnection, _ stage: FaultStage) {
        if connection.isClosed {
            return expect(!connection.wasReset, "the client's connection was reset")
        }
        do {
            let reply = try connection.exchange(stage.chat("lost", stream: true))
            stage.told(reply)
            try FaultStage.expectHealthy(reply)
        } catch {
            expect(
                connection.isClosed && !connection.wasReset && connection.received.isEmpty, "the client's connection is of no use: \(error)"
            )
        }
    }
}
