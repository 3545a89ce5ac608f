import PCRE

extension Detector {
    /// Gives out what is clear, except what the place holds back and the white space that may stand beside a marker.
    ///
    /// - Parameters:
    ///   - beforeMarker: a marker that stays in the text follows at `cleared`: white space before it is dropped, not held.
    ///   - isLast: nothing follows at all: white space is text.
    ///   - emit: takes the text.
    mutating func release(beforeMarker: Bool = false, isLast: Bool = false, emit: Emit) {
        if place == .undecided || place == .header { return }
        if skipsWhite { skipLeadingWhite() }
        let held = isLast || !holdsWhite ? 0 : buffer.span.trailingWhite(from: released, to: cleared) % Detector.whiteRunLimit
        let end = cleared - held
        if end > released {
            let bytes = buffer
            giveOut(bytes.span.extracting(released..<end), emit: emit)
            released = end
        }
        if beforeMarker {
            record(released..<cleared) { .white($0) }
            released = cleared
        }
    }

    /// Whether white space at the end of the clear text may turn out to stand beside a marker.
    private var holdsWhite: Bool {
        switch place {
        case .reasoning, .body(.reasoning): trims
        case .outside, .split: trims && !hasPayload
        case .undecided, .between, .answer, .passing, .header, .body, .ended: false
        }
    }

    private mutating func skipLeadingWhite() {
        let bytes = buffer
        let payload = bytes.span.extracting(0..<cleared).firstNonWhite(from: released)
        // What a late start drops must come back if it is promoted.
        if origin == .late, retained.isActive { retained.append(bytes.span.extracting(released..<payload)) }
        record(released..<payload) { .white($0) }
        released = payload
        if payload < cleared { skipsWhite = false }
    }

    private mutating func giveOut(_ text: Span<UInt8>, isPlain: Bool = false, emit: Emit) {
        if place == .body(.toolCall) {
            record(text) { .toolCall($0) }
            return addToCall(text)
        }
        note(text, isPlain: isPlain)
        let kind = kind
        if trace != nil { record(text) { .text(kind, $0) } }
        emit(kind, text)
    }

    /// Keeps the books about text that is given out now.
    mutating func note(_ text: Span<UInt8>, isPlain: Bool) {
        switch kind {
        case .reasoning:
            if !sawReasoning { sawReasoning = text.firstNonWhite(from: 0) < text.count }
            if retained.isActive { retained.append(text) }
        case .answer:
            if !answerHasPayload { answerHasPayload = text.firstNonWhite(from: 0) < text.count }
            answerEndsWhite = text[text.count - 1].isWhite
            if place == .outside { watchForOrphanEnd(text, isPlain: isPlain) }
        }
    }

    /// Gives out again, as the answer, what was given out as reasoning without any marker.
    mutating func promote(emit: Emit) {
        let bytes = retained.bytes
        record(bytes.span) { .promoted($0) }
        emit(.answer, bytes.span)
        retained.end()
        owesPromotion = false
        wasPromoted = true
        answerHasPayload = true
    }

    /// The last decisions: what the text was, now that nothing follows.
    mutating func endText(_ end: TextEnd, emit: Emit) {
        switch place {
        case .undecided:
            holdIsAnswer()
            release(isLast: true, emit: emit)
        case .reasoning:
            if isPromotable(end) { promote(emit: emit) } else { answerIsMissing = end != .cut && !answerHasPayload }
        case .body(.reasoning): answerIsMissing = end != .cut && !answerHasPayload
        case .header, .body(.toolCall): endChannel(end, emit: emit)
        case .between: answerIsMissing = end == .length && !answerHasPayload
        case .outside: judgeOrphanEnd(end)
        case .answer, .split, .passing, .body(.answer), .ended: break
        }
    }

    /// A stop without a marker means that the text was the answer. A limit cuts real reasoning as well; only prose, which is the
    /// weakest sign of reasoning, is the answer then, too. After a cut nothing is promoted: the request may begin anew elsewhere.
    private func isPromotable(_ end: TextEnd) -> Bool {
        guard retained.isActive, !retained.bytes.isEmpty else { return false }
        switch end {
        case .stop: return true
        case .length: return origin == .prose
        case .cut: return false
        }
    }

    /// Drops what was given out, but for the left context that patterns look back at.
    mutating func forget() {
        let surplus = released - profile.contextLength
        guard surplus > 0 else { return }
        hasDropped = true
        if surplus == buffer.count {
            buffer.removeAll(keepingCapacity: true)
        } else {
            buffer.removeSubrange(0..<surplus)
        }
        released -= surplus
        cleared -= surplus
    }

    /// Gives `text` out as it is, without a copy, if nothing is held and nothing in it can be a marker.
    ///
    /// - Returns: false if the text must be searched; nothing was done then.
    mutating func passThrough(_ text: Span<UInt8>, emit: Emit) -> Bool {
        guard released == buffer.count, hasPayload, !skipsWhite, !isBounded else { return false }
        let whole = text.count - text.incompleteTail()
        guard whole > 0, !(holdsWhite && text[whole - 1].isWhite) else { return false }
        let clear = text.extracting(0..<whole)
        let glance = readsPast(clear)
        if glance == .markerMayBegin { return false }
        giveOut(clear, isPlain: glance == .plain, emit: emit)
        keepContext(clear)
        if whole < text.count { buffer.append(copying: text.extracting(whole..<text.count)) }
        return true
    }

    /// Reads text for the code guard unless a marker may begin in it.
    private mutating func readsPast(_ text: Span<UInt8>) -> Glance {
        guard let set = floatingSet else { return .plain }
        guard let first = set.interest.firstIndex(in: text, from: 0) else {
            codeGuard.readPlain(text)
            return .plain
        }
        guard set.pattern.firstBytes.firstIndex(in: text, from: first) == nil else { return .markerMayBegin }
        codeGuard.read(text)
        return .noMarker
    }

    /// What a first look at a text shows.
    private enum Glance {
        /// Neither a marker's first byte nor what moves the code guard.
        case plain
        /// No marker's first byte.
        case noMarker
        case markerMayBegin
    }

    private var isBounded: Bool {
        switch place {
        case .undecided, .header, .body(.toolCall): true
        case .reasoning: origin == .prose
        case .outside, .between, .answer, .split, .passing, .body, .ended: false
        }
    }

    private mutating func keepContext(_ text: Span<UInt8>) {
        let length = profile.contextLength
        if length == 0 || text.count >= length {
            buffer.removeAll(keepingCapacity: true)
            hasDropped = true
        }
        if length > 0 { buffer.append(copying: text.extracting(max(0, text.count - length)..<text.count)) }
        released = buffer.count
        cleared = buffer.count
        forget()
    }
}
