import Testing

@testable import MockUpstream

@Suite struct CuttingTests {
    static let texts = [
        "", "a", "Hello, world!", "  two  spaces\n\nand lines\r\n", "二人の猫、三匹。", "👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿 e\u{301}",
        "supercalifragilisticexpialidocious 1234567890123",
    ]
    static let cuts: [Chunking.TextCut] = [.token, .characters(1), .characters(3), .scalars(1), .scalars(2), .whole]

    @Test(arguments: texts, cuts)
    func piecesOfATextAddUpToIt(text: String, cut: Chunking.TextCut) {
        let pieces = TextCutter.pieces(of: text, cut)
        #expect(Array(pieces.joined().utf8) == Array(text.utf8))
        #expect(pieces.allSatisfy { !$0.isEmpty })
    }

    @Test func tokensAreWordsWithTheirSpaceAndMarks() {
        #expect(
            TextCutter.tokens(of: "We need 12, not 5.\n\nSo: 二人の") == [
                "We", " need", " 12", ",", " not", " 5", ".", "\n\n", "So", ":", " 二", "人の",
            ])
        #expect(TextCutter.pieces(of: "e\u{301}👍🏽", .scalars(1)).count == 4)
        #expect(TextCutter.pieces(of: "e\u{301}👍🏽", .characters(1)).count == 2)
    }

    @Test(arguments: ["event", "bytes:1", "bytes:7", "bytes:1000", "random:1", "random:40", "events:3"])
    func theWriteCutterKeepsTheBytes(spelling: String) throws {
        var cutter = WriteCutter(try #require(Chunking(spelling)).writes, seed: 5)
        let events = (0..<10).map { index in Array("data: event number \(index) é\n\n".utf8) }
        let writes = events.flatMap { cutter.writes(for: $0) } + cutter.flush()
        #expect(Array(writes.joined()) == Array(events.joined()))
        #expect(writes.allSatisfy { !$0.isEmpty })
        if spelling == "bytes:7" { #expect(writes.map(\.count).max() == 7) }
        if spelling == "random:40" { #expect(Set(writes.map(\.count)).count > 5) }
        if spelling == "events:3" { #expect(writes.count == 4) }
    }

    @Test func everyByteIsAnHTTPChunkOfItsOwn() throws {
        let played = try Example.play(Example.short(#","chunking":"bytes:1""#))
        let bodyWrites = played.writes.dropFirst().dropLast()
        #expect(bodyWrites.allSatisfy { $0.count == 6 && $0.starts(with: Array("1\r\n".utf8)) })
        #expect(bodyWrites.count == played.response.body.count)
        #expect(played.response.isComplete)
    }

    @Test(arguments: ["token", "characters:1", "scalars:1"])
    func everyPieceOfInlineTextKnowsItsPhase(cut: String) throws {
        let scenario = try Example.short(#","format":"think_tags","chunking":"\#(cut)""#)
        var texts: [Phase: String] = [:]
        for piece in PiecePlan(scenario, for: try Example.request()).pieces {
            if case .content(let text) = piece.content { texts[piece.phase, default: ""] += text }
        }
        #expect(texts == [.reasoning: "<think>\nI think so\n</think>\n\n", .answer: "Indeed yes"])
    }

    @Test(arguments: ["", "tokens", "bytes", "bytes:x", "bytes:-1", "whole:2", "token,,event", "events:0"])
    func cutsThatMeanNothingAreRefused(spelling: String) {
        #expect(Chunking(spelling) == nil)
    }
}

@Suite struct PacingTests {
    @Test func theSameSeedGivesTheSameGaps() {
        func gaps(_ seed: UInt64) -> [Nanoseconds] {
            var pace = PaceMaker(Pacing(tokensPerSecond: 60, jitter: 0.5, seed: seed))
            return (0..<200).map { _ in pace.gap() }
        }
        #expect(gaps(3) == gaps(3))
        #expect(gaps(3) != gaps(4))
        let later = gaps(3).dropFirst()
        #expect(later.allSatisfy { (8_333_333...25_000_000).contains($0) })
        #expect((15_000_000...18_000_000).contains(later.reduce(0, +) / Nanoseconds(later.count)))
    }

    @Test func withoutJitterThePaceIsAMetronome() {
        var pace = PaceMaker(Pacing(tokensPerSecond: 100, jitter: 0, firstTokenDelay: 7))
        #expect((0..<4).map { _ in pace.gap() } == [7, 10_000_000, 10_000_000, 10_000_000])
    }

    @Test func aWholeAnswerTakesAsLongAsItsStream() throws {
        var scenario = try Example.short()
        scenario.pacing = Pacing(tokensPerSecond: 50, jitter: 0.4, firstTokenDelay: 1000, seed: 9)
        let streamed = try Example.play(scenario).waits.reduce(0, +)
        let whole = Played(WholeAnswer.script(scenario, try Example.request(stream: false), fault: nil, Example.context)).waits.reduce(0, +)
        #expect(streamed == whole)
        #expect(streamed > 60_000_000)
    }

    @Test func theCommandLineWinsOverTheScenario() throws {
        var scenario = try Example.short(#","chunking":"whole""#)
        Overrides(tokensPerSecond: 0, jitter: 0.1, seed: 77, chunking: Chunking("bytes:3")).apply(to: &scenario)
        #expect(scenario.pacing == Pacing(tokensPerSecond: 0, jitter: 0.1, firstTokenDelay: 0, seed: 77))
        #expect(scenario.chunking == Chunking("bytes:3"))
    }
}
