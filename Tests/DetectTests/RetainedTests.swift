import Testing

@testable import Detect

@Suite("Retained text")
struct RetainedTests {
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
