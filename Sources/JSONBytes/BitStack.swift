/// The open levels of a container that is being skipped: 256 bits, no allocation.
struct BitStack {
    private var words: InlineArray<4, UInt64> = .init(repeating: 0)
    private var count = 0

    var top: Bool {
        let index = count - 1
        return words[index >> 6] >> UInt64(index & 63) & 1 == 1
    }

    mutating func push(_ bit: Bool) {
        let mask = UInt64(1) << UInt64(count & 63)
        if bit { words[count >> 6] |= mask } else { words[count >> 6] &= ~mask }
        count += 1
    }

    mutating func pop() {
        count -= 1
    }
}
