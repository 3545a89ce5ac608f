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

    @Test func aWholeDocumentInOneChunkNeedsNoBufferOfItsSize() throws {
        let profile = try #require(ProfileCatalogue.builtIn.named("think"))
        var detector = Detector(profile: profile, start: .outside)
        let text = Array(String(repeating: "a < b and `c`\n", count: 50_000).utf8)
        var count = 0
        detector.receive(text.span) { count += $1.count }
        #expect(count == text.count)
        #expect(detector.buffer.capacity < 4 * Detector.sliceLength)
    }
}
