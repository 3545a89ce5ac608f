import PCRE

/// A copy of text already given out as reasoning, for the case that it turns out to be the answer.
struct Retained {
    private(set) var bytes: [UInt8] = []
    private(set) var isActive = false
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func begin(with marker: Span<UInt8>? = nil) {
        isActive = true
        bytes.removeAll(keepingCapacity: true)
        if let marker { append(marker) }
    }

    /// Past the limit the copy is given up: the text then stays reasoning.
    mutating func append(_ text: Span<UInt8>) {
        guard isActive else { return }
        guard bytes.count + text.count <= limit else { return end() }
        bytes.append(copying: text)
    }

    mutating func end() {
        isActive = false
        bytes = []
    }
}
