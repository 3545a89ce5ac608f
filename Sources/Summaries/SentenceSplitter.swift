/// Finds sentences in text that arrives cut anywhere; what it finds depends on the text alone.
///
/// A mark that may also be something else (the full stop of "e.g.", "3.14" or "v1.2") ends a sentence only when the first scalar after the
/// white space allows it, so a sentence is reported one scalar after it ended. A line without punctuation ends a sentence unless it
/// was wrapped. Fenced code, displayed formulas and table rows are passed over. Where it is in doubt it joins rather than cuts: a joined
/// pair is long but whole.
///
/// Linear; holds at most `longestSentence` bytes of text, longer sentences are dropped.
struct SentenceSplitter {
    /// Bytes of one sentence. Longer ones are nothing a summary could quote.
    static let longestSentence = 1_536
    /// Bytes kept of a sentence that grew too long: enough to judge the word before its full stop.
    static let overflowTail = 64
    /// Visible scalars in a line from which on a following lower-case line continues it, and how much shorter than the longest line it may be.
    static let wrappedLineLength = 48
    static let raggedEdge = 16
    /// Lines in a row without punctuation after which a line is not taken for wrapped: the writer uses none.
    static let bareLines = 3
    /// Bytes after which an open bracket is taken for unbalanced.
    static let longestParenthesis = 400
    /// Scalars after which a fence or a displayed formula is taken for unclosed. Else one lost fence would silence the rest.
    static let longestFence = 16_384
    static let longestFormula = 2_048

    /// Where the next scalar falls.
    enum Region {
        case prose
        /// A fenced code block; its mark.
        case fence(UInt32)
        /// Between `$$` and `$$` (true) or `\[` and `\]` (false).
        case formula(dollars: Bool)
        /// A table row, until the line ends.
        case row
    }

    private enum Mark { case none, spaced, direct }

    /// Memory of passages that are gone, for those that come: a stream in its steady state allocates none.
    private var spares: [[UInt8]] = []
    private static let mostSpares = 4

    private var assembler = ScalarAssembler()
    var region = Region.prose
    var text: [UInt8] = []
    private var mark = Mark.none
    var gap = false
    private var breaks = 0
    var lineLength = 0
    var startsLine = true
    var isTainted = false
    /// Where lines that look wrapped were joined to the text.
    private var joins: [Int] = []
    private var longestLine = 0
    private var bareLines = 0
    private var isPunctuated = false
    private var isOverlong = false
    private var depth = 0
    private var openedAt = 0
    var isCode = false
    var previous: UInt32 = 0
    var regionLength = 0
    var fenceRun = 0
    var fenceLineHasOther = false
    private var ordinal = 0
    /// Scalars seen since the beginning or the last `restart`.
    private(set) var scalarCount = 0
    /// Scalars among them of scripts that write a word with one or two.
    private(set) var wideCount = 0

    /// Bytes held for the sentence that has not ended.
    var heldBytes: Int { text.count }

    /// Takes back the memory of a passage that is not needed any more.
    mutating func recycle(_ text: consuming [UInt8]) {
        if text.capacity > 0, spares.count < Self.mostSpares { spares.append(text) }
    }

    mutating func take(_ bytes: Span<UInt8>, into finished: inout [Passage]) {
        var index = 0
        while index < bytes.count {
            if isInsideWord {
                let end = wordEnd(in: bytes, from: index)
                if end > index {
                    append(bytes.extracting(index..<end))
                    index = end
                    continue
                }
            }
            let byte = bytes[index]
            index += 1
            if byte < 0x80, assembler.isBetween {
                take(UInt32(byte), into: &finished)
            } else {
                takeLong(byte, into: &finished)
            }
        }
    }

    /// Letters that follow cannot end or change anything.
    private var isInsideWord: Bool {
        guard case .prose = region else { return false }
        return mark == .none && !gap && breaks == 0 && !text.isEmpty && !isOverlong && assembler.isBetween
    }

    private func wordEnd(in bytes: Span<UInt8>, from start: Int) -> Int {
        let limit = min(bytes.count, start + Self.longestSentence - text.count)
        var end = start
        while end < limit, Scalars.isASCIILetter(UInt32(bytes[end])) { end += 1 }
        return end
    }

    private mutating func append(_ letters: Span<UInt8>) {
        for index in letters.indices { text.append(letters[index]) }
        lineLength += letters.count
        scalarCount += letters.count
        previous = UInt32(letters[letters.count - 1])
    }

    private mutating func takeLong(_ byte: UInt8, into finished: inout [Passage]) {
        switch assembler.take(byte) {
        case .more: return
        case .scalar(let scalar):
            if scalar >= 0x2E80 { wideCount += 1 }
            take(scalar, into: &finished)
        case .broken:
            take(Scalars.replacement, into: &finished)
            takeLong(byte, into: &finished)
        }
    }

    /// The text ended: what is left becomes a passage.
    mutating func finish(into finished: inout [Passage]) {
        if assembler.reset() { take(Scalars.replacement, into: &finished) }
        guard case .prose = region else { return restart() }
        end(mark != .none ? .punctuation : breaks > 0 ? .lineEnd : .textEnd, into: &finished)
        restart()
    }

    /// Forgets the unfinished sentence; the next byte begins a new text. Ordinals and counts go on.
    mutating func restart() {
        let (kept, counted, wide) = (ordinal + 2, scalarCount, wideCount)
        let (buffer, held) = (text, spares)
        self = SentenceSplitter()
        (text, spares, ordinal, scalarCount, wideCount) = (buffer, held, kept, counted, wide)
        text.removeAll(keepingCapacity: true)
    }

    private mutating func take(_ scalar: UInt32, into finished: inout [Passage]) {
        scalarCount += 1
        switch region {
        case .prose: takeProse(scalar, into: &finished)
        case .fence(let fence): takeFenced(scalar, fence)
        case .formula(let dollars): takeFormula(scalar, dollars)
        case .row: if Scalars.isNewline(scalar) { leaveRegion() }
        }
        previous = scalar
    }

    @inline(__always)
    private mutating func takeProse(_ scalar: UInt32, into finished: inout [Passage]) {
        // The common case first: a letter inside a word.
        if Scalars.isASCIILetter(scalar), mark == .none, !gap, breaks == 0, !text.isEmpty, !isOverlong, text.count < Self.longestSentence {
            lineLength += 1
            text.append(UInt8(truncatingIfNeeded: scalar))
        } else if scalar == 0x20 {
            gap = true
        } else if Scalars.isNewline(scalar) {
            lineEnded(into: &finished)
        } else if Scalars.isSpace(scalar) {
            gap = true
        } else if !Scalars.isHidden(scalar) {
            visible(scalar, into: &finished)
        }
    }

    private mutating func lineEnded(into finished: inout [Passage]) {
        isCode = false
        if text.isEmpty {
            (startsLine, lineLength) = (true, 0)
        } else if breaks > 0 {
            if previous != 0x0D { end(mark == .none ? .lineEnd : .punctuation, into: &finished) }
        } else {
            breaks = 1
            if mark != .none, SentenceEnd.isWhole(text) { end(.punctuation, into: &finished) }
        }
    }

    private mutating func visible(_ scalar: UInt32, into finished: inout [Passage]) {
        if breaks > 0 {
            lineCompleted()
            if !continuesLine(scalar) { end(lineEnding(before: scalar), into: &finished) } else { joins.append(text.count + 1) }
            (breaks, mark, lineLength) = (0, .none, 0)
            gap = true
        } else if mark != .none {
            if !gap, Scalars.isCloser(scalar) || Scalars.isSpacedTerminator(scalar) || Scalars.isDirectTerminator(scalar) {
                return extendMark(scalar)
            }
            if endsSentence(before: scalar) { end(.punctuation, into: &finished) }
            mark = .none
        }
        put(scalar)
        enterRegion(at: scalar)
    }

    private mutating func extendMark(_ scalar: UInt32) {
        if scalar == 0x29 || scalar == 0xFF09 { depth = max(0, depth - 1) }
        if Scalars.isDirectTerminator(scalar), depth == 0 { mark = .direct }
        text.append(scalar: scalar)
    }

    private func continuesLine(_ next: UInt32) -> Bool {
        guard mark == .none, Scalars.isLowercase(next), let last = text.last else { return mark != .none && Scalars.isLowercase(next) }
        if isTainted || last == 0x2C { return true }
        return lineLength >= Self.wrappedLineLength && lineLength + Self.raggedEdge >= longestLine && bareLines < Self.bareLines
    }

    private mutating func lineCompleted() {
        longestLine = max(longestLine, lineLength)
        bareLines = isPunctuated ? 0 : bareLines + 1
        isPunctuated = false
    }

    private func lineEnding(before next: UInt32) -> Passage.Ending {
        guard mark == .none else { return .punctuation }
        return next == 0x5C || next == 0x24 || next == 0x60 ? .interrupted : .lineEnd
    }

    private func endsSentence(before next: UInt32) -> Bool {
        guard depth == 0, !isCode else { return false }
        guard mark == .spaced else { return !SentenceEnd.isQuoted(text, continuedBy: next) }
        guard gap else {
            return Scalars.isHanOrKana(next) && SentenceEnd.isQuestionOrCall(text) && !SentenceEnd.isInsideQuotation(text)
        }
        return SentenceEnd.allows(next: next, after: text)
    }

    private mutating func put(_ scalar: UInt32) {
        if text.count >= Self.longestSentence { overflow() }
        if gap, !text.isEmpty { text.append(0x20) }
        gap = false
        lineLength += 1
        text.append(scalar: scalar)
        switch scalar {
        case 0x28, 0xFF08: open()
        case 0x29, 0xFF09: depth = max(0, depth - 1)
        case 0x60: isCode.toggle()
        default: note(scalar)
        }
    }

    private mutating func open() {
        if depth == 0 { openedAt = text.count }
        depth += 1
    }

    private mutating func note(_ scalar: UInt32) {
        if depth > 0, text.count - openedAt > Self.longestParenthesis { depth = 0 }
        if Scalars.isSpacedTerminator(scalar) {
            mark = .spaced
        } else if Scalars.isDirectTerminator(scalar), depth == 0 {
            mark = .direct
        }
    }

    private mutating func overflow() {
        isOverlong = true
        text.removeFirst(text.count - Self.overflowTail)
        openedAt = 0
        if depth > 0 { depth = 0 }
    }

    private mutating func end(_ ending: Passage.Ending, into finished: inout [Passage]) {
        if ending == .punctuation { isPunctuated = true }
        if !isTainted, !isOverlong, text.count >= 3 {
            if joins.isEmpty || ending == .punctuation {
                finished.append(Passage(text: text, ending: ending, ordinal: ordinal, startsLine: startsLine))
                // The passage takes the memory with it.
                text = spares.popLast() ?? []
            } else if !JoinedLines.areWrapped(text, at: joins) {
                endLines(into: &finished)
            }
        }
        ordinal += 1
        startsLine = breaks > 0
        text.removeAll(keepingCapacity: true)
        joins.removeAll(keepingCapacity: true)
        (mark, gap, depth, isTainted, isOverlong, isCode) = (.none, false, 0, false, false, false)
        if breaks > 0 { lineLength = 0 }
        breaks = 0
    }

    /// Lines that were taken for wrapped, and were not: each is a passage.
    private mutating func endLines(into finished: inout [Passage]) {
        var start = 0
        for end in joins + [text.count + 1] {
            let line = Array(text[start..<(end - 1)])
            if line.count >= 3 { finished.append(Passage(text: line, ending: .lineEnd, ordinal: ordinal, startsLine: startsLine)) }
            ordinal += 1
            (start, startsLine) = (end, true)
        }
    }
}

/// Lines without punctuation that were joined because each might go on in the next.
enum JoinedLines {
    /// False when one of the lines had room for the first word of the next: who wraps lines would have put it there.
    static func areWrapped(_ text: [UInt8], at joins: [Int]) -> Bool {
        let bounds = [0] + joins + [text.count + 1]
        let lines = zip(bounds, bounds.dropFirst()).map { text[$0..<($1 - 1)] }
        let width = lines.reduce(0) { max($0, $1.count) }
        return zip(lines, lines.dropFirst()).allSatisfy { line, next in
            line.count + 1 + next.prefix { $0 != 0x20 }.count > width
        }
    }
}
