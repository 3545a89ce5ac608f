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
        bytes.append(text)
    }

    mutating func end() {
        isActive = false
        bytes = []
    }
}

extension [UInt8] {
    /// Appends a span's bytes. Room grows by doubling: reserving what each call needs copied the whole array every time.
    mutating func append(_ span: Span<UInt8>) {
        let needed = count + span.count
        if needed > capacity { reserveCapacity(Swift.max(needed, 2 * capacity)) }
        for index in span.indices { append(span[index]) }
    }
}
