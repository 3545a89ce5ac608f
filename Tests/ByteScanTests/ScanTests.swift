import ByteScan
import Support
import Testing

@Suite struct ScanTests {
    @Test func aByteIsFoundWhereAPlainSearchFindsIt() {
        var random = SeededRandom(seed: 1)
        for count in [0, 1, 2, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 200, 4096] {
            for _ in 0..<20 {
                // Few values: nearly every byte is found, and often not first.
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...9, using: &random) }
                for start in Set([0, 1, count / 2, count - 1, count, count + 3]).filter({ $0 >= 0 }) {
                    for byte in UInt8(0)...10 {
                        let plain = bytes.indices.first { $0 >= start && bytes[$0] == byte } ?? count
                        let span = bytes.span
                        let found = span.offset(of: byte, from: start)
                        #expect(found == plain)
                    }
                }
            }
        }
    }

    @Test func theSearchStaysInsideTheSpan() {
        let bytes = Array("aaaabaaaa".utf8)
        let window = bytes.span.extracting(1..<4)
        let found = window.offset(of: UInt8(ascii: "b"), from: 0)
        #expect(found == 3)
    }

    @Test func spansAreEqualIfEveryByteIs() {
        for count in [0, 1, 7, 8, 9, 31, 32, 33, 100] {
            let bytes = (0..<count).map { UInt8($0) }
            let copy = Array(bytes)
            let (left, right) = (bytes.span, copy.span)
            let isEqual = left.isEqual(to: right)
            #expect(isEqual)
            for place in bytes.indices {
                var other = bytes
                other[place] ^= 0x80
                let changed = other.span
                let isEqual = left.isEqual(to: changed)
                #expect(!isEqual, "byte \(place) of \(count)")
            }
            let longer = bytes + [0]
            let long = longer.span
            let isEqualToLonger = left.isEqual(to: long)
            #expect(!isEqualToLonger)
        }
    }

    @Test func aPartIsHeldOnlyWhereItFits() {
        let bytes = Array("abcabc".utf8)
        let part = Array("abc".utf8)
        let (whole, wanted) = (bytes.span, part.span)
        let places = (-1...7).filter { whole.holds(wanted, at: $0) }
        #expect(places == [0, 3])
    }
}
