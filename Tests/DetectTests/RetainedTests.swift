import Testing

@testable import Detect

@Suite("Retained text")
struct RetainedTests {
    @Test func roomGrowsByDoublingSoThatWorkStaysLinear() {
        var bytes: [UInt8] = []
        let piece: [UInt8] = [1, 2, 3, 4, 5]
        var moves = 0
        for _ in 0..<20_000 {
            let room = bytes.capacity
            bytes.append(piece.span)
            if bytes.capacity != room { moves += 1 }
        }
        #expect(bytes.count == 100_000)
        #expect(moves < 30)
    }

    @Test func pastItsLimitTheCopyIsGivenUp() {
        var retained = Retained(limit: 8)
        let piece: [UInt8] = [1, 2, 3, 4, 5]
        retained.begin()
        retained.append(piece.span)
        #expect(retained.bytes.count == 5)
        retained.append(piece.span)
        #expect(!retained.isActive)
        #expect(retained.bytes.isEmpty)
    }
}
