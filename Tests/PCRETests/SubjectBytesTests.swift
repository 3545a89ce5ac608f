import PCRE
import Testing

@Suite("Subject bytes")
struct SubjectBytesTests {
    @Test func roomGrowsByDoublingSoThatWorkStaysLinear() {
        var bytes: [UInt8] = []
        let piece: [UInt8] = [1, 2, 3, 4, 5]
        var moves = 0
        for _ in 0..<20_000 {
            let room = bytes.capacity
            bytes.append(copying: piece.span)
            if bytes.capacity != room { moves += 1 }
        }
        #expect(bytes.count == 100_000)
        #expect(moves < 30)
    }

    @Test func whatIsAppendedIsACopy() {
        var bytes: [UInt8] = [1]
        let piece: [UInt8] = [2, 3, 4]
        bytes.append(copying: piece.span.extracting(1..<3))
        let nothing: [UInt8] = []
        bytes.append(copying: nothing.span)
        #expect(bytes == [1, 3, 4])
    }
}
