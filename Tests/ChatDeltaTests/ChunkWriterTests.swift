import ChatDelta
import Foundation
import JSONBytes
import Testing

@Suite struct ChunkWriterTests {
    private static let identity = ChunkIdentity(id: "chatcmpl-1", created: 1_763_692_800, model: "m")
    private static let tail = #""object": "chat.completion.chunk", "created": 1763692800, "model": "m"}"#
    private static let hostile = "\u{0}\u{1f}\"\\\n\r\u{7f}\u{2028}\u{2029}</script>é中😀\"}],\"error\":{"

    private func written(_ write: (inout [UInt8]) -> Void) -> String {
        var output: [UInt8] = []
        write(&output)
        return String(decoding: output, as: UTF8.self)
    }

    private func text(
        _ text: String, field: String = "content", phase: String? = nil, index: Int = 0, withRole: Bool = false,
        identity: ChunkIdentity = ChunkWriterTests.identity
    ) -> String {
        let bytes = Array(text.utf8)
        return written {
            ChunkWriter.appendText(
                bytes.span, field: field, phase: phase, index: index, withRole: withRole, identity: identity, to: &$0)
        }
    }

    @Test func aMarkerBeginsWithItsPhase() {
        let marker = written { ChunkWriter.appendMarker(phase: "prompt_summary", identity: ChunkWriterTests.identity, to: &$0) }
        let head = #"{"phase": "prompt_summary", "id": "chatcmpl-1", "choices": [{"delta": {}, "index": 0, "finish_reason": null}], "#
        #expect(marker == head + ChunkWriterTests.tail)
    }

    @Test func aTextChunkBeginsWithIdChoicesDeltaContent() {
        let chunk = text("Hi", phase: "final_output", withRole: true)
        let head =
            #"{"id": "chatcmpl-1", "choices": [{"delta": {"content": "Hi", "role": "assistant"}, "index": 0, "finish_reason": null}], "#
        #expect(chunk == head + #""phase": "final_output", "# + ChunkWriterTests.tail)
    }

    @Test func aTextChunkWithoutTagAndRoleAndOfAnotherFieldAndChoice() {
        let chunk = text("Hi", field: "reasoning", index: 3)
        let head = #"{"id": "chatcmpl-1", "choices": [{"delta": {"reasoning": "Hi"}, "index": 3, "finish_reason": null}], "#
        #expect(chunk == head + ChunkWriterTests.tail)
    }

    @Test func aFinishChunkIsUntaggedAndSaysTheReasonBeforeTheIndex() {
        let finish = written { ChunkWriter.appendFinish("stop", index: 1, identity: ChunkWriterTests.identity, to: &$0) }
        let head = #"{"id": "chatcmpl-1", "choices": [{"delta": {}, "finish_reason": "stop", "index": 1}], "#
        #expect(finish == head + ChunkWriterTests.tail)
    }

    @Test func aUsageChunkHasNoChoicesAndStaysOnOneLine() throws {
        let usage = Array("{\r\n \"total_tokens\": 3\n}".utf8)
        let chunk = written { ChunkWriter.appendUsage(usage.span, identity: ChunkWriterTests.identity, to: &$0) }
        #expect(!chunk.utf8.contains { $0 == 0x0A || $0 == 0x0D })
        let object = try parsed(Array(chunk.utf8))
        #expect(object["usage"] as? NSDictionary == ["total_tokens": 3])
        #expect((object["choices"] as? [Any])?.isEmpty == true)
        #expect(chunk.hasPrefix(#"{"id": "chatcmpl-1", "choices": [], "usage": {"#))
    }

    @Test func anErrorHasTheFourMembersOfTheInterface() {
        let error = written { ChunkWriter.appendError(message: "a\"b", type: "server_error", code: "x", to: &$0) }
        #expect(error == #"{"error": {"message": "a\"b", "type": "server_error", "param": null, "code": "x"}}"#)
    }

    @Test func hostileTextComesBackAsItWasWhereverItStands() throws {
        let hostile = ChunkWriterTests.hostile
        let identity = ChunkIdentity(id: hostile, created: -1, model: hostile)
        let chunks = [
            text(hostile, field: hostile, phase: hostile, identity: identity),
            written { ChunkWriter.appendMarker(phase: hostile, identity: identity, to: &$0) },
            written { ChunkWriter.appendFinish(hostile, index: 0, identity: identity, to: &$0) },
        ]
        for chunk in chunks {
            #expect(chunk.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            let object = try parsed(Array(chunk.utf8))
            #expect(object["id"] as? String == hostile)
            #expect(object["model"] as? String == hostile)
            #expect(object["created"] as? Int == -1)
        }
        let choice = try #require((try parsed(Array(chunks[0].utf8))["choices"] as? [[String: Any]])?.first)
        #expect(choice["delta"] as? [String: String] == [hostile: hostile])
        #expect(try parsed(Array(chunks[0].utf8))["phase"] as? String == hostile)
        #expect(try parsed(Array(chunks[1].utf8))["phase"] as? String == hostile)
        let chunk = Array(text(hostile).utf8)
        #expect(try read(chunk).texts.map { decoded($0.string, chunk) } == [hostile])
    }

    @Test func everyChunkOfOursIsComplete() throws {
        for chunk in [text("x"), written { ChunkWriter.appendFinish("stop", index: 0, identity: ChunkWriterTests.identity, to: &$0) }] {
            #expect(try read(Array(chunk.utf8)).isSpliceable)
        }
    }
}
