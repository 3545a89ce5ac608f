import PCRE

extension Detector {
    typealias Emit = (SegmentKind, Span<UInt8>) -> Void

    /// The first byte of a segment that is neither white space nor a marker.
    mutating func beginPayload(_ byte: UInt8) {
        hasPayload = true
        switch place {
        case .between: place = .answer
        case .split: place = .passing
        case .undecided:
            // A server that was asked for JSON may have skipped the reasoning: text that looks like JSON waits for a marker.
            if waitsForJSON, !byte.opensJSON { holdIsReasoning() }
        case .outside:
            // Tags in its strings are text.
            if isJSON, byte.opensJSON { place = .passing }
        case .reasoning, .answer, .passing, .header, .body, .ended: break
        }
    }

    /// A marker stands at `start ..< end`, and everything before it is clear.
    mutating func act(_ role: MarkerRole, from start: Int, to end: Int, _ subjectEnd: SubjectEnd, emit: Emit) -> SearchStep {
        switch role {
        case .start: return actOnStart(start, end, emit: emit)
        case .end: return actOnEnd(start, end, subjectEnd, emit: emit)
        case .implicitEnd:
            if codeGuard.isInSpan(before: buffer[start]) { return readAsText(start) }
            release(beforeMarker: true, emit: emit)
            record(start..<end) { .kept(role, $0) }
            closeReasoning()
            enter(.answer, keepsPayload: true)
            hasPayload = true
        case .frameOpen:
            remove(role, start, end, emit: emit)
            frameIsOpen = true
            enter(.answer)
        case .frameClose:
            remove(role, start, end, emit: emit)
            frameIsOpen = false
            enter(.answer)
            skipsWhite = trims
        case .stray:
            if codeGuard.isInSpan(before: buffer[start]) { return readAsText(start) }
            release(emit: emit)
            record(start..<end) { .marker(role, $0) }
            dropStray(end)
        case .proseStart where sawMarker:
            beginPayload(buffer[start])
        case .proseStart:
            // Leading white space goes where the words go; without a policy that holds it, it has already gone out.
            if !trims { release(emit: emit) }
            record(start..<end) { .kept(role, $0) }
            origin = .prose
            retained.begin()
            enter(.reasoning, keepsPayload: true)
            hasPayload = true
        case .proseEnd:
            release(beforeMarker: true, emit: emit)
            record(start..<end) { .kept(role, $0) }
            retained.end()
            enter(.answer, keepsPayload: true)
            hasPayload = true
        case .proseVeto:
            record(start..<end) { .kept(role, $0) }
            wordsAreAnswer(emit: emit)
        case .headerStart, .headerEnd, .bodyEnd:
            switch quoting(start, end, subjectEnd) {
            case .quoted: return readAsText(start)
            case .unknown: return .wait
            case .plain: actOnChannel(role, start, end, emit: emit)
            }
        }
        return .again
    }

    private mutating func actOnStart(_ start: Int, _ end: Int, emit: Emit) -> SearchStep {
        if hasPayload, !admitsStart(at: start) { return readAsText(start) }
        if hasPayload, place == .undecided, waitsForJSON { return readAsText(start) }
        let isLate = place == .outside && hasPayload
        if place == .undecided { if waitsForJSON { holdIsReasoning() } else { holdIsAnswer() } }
        release(emit: emit)
        retained.end()
        if isLate {
            let bytes = buffer
            retained.begin(with: bytes.span.extracting(start..<end))
        }
        skipMarker(.start, start, end)
        origin = isLate ? .late : .explicit
        enter(.reasoning)
        return .again
    }

    private mutating func actOnEnd(_ start: Int, _ end: Int, _ subjectEnd: SubjectEnd, emit: Emit) -> SearchStep {
        switch quoting(start, end, subjectEnd) {
        case .quoted: return readAsText(start)
        case .unknown: return .wait
        case .plain: break
        }
        if place == .undecided { holdIsReasoning() }
        remove(.end, start, end, emit: emit)
        switch place {
        case .reasoning:
            closeReasoning()
            enter(.between)
        case .outside, .between, .split: enter(place)
        case .undecided, .answer, .passing, .header, .body, .ended: break
        }
        return .again
    }

    private enum Quoting {
        case plain
        case quoted
        case unknown
    }

    /// Whether the marker is quoted. The one character of look-ahead: a quoted marker is followed by the backtick that ends its span.
    private mutating func quoting(_ start: Int, _ end: Int, _ subjectEnd: SubjectEnd) -> Quoting {
        guard hasPayload, codeGuard.isInSpan(before: buffer[start]) else { return .plain }
        guard end < buffer.count else { return subjectEnd == .open ? .unknown : .plain }
        return buffer[end] == UInt8(ascii: "`") ? .quoted : .plain
    }

    /// A quoted or otherwise inadmissible marker: its first byte is text, and the search goes on behind it.
    private mutating func readAsText(_ start: Int) -> SearchStep {
        clear(to: start + 1)
        return .again
    }

    /// Whether a start marker may count at `start`, after text: not in code, and at a line's start if the profile wants that.
    mutating func admitsStart(at start: Int) -> Bool {
        let isQuoted = codeGuard.isInCode(before: buffer[start])
        return !isQuoted && (!profile.profile.laterStartsNeedLineStart || codeGuard.isAtLineStart)
    }

    private mutating func closeReasoning() {
        retained.end()
    }

    private mutating func remove(_ role: MarkerRole, _ start: Int, _ end: Int, emit: Emit) {
        release(emit: emit)
        skipMarker(role, start, end)
    }

    /// What is still held then is white space beside the marker: it goes with it.
    private mutating func skipMarker(_ role: MarkerRole, _ start: Int, _ end: Int) {
        record(released..<start) { .white($0) }
        record(start..<end) { .marker(role, $0) }
        sawMarker = true
        released = end
        cleared = end
    }

    /// A stray is no boundary: white space beside it stays.
    private mutating func dropStray(_ end: Int) {
        let held = buffer[released..<cleared]
        // White space that was held stays held, in front of what follows the stray.
        let kept = Array(held)
        buffer.replaceSubrange(released..<end, with: kept)
        cleared = released + kept.count
    }

    /// Begins a segment.
    mutating func enter(_ next: Place, keepsPayload: Bool = false) {
        place = next
        segmentLength = 0
        codeGuard = CodeGuard()
        if keepsPayload { return }
        hasPayload = false
        // After a later block of an interleaved answer, white space is what keeps the two pieces apart.
        let keepsApart = kind == .answer && answerHasPayload && !answerEndsWhite
        skipsWhite = trims && !keepsApart
    }

    /// The held text was reasoning whose start the template wrote.
    mutating func holdIsReasoning() {
        place = .reasoning
        origin = .inferred
        skipsWhite = trims
        retained.begin()
    }

    /// The held text is the answer.
    mutating func holdIsAnswer() {
        place = waitsForJSON ? .passing : .outside
    }

    /// What was taken for reasoning, because of a phrase, is the answer.
    private mutating func wordsAreAnswer(emit: Emit) {
        release(isLast: true, emit: emit)
        promote(emit: emit)
        place = .answer
    }

    /// The place has lasted as long as it may.
    mutating func boundReached(emit: Emit) {
        switch place {
        case .undecided: holdIsAnswer()
        case .reasoning: wordsAreAnswer(emit: emit)
        case .header: headerIsTooLong()
        case .outside, .between, .answer, .split, .passing, .body, .ended: break
        }
    }
}
