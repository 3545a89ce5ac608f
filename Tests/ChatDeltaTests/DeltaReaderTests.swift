import ChatDelta
import JSONBytes
import Support
import Testing

@Suite struct DeltaReaderTests {
    @Test(arguments: try DeltaVector.all()) func readsWhatTheVectorSays(_ vector: DeltaVector) throws {
        if let error = vector.error {
            #expect {
                try read(vector.chunk)
            } throws: {
                "\($0)".hasPrefix(error)
            }
            return
        }
        let delta = try read(vector.chunk)
        #expect(Reading(delta, in: vector.chunk) == vector.expected)
        if let answer = vector.answer { #expect(delta.choices.first?.carriesAnswerPayload == answer) }
    }

    @Test(arguments: try DeltaVector.readable()) func everyCutIsRefused(_ vector: DeltaVector) throws {
        let end = try #require(vector.chunk.lastIndex { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "]") })
        for length in 0...end {
            #expect(throws: JSONError.unexpectedEnd, "cut to \(length) bytes") { try read(Array(vector.chunk[..<length])) }
        }
    }

    @Test func oneReadingLeavesNothingForTheNext() throws {
        let vectors = try DeltaVector.readable()
        var random = SeededRandom(seed: 11)
        var delta = Delta()
        for vector in vectors.shuffled(using: &random) + vectors {
            try DeltaReader.read(vector.chunk.span, into: &delta)
            #expect(Reading(delta, in: vector.chunk) == vector.expected, "\(vector.name)")
        }
    }

    @Test(arguments: try DeltaVector.readable()) func aChunkOfSeveralLinesSaysTheSameAndCannotBeSpliced(_ vector: DeltaVector) throws {
        let first = try #require(vector.chunk.firstIndex(of: UInt8(ascii: "{")))
        let broken = Array(vector.chunk[...first]) + Array("\r\n  ".utf8) + vector.chunk[(first + 1)...]
        var expected = vector.expected
        expected.spliceable = false
        #expect(Reading(try read(broken), in: broken) == expected)
    }

    @Test func textsAlternatingAHundredThousandTimesAreReadInLinearTime() throws {
        let parts = Array(repeating: #"{"text":"a"},{"thinking":"b"}"#, count: 50_000).joined(separator: ",")
        let delta = try read(Array(DeltaVector.completeChunk(delta: #"{"content":[\#(parts)]}"#).utf8))
        #expect(delta.texts.count == 100_000)
        #expect(delta.texts[..<50_000].allSatisfy { $0.kind == .reasoning })
        #expect(delta.texts[50_000...].allSatisfy { $0.kind == .content })
    }
}
