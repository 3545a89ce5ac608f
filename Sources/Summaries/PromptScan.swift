/// A prompt's text taken apart: what is written, and what is pasted.
struct PromptScan {
    /// Bytes looked at from each end of the text.
    static let window = 8_192
    /// Lines that look like code or data and stand together are a paste from this number on; fewer are part of the prose.
    static let leastPastedLines = 3
    /// Characters of prose from which its size is told.
    static let longProse = 600
    /// Kinds of pastes described one by one.
    static let mostDescribed = 3

    /// Opening tags whose closing tag is looked for. Each look may cost a window.
    static let mostTagSearches = 12

    /// A stretch of prose between pastes.
    struct Prose {
        var text: ArraySlice<UInt8>
    }

    private(set) var prose: [Prose] = []
    private(set) var pastes: [Paste] = []
    private let byteCount: Int
    private let isShortened: Bool
    private var runKinds: [Paste.Kind] = []
    private var runStart = 0
    private var proseStart: Int?
    private var fence: (mark: ArraySlice<UInt8>, language: String, lines: Int)?
    private var tag: (name: ArraySlice<UInt8>, lines: Int)?
    private var tagSearches = 0

    /// Nothing but white space.
    var isEmpty: Bool { prose.isEmpty && pastes.isEmpty && !isShortened }

    /// One stretch of prose, seen to its end.
    var isWholeProse: Bool { prose.count == 1 && pastes.isEmpty && !isShortened }

    init(_ text: [UInt8]) {
        byteCount = text.count
        isShortened = text.count > 2 * Self.window
        if isShortened {
            read(text[..<Self.lineEnd(before: Self.window, in: text)], endsOpen: true)
            read(text[Self.lineStart(after: text.count - Self.window, in: text)...], endsOpen: false)
        } else {
            read(text[...], endsOpen: false)
        }
    }

    /// The end of the last line before `position`, or of the last scalar when the line is longer than half a window.
    private static func lineEnd(before position: Int, in text: [UInt8]) -> Int {
        if let newline = text[(position - window / 2)..<position].lastIndex(of: 0x0A) { return newline + 1 }
        var end = position
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }

    private static func lineStart(after position: Int, in text: [UInt8]) -> Int {
        if let newline = text[position..<(position + window / 2)].firstIndex(of: 0x0A) { return newline + 1 }
        // Inside a line longer than the window: the first whole word.
        if let space = text[position..<(position + 256)].firstIndex(of: 0x20) { return space + 1 }
        var start = position
        while start < text.count, text[start] & 0xC0 == 0x80 { start += 1 }
        return start
    }

    private mutating func read(_ text: ArraySlice<UInt8>, endsOpen: Bool) {
        var start = text.startIndex
        while start < text.endIndex {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.endIndex
            take(text[start..<end], at: start, in: text)
            start = min(end + 1, text.endIndex)
        }
        close(text, endsOpen: endsOpen)
    }

    private mutating func take(_ line: ArraySlice<UInt8>, at start: Int, in text: ArraySlice<UInt8>) {
        let body = line.drop { $0 == 0x20 || $0 == 0x09 }
        if fence != nil { return takeFenced(body) }
        if tag != nil { return takeTagged(body) }
        if let mark = Self.fenceMark(body) {
            endRun(at: start, in: text)
            endProse(at: start, in: text)
            fence = (mark, Self.language(after: body.dropFirst(mark.count)), 0)
        } else if let name = openedTag(body, closedIn: text[line.endIndex...]) {
            endRun(at: start, in: text)
            endProse(at: start, in: text)
            tag = (name, 0)
            takeTagged(body)
        } else {
            takePlain(LineKind(line), at: start, in: text)
        }
    }

    private mutating func takePlain(_ kind: LineKind, at start: Int, in text: ArraySlice<UInt8>) {
        switch kind {
        case .blank: break
        case .wordless where !runKinds.isEmpty: runKinds.append(.data)
        case .prose, .wordless:
            endRun(at: start, in: text)
            if proseStart == nil { proseStart = start }
        case .paste(let kind):
            if runKinds.isEmpty { runStart = start }
            runKinds.append(kind)
        }
    }

    private mutating func takeFenced(_ body: ArraySlice<UInt8>) {
        guard let open = fence else { return }
        if body.starts(with: open.mark), body.dropFirst(open.mark.count).allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == open.mark.first }) {
            pastes.append(Paste(kind: .code, language: open.language, lines: open.lines, isOpenEnded: isShortened))
            fence = nil
        } else {
            fence?.lines += 1
        }
    }

    private mutating func takeTagged(_ body: ArraySlice<UInt8>) {
        guard let open = tag else { return }
        tag?.lines += 1
        guard Self.closes(body, open.name) else { return }
        pastes.append(Paste(kind: .markup, lines: open.lines + 1, isOpenEnded: isShortened))
        tag = nil
    }

    /// Lines that looked pasted ended: enough of them are a paste, else they belong to the prose around them.
    private mutating func endRun(at end: Int, in text: ArraySlice<UInt8>) {
        guard !runKinds.isEmpty else { return }
        if runKinds.count >= Self.leastPastedLines {
            endProse(at: runStart, in: text)
            pastes.append(Paste(kind: Self.commonest(runKinds), lines: runKinds.count, isOpenEnded: isShortened))
        } else if proseStart == nil {
            proseStart = runStart
        }
        runKinds.removeAll(keepingCapacity: true)
    }

    private mutating func endProse(at end: Int, in text: ArraySlice<UInt8>) {
        if let start = proseStart, start < end { prose.append(Prose(text: text[start..<end])) }
        proseStart = nil
    }

    private mutating func close(_ text: ArraySlice<UInt8>, endsOpen: Bool) {
        endRun(at: text.endIndex, in: text)
        endProse(at: text.endIndex, in: text)
        if let open = fence { pastes.append(Paste(kind: .code, language: open.language, lines: open.lines, isOpenEnded: endsOpen)) }
        if let open = tag { pastes.append(Paste(kind: .markup, lines: open.lines, isOpenEnded: true)) }
        (fence, tag) = (nil, nil)
    }

    private static func commonest(_ kinds: [Paste.Kind]) -> Paste.Kind {
        var counts = [0, 0, 0, 0]
        for kind in kinds { counts[kind.rawValue] += 1 }
        let most = counts.max() ?? 0
        return Paste.Kind(rawValue: counts.firstIndex(of: most) ?? 0) ?? .code
    }
}

// What a scan tells about sizes.
extension PromptScan {
    /// The pastes, those of one kind and language together.
    var pasteDescriptions: [String] {
        var merged: [Paste] = []
        for paste in pastes {
            if let index = merged.firstIndex(where: { $0.kind == paste.kind && $0.language == paste.language }) {
                merged[index].lines += paste.lines
                merged[index].isOpenEnded = merged[index].isOpenEnded || paste.isOpenEnded
            } else {
                merged.append(paste)
            }
        }
        return merged.prefix(Self.mostDescribed).map(\.description)
    }

    /// Much of the prose is material rather than request.
    var isLong: Bool { textSizeDescription != nil }

    /// "a text of about 12,000 characters", or nil when the prose is short.
    var textSizeDescription: String? {
        if isShortened { return "\(Self.rounded(byteCount)) bytes in all" }
        return proseScalars >= Self.longProse ? "a text of about \(roundedSize) characters" : nil
    }

    /// The prose's size to two figures.
    var roundedSize: String { Self.rounded(proseScalars) }

    private var proseScalars: Int { prose.reduce(0) { $0 + $1.text.count { $0 & 0xC0 != 0x80 } } }

    /// Two significant figures, thousands apart: "3,400".
    static func rounded(_ count: Int) -> String {
        var unit = 1
        while count / unit >= 100 { unit *= 10 }
        var rest = (count + unit / 2) / unit * unit
        var groups: [String] = []
        while rest >= 1_000 {
            let group = String(rest % 1_000)
            groups.insert(String(repeating: "0", count: 3 - group.count) + group, at: 0)
            rest /= 1_000
        }
        return ([String(rest)] + groups).joined(separator: ",")
    }
}

// Fences and tags.
extension PromptScan {
    private static func fenceMark(_ body: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let first = body.first, first == 0x60 || first == 0x7E else { return nil }
        let mark = body.prefix { $0 == first }
        return mark.count >= 3 && !body.dropFirst(mark.count).contains(first) ? mark : nil
    }

    private static func language(after rest: ArraySlice<UInt8>) -> String {
        let name = rest.drop { $0 == 0x20 }.prefix {
            Scalars.isASCIILetter(UInt32($0)) || $0 &- 0x30 < 10 || $0 == 0x2B || $0 == 0x23 || $0 == 0x2D
        }
        return name.count <= 16 ? String(decoding: name, as: UTF8.self) : ""  // WHY: valid UTF-8, once per sentence or prompt
    }

    private mutating func openedTag(_ body: ArraySlice<UInt8>, closedIn rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard body.first == 0x3C, tagSearches < Self.mostTagSearches else { return nil }
        let name = body.dropFirst().prefix {
            Scalars.isASCIILetter(UInt32($0)) || $0 == 0x2D || $0 == 0x5F || $0 == 0x3A || $0 &- 0x30 < 10
        }
        guard (1...40).contains(name.count) else { return nil }
        tagSearches += 1
        return Self.closes(body, name) || Self.closes(rest, name) ? name : nil
    }

    private static func closes(_ body: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool { body.firstRange(ofTag: name) != nil }
}

extension ArraySlice<UInt8> {
    /// Where the closing tag of this name stands, if the slice has one.
    func firstRange(ofTag name: ArraySlice<UInt8>) -> Range<Int>? {
        var position = startIndex
        while let open = self[position...].firstIndex(of: 0x3C) {
            let after = self[(open + 1)...]
            if after.first == 0x2F, after.dropFirst().starts(with: name) { return open..<(open + 2 + name.count) }
            position = open + 1
        }
        return nil
    }
}
