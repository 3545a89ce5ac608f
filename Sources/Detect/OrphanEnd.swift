import PCRE

/// Watches an answer for an end marker that nothing began: the sign of a model whose chat template writes the start marker while its
/// profile says that the model does. Meant to miss rather than to be wrong, because what is learned holds back later answers.
///
/// It counts if it is the only marker in the text, stands outside code, ends a sentence or begins a line, has some words before it
/// and text behind it, and if nothing before it looked like a written-out answer (a heading, a fenced block).
struct OrphanEnd {
    /// How much of an answer is watched, in bytes; an end marker behind it teaches nothing.
    static let window = 1 << 20
    /// How much text must stand before the marker, in bytes: some eight words.
    static let leastBefore = 40

    private enum State {
        /// No marker yet.
        case watching
        /// An end marker was seen; what follows it decides.
        case found(isFollowed: Bool)
        /// The text teaches nothing.
        case over

        var isOver: Bool {
            if case .over = self { return true }
            return false
        }
    }

    /// The profile's starts and ends; nil if there is nothing to watch for.
    private let markers: MarkerSet?
    private let endsBeginLikeStarts: Bool
    private var state: State
    private var codeGuard = CodeGuard()
    private var byteCount = 0
    private var lastVisible: UInt8 = 0
    private var lineFeeds = 0
    private var backticks = 0
    /// What may be the beginning of a marker.
    private var held: [UInt8] = []

    /// Watches for the ends of `profile`, or for nothing.
    init(_ profile: CompiledProfile, isOn: Bool) {
        markers = isOn ? profile.sets.undecided : nil
        endsBeginLikeStarts = profile.sets.endsBeginLikeStarts
        state = markers == nil ? .over : .watching
    }

    /// Whether the text, now complete, ended reasoning that it never began.
    var isConfirmed: Bool {
        if case .found(isFollowed: true) = state { return held.isEmpty }
        return false
    }

    /// Takes text of the answer.
    mutating func read(_ text: Span<UInt8>, _ scratch: inout MatchScratch) {
        guard !state.isOver, let set = markers else { return }
        if case .watching = state, byteCount > OrphanEnd.window { return state = .over }
        if held.isEmpty { return search(text, set, &scratch) }
        held.append(copying: text)
        let joined = held
        held = []
        search(joined.span, set, &scratch)
    }

    /// Takes text that holds neither a line feed, a backtick nor the first byte of a start marker: nearly all text. It is only counted.
    ///
    /// - Returns: false if the text must be read; nothing was done then.
    mutating func passes(plain text: Span<UInt8>) -> Bool {
        guard isSkippingPlain else { return state.isOver }
        guard held.isEmpty, codeGuard.isIndifferentToPlainText else { return false }
        var last = text[text.count - 1]
        if last.isWhite {
            guard text.count > 1, !text[text.count - 2].isWhite else { return false }
            last = text[text.count - 2]
        }
        byteCount += text.count
        backticks = 0
        lastVisible = last
        lineFeeds = 0
        return true
    }

    /// Whether plain text can be counted: no marker yet, and an end begins with a byte that a start begins with.
    private var isSkippingPlain: Bool {
        guard case .watching = state else { return false }
        return endsBeginLikeStarts
    }

    /// The text has ended: what may have been a marker was none.
    mutating func finish() {
        let rest = held
        held = []
        note(rest.span)
    }

    private mutating func search(_ text: Span<UInt8>, _ set: MarkerSet, _ scratch: inout MatchScratch) {
        var from = 0
        while from < text.count, let candidate = set.pattern.firstBytes.firstIndex(in: text, from: from) {
            switch scratch.search(set.pattern, in: text, from: candidate, isTextStart: false, end: .open) {
            case .match(let start, let end, let index):
                note(text.extracting(from..<start))
                marker(set.roles[index], first: text[start])
                from = end
            case .partial(let start):
                note(text.extracting(from..<start))
                held.append(copying: text.extracting(start..<text.count))
                return
            case .none: return note(text.extracting(from..<text.count))
            case .limit: return state = .over
            }
        }
        if from < text.count { note(text.extracting(from..<text.count)) }
    }

    private mutating func marker(_ role: MarkerRole, first: UInt8) {
        guard case .watching = state, role == .end, (OrphanEnd.leastBefore...OrphanEnd.window).contains(byteCount),
            !codeGuard.isInCode(before: first),
            lineFeeds > 0 || lastVisible.endsSentence
        else { return state = .over }
        state = .found(isFollowed: false)
        lineFeeds = 0
    }

    private mutating func note(_ text: Span<UInt8>) {
        byteCount += text.count
        for index in text.indices {
            let byte = text[index]
            switch state {
            case .over: return
            case .found(isFollowed: false): follow(byte)
            case .found: return
            case .watching: before(byte)
            }
        }
    }

    private mutating func before(_ byte: UInt8) {
        // A heading or a fenced block: an answer is running.
        let isHeading = byte == UInt8(ascii: "#") && codeGuard.isAtLineStart
        backticks = byte == UInt8(ascii: "`") ? backticks + 1 : 0
        if isHeading || backticks == 3 { return state = .over }
        codeGuard.read(byte)
        if byte == 0x0A { lineFeeds += 1 }
        guard !byte.isWhite else { return }
        lastVisible = byte
        lineFeeds = 0
    }

    /// The first byte that is not white space behind the marker: on the next line anything, on the same line the beginning of a text.
    private mutating func follow(_ byte: UInt8) {
        if byte == 0x0A { lineFeeds += 1 }
        if byte.isWhite {
            if lineFeeds == 0, byte != 0x0D { state = .over }
            return
        }
        state = lineFeeds > 0 || byte.beginsText ? .found(isFollowed: true) : .over
    }
}

extension UInt8 {
    /// Whether a sentence, or a formula, may end with this byte; every byte of a non-ASCII character may.
    fileprivate var endsSentence: Bool {
        self >= 0x80 || [".", "!", "?", ":", ")", "]", "*", "$", "\""].contains { self == UInt8(ascii: $0) }
    }

    /// Whether a text may begin with this byte: no small letter and no punctuation that goes on with a sentence.
    fileprivate var beginsText: Bool {
        let isDigitOrCapital =
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
        return self >= 0x80 || isDigitOrCapital || ["*", "#", "{", "[", "\\", "$", "-"].contains { self == UInt8(ascii: $0) }
    }
}

extension Detector {
    /// Text that is given out as the answer, before any marker. `isPlain` if the markers of this place begin nowhere in it.
    mutating func watchForOrphanEnd(_ text: Span<UInt8>, isPlain: Bool) {
        if sawMarker || isPlain && orphanEnd.passes(plain: text) { return }
        orphanEnd.read(text, &scratch)
    }

    /// The text has ended outside reasoning.
    mutating func judgeOrphanEnd(_ end: TextEnd) {
        orphanEnd.finish()
        sawOrphanEnd = end != .cut && !sawMarker && orphanEnd.isConfirmed
    }
}
