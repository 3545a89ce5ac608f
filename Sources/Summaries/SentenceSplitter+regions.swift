// Code blocks, formulas and tables: what is passed over.
extension SentenceSplitter {
    mutating func enterRegion(at scalar: UInt32) {
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

    mutating func leaveRegion() {
        region = .prose
        gap = true
        if text.isEmpty { (startsLine, lineLength) = (true, 0) }
    }

    mutating func takeFenced(_ scalar: UInt32, _ fence: UInt32) {
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

    mutating func takeFormula(_ scalar: UInt32, _ dollars: Bool) {
        regionLength += 1
        let closes = dollars ? scalar == 0x24 && previous == 0x24 && regionLength > 1 : scalar == 0x5D && previous == 0x5C
        let isBlankLine = scalar == 0x0A && previous == 0x0A
        if closes || isBlankLine || regionLength > Self.longestFormula { leaveRegion() }
    }
}
