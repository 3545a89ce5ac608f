import PCRE

/// Messages with headers. A header is held until its end marker tells what the body is; the text of a tool call goes to a list of
/// its own, so that no JSON for a machine is shown to a person.
extension Detector {
    mutating func actOnChannel(_ role: MarkerRole, _ start: Int, _ end: Int, emit: Emit) {
        switch role {
        case .headerEnd:
            let isFirst = place != .header
            if isFirst {
                release(emit: emit)
                record(released..<start) { .white($0) }
            }
            openBody(header: (isFirst ? start : released)..<end)
        case .headerStart:
            closeBody(emit: emit)
            record(released..<start) { .white($0) }
            released = start
            cleared = end
            enterHeader()
        case .bodyEnd:
            closeBody(emit: emit)
            record(released..<start) { .white($0) }
            record(start..<end) { .marker(role, $0) }
            released = end
            cleared = end
            enterHeader()
        case .start, .end, .implicitEnd, .frameOpen, .frameClose, .stray, .proseStart, .proseEnd, .proseVeto: break
        }
    }

    private mutating func enterHeader() {
        enter(.header)
        // A header is searched for its end as it stands: it has no edge.
        hasPayload = true
    }

    private mutating func openBody(header: Range<Int>) {
        let body = bodyAnnounced(by: header)
        if body == .toolCall { openCall(header) }
        record(header) { .header(body, $0) }
        released = header.upperBound
        cleared = header.upperBound
        origin = .explicit
        enter(.body(body))
    }

    private mutating func bodyAnnounced(by header: Range<Int>) -> ChannelGrammar.Body {
        guard let channels = profile.profile.channels else { return .reasoning }
        for (index, pattern) in profile.headerRules.enumerated() where find(pattern, in: header) != nil {
            return channels.rules[index].body
        }
        return .reasoning
    }

    private mutating func find(_ pattern: Pattern, in range: Range<Int>) -> Range<Int>? {
        let bytes = buffer
        let text = bytes.span.extracting(range)
        guard case .match(let start, let end, _) = scratch.search(pattern, in: text, from: 0, isTextStart: true, end: .final) else {
            return nil
        }
        return (range.lowerBound + start)..<(range.lowerBound + end)
    }

    private mutating func closeBody(emit: Emit) {
        release(emit: emit)
        if place == .body(.toolCall) { closeCall(isComplete: true) }
    }

    /// A header that does not end is text after all: it is given out as the answer, so that nothing is lost.
    mutating func headerIsTooLong() {
        place = .body(.answer)
    }

    /// The end of the text in a header or a call: a header that was begun says nothing any more, other text is the answer.
    mutating func endChannel(_ end: TextEnd, emit: Emit) {
        if place == .body(.toolCall) { return closeCall(isComplete: end == .stop) }
        guard !isUnfinishedHeader else { return }
        skipsWhite = trims
        place = .body(.answer)
        release(isLast: true, emit: emit)
    }

    private var isUnfinishedHeader: Bool {
        mutating get {
            guard let set = profile.sets.outsideEdge else { return false }
            let bytes = buffer
            let text = bytes.span.extracting(released..<bytes.count)
            let payload = text.firstNonWhite(from: 0)
            switch scratch.search(set.pattern, in: text, from: payload, isTextStart: true, end: .open) {
            case .match, .partial: return true
            case .none, .limit: return false
            }
        }
    }

    private mutating func openCall(_ header: Range<Int>) {
        let name = profile.recipient.flatMap { find($0, in: header) }
        toolCalls.append(ToolCall(recipient: name.map { Array(buffer[$0]) } ?? [], arguments: []))
        callIsOpen = true
    }

    /// The text of the open call, up to the limit.
    mutating func addToCall(_ text: Span<UInt8>) {
        guard callIsOpen, let last = toolCalls.indices.last else { return }
        guard toolCalls[last].arguments.count + text.count <= Detector.toolCallLimits.bytes else {
            return closeCall(isComplete: false)
        }
        toolCalls[last].arguments.append(copying: text)
    }

    /// A call that was cut, or that is one too many, is not handed out.
    private mutating func closeCall(isComplete: Bool) {
        guard callIsOpen else { return }
        callIsOpen = false
        if !isComplete || toolCalls.count > Detector.toolCallLimits.count { toolCalls.removeLast() }
    }
}
