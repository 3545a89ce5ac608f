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
    private enum Region {
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
    private var region = Region.prose
    var text: [UInt8] = []
    private var mark = Mark.none
    private var gap = false
    private var breaks = 0
    private var lineLength = 0
    private var startsLine = true
    private var isTainted = false
    private var isJoined = false
    private var longestLine = 0
    private var bareLines = 0
    private var isPunctuated = false
    private var isOverlong = false
    private var depth = 0
    private var openedAt = 0
    private var isCode = false
    private var previous: UInt32 = 0
    private var regionLength = 0
    private var fenceRun = 0
    private var fenceLineHasOther = false
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
            if !continuesLine(scalar) { end(lineEnding(before: scalar), into: &finished) } else { isJoined = true }
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
        guard gap else { return Scalars.isHanOrKana(next) && SentenceEnd.isQuestionOrCall(text) }
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
        // Lines that were joined and come to no full stop were no wrapped sentence.
        if !isTainted, !isOverlong, text.count >= 3, !isJoined || ending == .punctuation {
            finished.append(Passage(text: text, ending: ending, ordinal: ordinal, startsLine: startsLine))
            // The passage takes the memory with it.
            text = spares.popLast() ?? []
        }
        ordinal += 1
        startsLine = breaks > 0
        text.removeAll(keepingCapacity: true)
        (mark, gap, depth, isTainted, isOverlong, isCode, isJoined) = (.none, false, 0, false, false, false, false)
        if breaks > 0 { lineLength = 0 }
        breaks = 0
    }
}

// Code blocks, formulas and tables: what is passed over.
extension SentenceSplitter {
    private mutating func enterRegion(at scalar: UInt32) {
        switch scalar {
        case 0x60, 0x7E:
            if text.count == 3, startsLine, text[0] == text[2], text[1] == text[2] { enter(.fence(scalar)) }
        case 0x7C:
            if text.count == 1, startsLine { enter(.row) }
        case 0x5B where previous == 0x5C: enter(.formula(dollars: false))
        case 0x24 where previous == 0x24: enter(.formula(dollars: true))
        default: break
        }
    }

    private mutating func enter(_ next: Region) {
        region = next
        regionLength = 0
        fenceRun = 0
        fenceLineHasOther = true
        if case .formula = next {
            isTainted = true
        } else {
            text.removeAll(keepingCapacity: true)
            isCode = false
        }
    }

    private mutating func leaveRegion() {
        region = .prose
        gap = true
        if text.isEmpty { (startsLine, lineLength) = (true, 0) }
    }

    private mutating func takeFenced(_ scalar: UInt32, _ fence: UInt32) {
        regionLength += 1
        if Scalars.isNewline(scalar) {
            if fenceRun >= 3 && !fenceLineHasOther || regionLength > Self.longestFence { leaveRegion() }
            fenceRun = 0
            fenceLineHasOther = false
        } else if scalar == fence, !fenceLineHasOther {
            fenceRun += 1
        } else if !Scalars.isSpace(scalar) {
            fenceLineHasOther = true
        }
    }

    private mutating func takeFormula(_ scalar: UInt32, _ dollars: Bool) {
        regionLength += 1
        let closes = dollars ? scalar == 0x24 && previous == 0x24 && regionLength > 1 : scalar == 0x5D && previous == 0x5C
        let isBlankLine = scalar == 0x0A && previous == 0x0A
        if closes || isBlankLine || regionLength > Self.longestFormula { leaveRegion() }
    }
}
