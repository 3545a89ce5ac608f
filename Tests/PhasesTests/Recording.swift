import Foundation
import Support
import Testing

/// A provider's recorded stream, and what it says, read with another parser than the project's.
struct Recording: CustomTestStringConvertible {
    var name: String
    /// The stream as it came over the wire.
    var input: [UInt8]
    var content = ""
    var reasoning = ""
    var calls: [Int: WireReading.ToolCall] = [:]
    var finish: String?
    var hasUsage = false

    var testDescription: String { name }

    /// The recordings of the repository, and those in the folder that the environment's `RECORDINGS` names.
    static func all() throws -> [Recording] {
        var folders = [Fixtures.folder.appending(path: "recordings")]
        if let folder = ProcessInfo.processInfo.environment["RECORDINGS"] { folders.append(URL(filePath: folder)) }
        return try folders.flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                .filter { $0.hasPrefix("chat.") && ($0.hasSuffix(".jsonl") || $0.hasSuffix(".sse")) }
                .map { try Recording(folder.appending(path: $0)) }
        }
    }

    private init(_ file: URL) throws {
        name = file.lastPathComponent
        let bytes = Array(try Data(contentsOf: file))
        var payloads: [Data] = []
        if name.hasSuffix(".jsonl") {
            input = Streams.events(ofLines: bytes)
            payloads = bytes.split(separator: 0x0A).map { Data($0) }
        } else {
            input = bytes
            let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            payloads = lines.filter { $0.hasPrefix("data: {") }.map { Data($0.dropFirst(6).utf8) }
        }
        for payload in payloads { try read(JSONSerialization.jsonObject(with: payload)) }
        splitTags()
    }

    private mutating func read(_ payload: Any) throws {
        guard let chunk = payload as? [String: Any] else { return }
        if chunk["usage"] is [String: Any] { hasUsage = true }
        for choice in chunk["choices"] as? [[String: Any]] ?? [] {
            finish = choice["finish_reason"] as? String ?? finish
            guard let delta = choice["delta"] as? [String: Any] else { continue }
            content += delta["content"] as? String ?? ""
            reasoning += delta["reasoning_content"] as? String ?? delta["reasoning"] as? String ?? ""
            for part in delta["content"] as? [[String: Any]] ?? [] {
                content += part["text"] as? String ?? ""
                for thought in part["thinking"] as? [[String: Any]] ?? [] { reasoning += thought["text"] as? String ?? "" }
            }
            for call in delta["tool_calls"] as? [[String: Any]] ?? [] { read(call: call) }
        }
    }

    private mutating func read(call: [String: Any]) {
        let place = call["index"] as? Int ?? 0
        let function = call["function"] as? [String: Any]
        var joined = calls[place] ?? WireReading.ToolCall()
        joined.id = call["id"] as? String ?? joined.id
        joined.name = function?["name"] as? String ?? joined.name
        joined.arguments += function?["arguments"] as? String ?? ""
        calls[place] = joined
    }

    /// Reasoning that came inside the content, between tags.
    private mutating func splitTags() {
        guard reasoning.isEmpty, let open = content.range(of: "<think>"), let close = content.range(of: "</think>") else { return }
        reasoning = content[open.upperBound..<close.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
        content = content[close.upperBound...].trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
