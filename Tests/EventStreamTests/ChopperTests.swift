import Support
import Testing

/// The tests of every parser lean on these two; a chopper that does not cut would let them all pass.
@Suite("Cutting an input for tests")
struct ChopperTests {
    @Test("Joined pieces are the input, whatever its length", arguments: [0, 1, 2, 3, 100, 2000])
    func piecesJoinToTheInput(count: Int) {
        let input = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        for cutting in Chopper(mostSplits: 64).cuttings(of: input) {
            #expect(Array(cutting.pieces.joined()) == input, "\(cutting)")
        }
    }

    @Test("A short input is cut whole, byte by byte, at every place, and at random")
    func shortInput() {
        let cuttings = Array(Chopper(randomCuttings: 2).cuttings(of: [1, 2, 3]))
        #expect(cuttings.prefix(4).map(\.pieces) == [[[1, 2, 3]], [[1], [2], [3]], [[1], [2, 3]], [[1, 2], [3]]])
        #expect(cuttings.count == 6)
    }

    @Test("A long input is cut at a bounded number of places, the first and the last among them")
    func longInput() {
        let input = [UInt8](repeating: 7, count: 5000)
        let splits = Chopper(mostSplits: 50, randomCuttings: 0).cuttings(of: input).dropFirst(2).map { $0.pieces[0].count }
        #expect(splits.count == 50)
        #expect(Set(splits).count == 50)
        #expect(splits.first == 1 && splits.last == 4999)
    }

    @Test("Random cuttings have few large pieces, many small ones, and empty ones")
    func randomCuttings() {
        let input = [UInt8](repeating: 7, count: 300)
        let cuttings = Array(Chopper(seed: 3, randomCuttings: 40).cuttings(of: input).suffix(40))
        #expect(cuttings.contains { $0.pieces.count < 6 })
        #expect(cuttings.contains { $0.pieces.count > 100 })
        #expect(cuttings.contains { $0.pieces.contains([]) })
    }

    @Test("A seed gives the same cuttings again, another seed gives others")
    func seeds() {
        let input = [UInt8](repeating: 7, count: 300)
        func pieces(seed: UInt64) -> [[[UInt8]]] { Chopper(seed: seed).cuttings(of: input).map(\.pieces) }
        #expect(pieces(seed: 5) == pieces(seed: 5))
        #expect(pieces(seed: 5) != pieces(seed: 6))
    }

    @Test("The random numbers are those of SplitMix64")
    func randomNumbers() {
        var random = SeededRandom(seed: 1_234_567)
        #expect(
            [random.next(), random.next(), random.next()] == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test("A missing fixture is an error, not an empty list")
    func missingFixtures() throws {
        #expect(throws: (any Error).self) { try Fixtures.paths(in: "no such folder", withExtension: "json") }
        #expect(throws: NoFixtures.self) { try Fixtures.paths(in: "sse", withExtension: "nothing") }
        #expect(throws: (any Error).self) { try Fixtures.bytes("sse/none.json") }
        #expect(try Fixtures.bytes("sse/README.md").count > 100)
    }
}
