import ChatDelta
import Foundation
import JSONBytes
import Support
import Testing

/// One vector of `Fixtures/delta/rewritten/completions.json`; the README of `Fixtures/delta` explains the keys.
struct CompletionVector: Decodable, CustomTestStringConvertible {
    struct Message: Decodable {
        var content: String?
        var reasoning: String?
        var dropsLogprobs: Bool?

        var edit: CompletionEditor.MessageEdit {
            var edit = CompletionEditor.MessageEdit(content: content.map { Array($0.utf8) }, reasoning: reasoning.map { Array($0.utf8) })
            edit.dropsLogprobs = dropsLogprobs ?? false
            return edit
        }
    }

    var name: String
    var body: String
    var messages: [Message]
    var reasoningField: String?
    var phases: [[String]]?
    var output: String

    var testDescription: String { name }

    func rewritten(_ body: String) throws(JSONError) -> String {
        let data = Array(body.utf8)
        var output: [UInt8] = []
        try CompletionEditor.appendRewritten(
            data.span, messages: messages.map(\.edit), reasoningField: reasoningField ?? "reasoning_content",
            phases: (phases ?? []).map { ($0[0], Array($0[1].utf8)) }, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    static func all() throws -> [CompletionVector] { try Fixtures.json("delta/rewritten/completions.json") }
}

@Suite struct CompletionEditorTests {
    @Test(arguments: try CompletionVector.all()) func writesWhatTheVectorSays(_ vector: CompletionVector) throws {
        let output = try vector.rewritten(vector.body)
        #expect(output == vector.output)
        _ = try parsed(Array(output.utf8))
    }

    @Test(arguments: try CompletionVector.all()) func whatWasEditedIsReplacedTheSecondTime(_ vector: CompletionVector) throws {
        #expect(try vector.rewritten(vector.output) == vector.output)
    }

    @Test(arguments: try CompletionVector.all()) func aCutBodyIsRefused(_ vector: CompletionVector) throws {
        let end = try #require(vector.body.lastIndex(of: "}"))
        for index in vector.body[..<end].indices {
            #expect(throws: JSONError.self) { try vector.rewritten(String(vector.body[..<index])) }
        }
    }
}
