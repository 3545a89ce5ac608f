import ChatDelta
import Foundation
import JSONBytes
import Support
import Testing

/// What a chunk says according to Foundation's parser and a plain reading of the rules: no ranges, no single walk.
private struct Oracle {
    let object: [String: Any]

    init(_ data: [UInt8]) throws {
        object = try #require(try JSONSerialization.jsonObject(with: Data(data)) as? [String: Any])
    }

    private static let fields = ["reasoning_content", "reasoning", "reasoning_text", "thinking", "reasoning_details", "thinking_blocks"]

    func reading(isOneLine: Bool) -> Reading {
        var reading = Reading()
        let choices = (object["choices"] as? [[String: Any]] ?? []).map(choice)
        reading.form = choices.isEmpty ? "bare" : "chunk"
        reading.choices = choices
        reading.id = object["id"] as? String
        reading.model = object["model"] as? String
        reading.created = (object["created"] as? Int).map(String.init)
        reading.spliceable = isOneLine && isSpliceable(choices)
        return reading
    }

    private func isSpliceable(_ choices: [Reading.Choice]) -> Bool {
        guard object["object"] as? String == "chat.completion.chunk", !choices.isEmpty, !(object["usage"] is [String: Any]) else {
            return false
        }
        guard let id = object["id"] as? String, !id.isEmpty, object["created"] is Int, object["model"] is String else { return false }
        for choice in object["choices"] as? [[String: Any]] ?? [] {
            guard choice["index"] is Int, let finish = choice["finish_reason"], finish as? String != "" else { return false }
        }
        return choices.allSatisfy { !$0.payload.contains("reasoningField") && !$0.payload.contains("typedParts") }
    }

    private func choice(_ object: [String: Any]) -> Reading.Choice {
        var choice = Reading.Choice()
        choice.index = object["index"] as? Int ?? 0
        choice.finish = (object["finish_reason"] as? String).flatMap { $0.isEmpty ? nil : $0 }
        let delta = object["delta"] as? [String: Any] ?? [:]
        let parts = delta["content"] as? [[String: Any]]
        var reasonings = Oracle.fields.map { texts(delta[$0]) }
        reasonings.append(parts?.compactMap { $0["thinking"] as? String }.filter { !$0.isEmpty } ?? [])
        let contents = parts?.compactMap { $0["text"] as? String } ?? (delta["content"] as? String).map { [$0] } ?? []
        choice.texts = (reasonings.first { !$0.isEmpty } ?? []).map { ["reasoning": $0] }
        choice.texts += contents.filter { !$0.isEmpty }.map { ["content": $0] }
        choice.payload = payload(delta)
        return choice
    }

    private func texts(_ value: Any?) -> [String] {
        if let text = value as? String { return text.isEmpty ? [] : [text] }
        let parts = value as? [[String: Any]] ?? []
        return parts.compactMap { ($0["text"] ?? $0["thinking"]) as? String }.filter { !$0.isEmpty }
    }

    private func payload(_ delta: [String: Any]) -> [String] {
        var payload: Set<String> = []
        for (name, value) in delta {
            switch name {
            case "role": if !(value is NSNull) { payload.insert("role") }
            case "content": if value is [Any] { payload.insert("typedParts") }
            case "tool_calls": if says(value) { payload.insert("toolCalls") }
            default: if says(value) { payload.insert(Oracle.fields.contains(name) ? "reasoningField" : unknown(value)) }
            }
        }
        return payload.sorted()
    }

    private func unknown(_ value: Any) -> String {
        value is [Any] || value is [String: Any] ? "other" : "remark"
    }

    private func says(_ value: Any) -> Bool {
        if let text = value as? String { return !text.isEmpty }
        if let list = value as? [Any] { return !list.isEmpty }
        if let object = value as? [String: Any] { return !object.isEmpty }
        return !(value is NSNull)
    }
}

@Suite struct PropertyTests {
    @Test(arguments: 0..<8) func randomChunksSayWhatAnIndependentParserSays(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var spliceable = 0
        for _ in 0..<400 {
            let lines = Int.random(in: 0..<4, using: &random) == 0
            let chunk = Array(GeneratedChunk.make(&random).spelled(lines: lines, &random).utf8)
            let isOneLine = !chunk.contains { $0 == 0x0A || $0 == 0x0D }
            var reading = Reading(try read(chunk), in: chunk)
            reading.usage = nil
            if reading.spliceable { spliceable += 1 }
            let expected = try Oracle(chunk).reading(isOneLine: isOneLine)
            #expect(reading == expected, "\(String(decoding: chunk, as: UTF8.self))")
        }
        #expect(spliceable > 5)
    }

    @Test(arguments: 0..<4) func everyCutOfARandomChunkIsRefused(_ seed: Int) throws {
        var random = SeededRandom(seed: 100 + UInt64(seed))
        for _ in 0..<25 {
            let chunk = Array(GeneratedChunk.make(&random).spelled(lines: false, &random).utf8)
            for length in chunk.indices {
                #expect(throws: JSONError.unexpectedEnd, "\(length) bytes of \(String(decoding: chunk, as: UTF8.self))") {
                    try read(Array(chunk[..<length]))
                }
            }
        }
    }

    /// Whatever bytes come: a reading or an error, never a trap; and what is read can be rewritten and spliced.
    @Test(arguments: 0..<8) func mutatedBytesNeverTrap(_ seed: Int) throws {
        var random = SeededRandom(seed: 200 + UInt64(seed))
        let structure = Array("{}[]\",:\\0-eutfn \u{0}".utf8)
        var read = 0
        for _ in 0..<200 {
            let original = Array(GeneratedChunk.make(&random).spelled(lines: true, &random).utf8)
            for _ in 0..<20 {
                var chunk = original
                for _ in 0...Int.random(in: 0...3, using: &random) {
                    let place = Int.random(in: chunk.indices, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: chunk[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: chunk[place] = structure.randomElement(using: &random) ?? 0
                    case 2: chunk.insert(contentsOf: chunk[place..<min(chunk.count, place + 9)], at: place)
                    default: if chunk.count > 1 { chunk.remove(at: place) }
                    }
                }
                if rewriteIfReadable(chunk) { read += 1 }
            }
        }
        #expect(read > 100)
    }

    private func rewriteIfReadable(_ chunk: [UInt8]) -> Bool {
        guard let delta = try? read(chunk) else { return false }  // the reason is not needed: most mutants are no JSON
        _ = Reading(delta, in: chunk)
        let text = Array("text".utf8)
        let identity = ChunkIdentity(id: "own", created: 5, model: "m")
        for (ordinal, choice) in delta.choices.enumerated() {
            var edit = ChunkEditor.ChoiceEdit(phase: "final_output")
            (edit.withRole, edit.withPayload, edit.withExtras, edit.withFinish) = (true, true, true, true)
            var output: [UInt8] = []
            #expect(throws: Never.self) {
                try ChunkEditor.appendRewritten(
                    chunk.span, choice: ordinal, index: choice.index, text: text.span, edit: edit, identity: identity, to: &output)
                let again = try read(output)
                #expect(again.texts.map(\.kind) == [.content])
                #expect(!output.contains { $0 == 0x0A || $0 == 0x0D })
            }
        }
        if delta.isSpliceable {
            var output: [UInt8] = []
            output += spliced(chunk, delta, phase: "final_output")
            #expect((try? read(output))?.choices.count == delta.choices.count)  // a refusal shows as nil
            #expect(!output.contains { $0 == 0x0A || $0 == 0x0D })
        }
        var output: [UInt8] = []
        #expect(throws: Never.self) {
            try CompletionEditor.appendRewritten(
                chunk.span, messages: [.init(content: text)], reasoningField: "reasoning", phases: [("p", text)], to: &output)
            _ = try read(output)
        }
        return true
    }
}
