import ByteScan
public import JSONBytes

/// Reads the chunks of one stream, one after the other, and does not read twice what they have in common.
///
/// The chunks of a stream are the same bytes but for their texts. So the last chunk that was read in full is kept, with the places of its
/// texts: a chunk that has the same bytes around strings of its own in these places says the same, with other texts. That is exact, because
/// JSON is read from left to right: up to the first text both chunks are the same bytes; a text is scanned by the very function that the
/// full walk uses, and what follows it is the same again. What a text holds decides nothing but itself, as long as it is not empty
/// (`Delta.freeStrings`).
///
/// Only plain chunks are kept: one choice of a stream with text, without finish reason, usage or fault, and with nothing said twice. Every
/// other chunk is read in full. Nothing is allocated once the buffers have grown.
public struct ChunkReader: Sendable {
    /// The longest chunk that is kept, in bytes.
    public static let longestKept = 8 * 1024
    /// The most strings of its own that a kept chunk may have.
    private static let mostStrings = 4

    /// What the chunk that was read last says.
    public private(set) var delta = Delta()
    /// A number for the bytes around the texts of the chunk that was read last: the same as long as these are. Nil if they were not kept,
    /// or if more than the texts is new in each chunk.
    public private(set) var shape: Int?

    private var shapeCount = 0
    /// Whether the next chunk may be like the one kept.
    private var hasKept = false
    /// The last plain chunk that was read in full.
    private var kept: [UInt8] = []
    /// The contents of its own strings.
    private var strings: [Range<Int>] = []
    /// Which of these each text of the delta is.
    private var textStrings: [Int] = []
    /// Members that stand behind a string of its own move with its length; those before all of them stay.
    private var id: Movable<JSONString>?
    private var model: Movable<JSONString>?
    private var created: Movable<Range<Int>>?
    private var closingBrace = 0

    /// A reader at the start of a stream.
    public init() {}

    /// Reads a chunk, valid UTF-8, in full.
    ///
    /// - Throws: `JSONError` as `DeltaReader.read`; `delta` then says nothing of use.
    public mutating func read(_ data: Span<UInt8>) throws(JSONError) {
        hasKept = false
        shape = nil
        try DeltaReader.read(data, into: &delta)
        if delta.isPlain, data.count <= ChunkReader.longestKept, delta.freeStrings.count <= ChunkReader.mostStrings { keep(data) }
    }

    /// Reads a chunk that differs from the one that was kept in nothing but its own strings; these are checked to be valid UTF-8.
    ///
    /// - Returns: false, and `delta` is what it was, if the chunk differs in anything else or is not valid: it must be read in full.
    public mutating func readAlike(_ data: Span<UInt8>) -> Bool {
        guard hasKept else { return false }
        var found = InlineArray<4, JSONString>(repeating: JSONString(content: 0..<0, hasEscapes: false))
        var shift = 0
        var start = 0
        for place in strings.indices {
            let old = strings[place]
            guard data.holds(kept.span.extracting(start..<old.lowerBound), at: start + shift),
                let string = ChunkReader.string(in: data, from: old.lowerBound + shift)
            else { return false }
            found[place] = string
            start = old.upperBound
            shift = string.content.upperBound - start
        }
        guard data.count == kept.count + shift, data.holds(kept.span.extracting(start..<kept.count), at: start + shift) else {
            return false
        }
        settle(found, shift)
        return true
    }
}

extension ChunkReader {
    private struct Movable<Place: Sendable>: Sendable {
        let place: Place
        /// How many of the chunk's own strings stand before it.
        let stringsBefore: Int
    }

    /// A string that may stand in place of another: whole, not empty, valid UTF-8.
    private static func string(in data: Span<UInt8>, from start: Int) -> JSONString? {
        do throws(JSONError) {
            let string = try JSONString(in: data, contentFrom: start)
            guard !string.content.isEmpty, UTF8Repair.isValid(data.extracting(string.content)) else { return nil }
            return string
        } catch {
            return nil
        }
    }

    private mutating func keep(_ data: Span<UInt8>) {
        kept.removeAll(keepingCapacity: true)
        kept.append(data)
        strings.removeAll(keepingCapacity: true)
        for string in delta.freeStrings { strings.append(string.content) }
        textStrings.removeAll(keepingCapacity: true)
        for text in delta.texts {
            guard let place = strings.firstIndex(of: text.string.content) else { return }
            textStrings.append(place)
        }
        id = movable(delta.id) { $0.content.lowerBound }
        model = movable(delta.model) { $0.content.lowerBound }
        created = movable(delta.created) { $0.lowerBound }
        closingBrace = delta.closingBrace
        hasKept = true
        shapeCount += 1
        shape = delta.hasPadding ? nil : shapeCount
    }

    private func movable<Place>(_ place: Place?, _ start: (Place) -> Int) -> Movable<Place>? {
        guard let place else { return nil }
        let before = strings.prefix { $0.upperBound < start(place) }.count
        return before == 0 ? nil : Movable(place: place, stringsBefore: before)
    }

    /// The chunk is like the one kept, with the strings `found`; what stands behind them all is moved by `total`.
    private mutating func settle(_ found: InlineArray<4, JSONString>, _ total: Int) {
        for text in textStrings.indices { delta.texts[text].string = found[textStrings[text]] }
        for place in strings.indices { delta.freeStrings[place] = found[place] }
        delta.closingBrace = closingBrace + total
        guard id != nil || model != nil || created != nil else { return }
        if let id { delta.id = id.place.moved(by: shift(behind: id.stringsBefore, found)) }
        if let model { delta.model = model.place.moved(by: shift(behind: model.stringsBefore, found)) }
        if let created { delta.created = created.place.moved(by: shift(behind: created.stringsBefore, found)) }
    }

    private func shift(behind count: Int, _ found: InlineArray<4, JSONString>) -> Int {
        found[count - 1].content.upperBound - strings[count - 1].upperBound
    }
}

extension Delta {
    /// Whether nothing in the chunk but its free strings is news, if another one with the same bytes around them follows.
    fileprivate var isPlain: Bool {
        guard form == .chunk, choices.count == 1, !texts.isEmpty, choices[0].finishReason == nil else { return false }
        return usage == nil && fault == nil && !saysThingsTwice
    }
}

extension JSONString {
    fileprivate func moved(by shift: Int) -> JSONString {
        JSONString(content: content.moved(by: shift), hasEscapes: hasEscapes)
    }
}

extension Range<Int> {
    fileprivate func moved(by shift: Int) -> Range<Int> {
        lowerBound + shift..<upperBound + shift
    }
}
