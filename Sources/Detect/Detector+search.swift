import PCRE

/// What one step of the search came to.
enum SearchStep {
    /// The place or the position changed: look again.
    case again
    /// Only more text can tell.
    case wait
}

extension Detector {
    /// Searches what is in the buffer as far as it goes, then gives out what is clear.
    mutating func drain(_ end: SubjectEnd, emit: (SegmentKind, Span<UInt8>) -> Void) {
        while case .again = step(end, emit: emit) {}
        release(isLast: end == .final, emit: emit)
        forget()
    }

    private mutating func step(_ end: SubjectEnd, emit: (SegmentKind, Span<UInt8>) -> Void) -> SearchStep {
        // Up to an unfinished code point, unless nothing follows it.
        let limit = end == .final ? buffer.count : buffer.count - buffer.span.incompleteTail()
        guard cleared < limit else { return .wait }
        if !hasPayload { return stepAtEdge(limit, end, emit: emit) }
        guard let set = floatingSet else {
            clear(to: limit)
            return .wait
        }
        switch search(set, from: cleared, to: limit, end) {
        case .none, .limit:
            return advance(to: limit, emit: emit) ? .wait : .again
        case .partial(let start):
            guard advance(to: start, emit: emit) else { return .again }
            if couldAct(set) { return .wait }
            clear(to: start + 1)
            return .again
        case .match(let start, let markerEnd, let index):
            guard advance(to: start, emit: emit) else { return .again }
            return act(set.roles[index], from: start, to: markerEnd, end, emit: emit)
        }
    }

    /// Before the first payload byte of a segment: white space, then perhaps a marker that only counts here.
    private mutating func stepAtEdge(_ limit: Int, _ end: SubjectEnd, emit: (SegmentKind, Span<UInt8>) -> Void) -> SearchStep {
        let payload = buffer.span.extracting(0..<limit).firstNonWhite(from: cleared)
        guard advance(to: payload, emit: emit) else { return .again }
        if payload == limit { return .wait }
        if let set = edgeSet {
            switch search(set, from: payload, to: limit, end) {
            case .match(_, let markerEnd, let index): return act(set.roles[index], from: payload, to: markerEnd, end, emit: emit)
            case .partial: return .wait
            case .none, .limit: break
            }
        }
        beginPayload(buffer[payload])
        return .again
    }

    private mutating func search(_ set: MarkerSet, from: Int, to limit: Int, _ end: SubjectEnd) -> MatchOutcome {
        guard disabledSets & set.bit == 0 else { return .none }
        // A second reference, not a copy: a span of the stored buffer would borrow the whole detector.
        let bytes = buffer
        let subject = bytes.span.extracting(0..<limit)
        guard let candidate = set.pattern.firstBytes.firstIndex(in: subject, from: from) else { return .none }
        if set.isEdge, candidate != from { return .none }
        let outcome = scratch.search(set.pattern, in: subject, from: candidate, isTextStart: !hasDropped, end: end)
        if outcome == .limit { disabledSets |= set.bit }
        return outcome
    }

    /// Marks text up to `target` as free of markers, unless the place's bound lies before it; then acts on the bound.
    ///
    /// - Returns: whether `target` was reached.
    private mutating func advance(to target: Int, emit: (SegmentKind, Span<UInt8>) -> Void) -> Bool {
        guard let bound = placeBound, segmentLength + target - cleared >= bound else {
            clear(to: target)
            return true
        }
        var end = cleared + max(bound - segmentLength, 0)
        while end < target, buffer[end] & 0xC0 == 0x80 { end += 1 }
        clear(to: end)
        boundReached(emit: emit)
        return false
    }

    mutating func clear(to target: Int) {
        guard target > cleared else { return }
        if readsCode {
            let bytes = buffer
            codeGuard.read(bytes.span.extracting(cleared..<target))
        }
        segmentLength += target - cleared
        cleared = target
    }

    /// The most bytes this place may last, nil for no bound.
    private var placeBound: Int? {
        switch place {
        case .undecided: profile.profile.undecidedWindow
        case .reasoning: origin == .prose ? profile.profile.prose.map { min($0.bound, Detector.promotionLimit / 2) } : nil
        case .header: profile.profile.channels?.longestHeader
        case .outside, .between, .answer, .split, .passing, .body, .ended: nil
        }
    }

    /// Markers that count anywhere in the current segment once it has a payload byte.
    var floatingSet: MarkerSet? {
        switch place {
        case .undecided: profile.sets.undecided
        case .outside: profile.sets.outside
        case .reasoning: origin == .prose ? profile.sets.prose : profile.sets.reasoning
        case .answer: frameIsOpen ? profile.sets.framedAnswer : profile.sets.answer
        case .header: profile.sets.header
        case .body: profile.sets.body
        case .between, .split, .passing, .ended: nil
        }
    }

    /// Markers that count only where the segment's first payload byte stands.
    private var edgeSet: MarkerSet? {
        switch place {
        case .undecided: profile.sets.undecidedEdge
        case .outside: profile.sets.outsideEdge
        case .reasoning: profile.sets.reasoningEdge
        case .between: profile.sets.betweenEdge
        case .split: profile.sets.splitEdge
        case .answer, .passing, .header, .body, .ended: nil
        }
    }

    /// Whether a marker's meaning here may depend on code spans.
    var readsCode: Bool { floatingSet != nil }

    /// Whether some marker of the set may count at `cleared`, given the text before it: spares a hold-back where none can.
    private mutating func couldAct(_ set: MarkerSet) -> Bool {
        guard set.hasOnlyStarts else { return true }
        return admitsStart(at: cleared)
    }
}
