extension StreamScript {
    /// Bytes that no UTF-8 decoder may accept: a lone continuation, an overlong slash, a surrogate half, an unfinished sequence.
    static let notUTF8: [UInt8] = [0x80, 0xC0, 0xAF, 0xED, 0xA0, 0x80, 0xFF, 0xE2, 0x82]

    /// JSON that stops where a text should begin.
    private static let brokenChunk = #"{"id":"chatcmpl-mock","choices":[{"index":0,"delta":{"content":"#

    private static let defaultOversize = 10 * 1024 * 1024

    /// Does what the fault says at this point of the stream. Faults that let the stream go on disarm themselves.
    mutating func strike() {
        guard let fault else { return }
        flush()
        self.fault = nil
        switch fault.kind {
        case .pause: queueAction(.wait(Nanoseconds(fault.milliseconds ?? 5000) * 1_000_000))
        case .hold: queueAction(.hold)
        case .stall: finish(.stall)
        case .reset:
            queueAction(.wait(Self.graceBeforeReset))
            finish(.reset)
        case .end: finishBody()
        case .close: finish(.close)
        case .cutChunk: cutChunk()
        case .badChunkSize:
            queueAction(.write(Array("not-a-size\r\ndata: {}\n\n\r\n".utf8)))
            finish(.close)
        case .errorEvent, .stringError, .flatError:
            send(framing.event(Array(Self.errorText(fault).utf8)))
            finishBody()
        case .garbageEvent: send(framing.event(Array((fault.body ?? Self.brokenChunk).utf8)))
        case .truncatedJSON:
            let event = followingEvent()
            write(Array(event.prefix(event.count / 2)))
            finishBody()
        case .invalidUTF8: send(framing.event(Self.replacingText(in: writer.contentChunk("mock-text"), with: Self.notUTF8)))
        case .nul:
            write([0, 0, 0, 0x0A])
            send(framing.event(writer.contentChunk("nul:\u{0}:")))
        case .oversizeEvent: beginOversizeEvent(fault.count ?? Self.defaultOversize)
        case .oversizeComment:
            let comment = framing.comment(": ")
            write(Array(comment.prefix(2)))
            let filler = (fault.count ?? Self.defaultOversize) - 2
            stage = .filling(Filling(byteCount: max(filler, 0), end: Array(comment.dropFirst(2)), isEvent: false))
        case .endlessLine:
            write(Array(("data: " + Self.brokenChunk + "\"").utf8))
            stage = .forever(.line)
        case .endless: stage = .forever(.text)
        case .comments: stage = .forever(.comments(every: Nanoseconds(fault.milliseconds ?? 100) * 1_000_000))
        case .earlyDone:
            send(framing.event(Array("[DONE]".utf8), isLast: true))
            finishBody()
        case .status, .redirect, .html, .htmlStream, .empty, .noContent, .json, .wrongType, .slowHead, .noAnswer, .resetBeforeHead,
            .closeBeforeHead, .garbageHead, .headerFlood, .interim, .http10, .gzip, .shortLength, .dataAfterDone, .openAfterDone,
            .duplicateDone:
            break  // these never strike in the middle
        }
    }

    /// `[DONE]`, the faults around it, and the end of the body.
    mutating func end() {
        let done = Array("[DONE]".utf8)
        if wantsDone { send(framing.event(done, isLast: fault == nil)) }
        switch fault?.kind {
        case .dataAfterDone:
            for text in [" and", " more", " after", " the", " end"] { send(framing.event(writer.contentChunk(text))) }
        case .duplicateDone: send(framing.event(done, isLast: true))
        case .openAfterDone:
            flush()
            return finish(.stall)
        default: break
        }
        finishBody()
    }

    /// One more round of a fault that never ends.
    mutating func repeatForever(_ what: Forever) {
        switch what {
        case .text:
            waitForPace(true)
            send(framing.event(writer.contentChunk(" word\(progress.events)")))
        case .line: write([UInt8](repeating: UInt8(ascii: "x"), count: 16 * 1024))
        case .comments(let distance):
            queueAction(.wait(distance))
            write(framing.comment(": still thinking"))
            flush()
        }
    }

    /// The text of the error event: the fault's own, or one in the shape of its kind.
    static func errorText(_ fault: Fault) -> String {
        if let body = fault.body { return body }
        let message = "The model failed on purpose."
        return switch fault.kind {
        case .stringError: ErrorBody.string(message).rendered()
        case .flatError: ErrorBody.flat(message).rendered()
        default: ErrorBody.openAI(message, type: "server_error", code: "mock_error").rendered()
        }
    }

    /// Replaces the first string value of a `content` member with bytes a JSON writer would never produce.
    static func replacingText(in json: [UInt8], with bytes: [UInt8]) -> [UInt8] {
        let key = Array(#""content":""#.utf8)
        guard let start = json.firstRange(of: key)?.upperBound else { return json }
        return Array(json[..<start]) + bytes + Array(json[start...])
    }

    private mutating func finish(_ action: WireAction) {
        queueAction(action)
        stage = .over
    }

    private mutating func cutChunk() {
        let event = followingEvent()
        queueAction(.write(Array(coding.encode(event).prefix(event.count / 2 + 4))))
        finish(.close)
    }

    /// The event that would come next, or one that could.
    private mutating func followingEvent() -> [UInt8] {
        guard nextPiece < pieces.count else { return framing.event(writer.contentChunk("cut")) }
        let event = rendered(pieces[nextPiece])
        return event.isEmpty ? framing.event(writer.contentChunk("cut")) : event
    }

    /// Starts a valid chunk whose payload will have `count` bytes; made piece by piece, because 100 MB at once would stop the loop.
    private mutating func beginOversizeEvent(_ count: Int) {
        let payload = writer.contentChunk("")
        let event = framing.event(payload)
        let split = event.firstRange(of: Array(#""content":"#.utf8)).map { $0.upperBound + 1 } ?? event.count
        write(Array(event[..<split]))
        stage = .filling(Filling(byteCount: max(count - payload.count, 0), end: Array(event[split...]), isEvent: true))
    }

    /// One more piece of an oversize event or comment, or its end.
    mutating func fill(_ filling: Filling) {
        guard filling.byteCount > 0 else {
            write(filling.end)
            if filling.isEvent { progress.events += 1 }
            stage = .events
            return
        }
        let count = min(filling.byteCount, 64 * 1024)
        write([UInt8](repeating: UInt8(ascii: "x"), count: count))
        stage = .filling(Filling(byteCount: filling.byteCount - count, end: filling.end, isEvent: filling.isEvent))
    }
}
