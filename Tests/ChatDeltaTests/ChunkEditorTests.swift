import ChatDelta
import Foundation
import JSONBytes
import Support
import Testing

/// One vector of `Fixtures/delta/rewritten/chunks.json`; the README of `Fixtures/delta` explains the keys.
struct RewriteVector: Decodable, CustomTestStringConvertible {
    struct Edit: Decodable {
        var phase: String?
        var role: Bool?
        var payload: Bool?
        var extras: Bool?
        var finish: Bool?
    }

    var name: String
    var chunk: String
    var choice: Int?
    var index: Int?
    var text: String?
    var edit: Edit?
    var output: String

    var testDescription: String { name }

    private static let identity = ChunkIdentity(id: "own", created: 5, model: "own-model")

    private var choiceEdit: ChunkEditor.ChoiceEdit {
        var result = ChunkEditor.ChoiceEdit(phase: edit?.phase)
        result.withRole = edit?.role ?? false
        result.withPayload = edit?.payload ?? false
        result.withExtras = edit?.extras ?? false
        result.withFinish = edit?.finish ?? false
        return result
    }

    func rewrite(_ data: [UInt8], to output: inout [UInt8]) throws(JSONError) {
        let text = Array((text ?? "").utf8)
        try ChunkEditor.appendRewritten(
            data.span, choice: choice ?? 0, index: index ?? 0, text: text.span, edit: choiceEdit, identity: RewriteVector.identity,
            to: &output)
    }

    func rewritten() throws(JSONError) -> [UInt8] {
        var result: [UInt8] = []
        try rewrite(Array(chunk.utf8), to: &result)
        return result
    }

    static func all() throws -> [RewriteVector] { try Fixtures.json("delta/rewritten/chunks.json") }
}

@Suite struct ChunkEditorTests {
    @Test(arguments: try RewriteVector.all()) func writesWhatTheVectorSays(_ vector: RewriteVector) throws {
        let output = try vector.rewritten()
        #expect(String(decoding: output, as: UTF8.self) == vector.output)
        _ = try parsed(output)
        #expect(!output.contains { $0 == 0x0A || $0 == 0x0D })
    }

    @Test(arguments: try RewriteVector.all()) func whatWasRewrittenIsACompleteChunkWithoutReasoning(_ vector: RewriteVector) throws {
        let delta = try read(vector.rewritten())
        #expect(delta.choices.map(\.index) == [vector.index ?? 0])
        #expect(delta.usage == nil && delta.fault == nil)
        #expect(delta.texts.allSatisfy { $0.kind == .content })
        #expect(delta.isSpliceable == (vector.edit?.phase == nil))
    }

    @Test(arguments: try RewriteVector.all()) func aCutChunkIsRefusedAndNothingIsWritten(_ vector: RewriteVector) throws {
        let data = Array(vector.chunk.utf8)
        let end = try #require(data.lastIndex(of: UInt8(ascii: "}")))
        for length in 0..<end {
            var output: [UInt8] = []
            #expect(throws: JSONError.self, "cut to \(length) bytes") { try vector.rewrite(Array(data[..<length]), to: &output) }
            #expect(output.isEmpty)
        }
    }

    @Test(arguments: try DeltaVector.readable().filter(\.expected.spliceable))
    func aSplicedChunkIsTheSameChunkWithATag(_ vector: DeltaVector) throws {
        let delta = try read(vector.chunk)
        var tagged: [UInt8] = []
        var untagged: [UInt8] = []
        tagged += spliced(vector.chunk, delta, phase: "final_output")
        untagged += spliced(vector.chunk, delta, phase: nil)
        #expect(!tagged.contains { $0 == 0x0A || $0 == 0x0D })
        #expect(String(decoding: tagged, as: UTF8.self).hasSuffix(", \"phase\": \"final_output\"}"))
        #expect(vector.chunk.starts(with: untagged))
        #expect(Reading(try read(untagged), in: untagged) == vector.expected)
        // Foundation refuses half a character, so its bytes are all there is to compare.
        guard !vector.name.hasPrefix("half a character") else { return }
        let original = try parsed(vector.chunk)
        #expect(try parsed(untagged) == original)
        let expected = try #require(original.mutableCopy() as? NSMutableDictionary)
        expected["phase"] = "final_output"
        #expect(try parsed(tagged) == expected)
    }

    @Test func aTagWithQuotesIsEscaped() throws {
        let chunk = Array(DeltaVector.completeChunk(delta: "{}").utf8)
        var output: [UInt8] = []
        output += spliced(chunk, try read(chunk), phase: "a\"\\\n")
        #expect(try parsed(output)["phase"] as? String == "a\"\\\n")
    }
}
