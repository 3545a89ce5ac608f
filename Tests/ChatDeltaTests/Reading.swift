import ChatDelta
import Foundation
import JSONBytes
import Testing

/// Everything a delta says, decoded.
struct Reading: Equatable {
    struct Choice: Equatable {
        var index = 0
        var texts: [[String: String]] = []
        var finish: String?
        var payload: [String] = []
    }

    struct Fault: Equatable, Decodable {
        var message: String?
        var type: String?
        var code: String?
        var status: Int?
    }

    var form = "bare"
    var choices: [Choice] = []
    var id: String?
    var model: String?
    var created: String?
    var usage: String?
    var fault: Fault?
    var spliceable = false
}

extension Reading.Choice: Decodable {
    private enum CodingKeys: CodingKey {
        case index, texts, finish, payload
    }

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        index = try keys.decodeIfPresent(Int.self, forKey: .index) ?? 0
        texts = try keys.decodeIfPresent([[String: String]].self, forKey: .texts) ?? []
        finish = try keys.decodeIfPresent(String.self, forKey: .finish)
        payload = try keys.decodeIfPresent([String].self, forKey: .payload) ?? []
    }

    init(_ choice: Delta.Choice, of delta: Delta, in data: [UInt8]) {
        index = choice.index
        finish = choice.finishReason.map { decoded($0, data) }
        texts = delta.texts[choice.texts].map { [$0.kind == .reasoning ? "reasoning" : "content": decoded($0.string, data)] }
        let names: [(String, Delta.Choice.Payload)] = [
            ("other", .other), ("reasoningField", .reasoningField), ("refusal", .refusal), ("remark", .remark), ("role", .role),
            ("toolCalls", .toolCalls), ("typedParts", .typedParts),
        ]
        payload = names.filter { choice.payload.contains($0.1) }.map(\.0)
    }
}

extension Reading {
    init(_ delta: Delta, in data: [UInt8]) {
        form =
            switch delta.form {
            case .chunk: "chunk"
            case .completion: "completion"
            case .bare: "bare"
            }
        choices = delta.choices.map { Choice($0, of: delta, in: data) }
        id = delta.id.map { decoded($0, data) }
        model = delta.model.map { decoded($0, data) }
        created = delta.created.map { String(decoding: data[$0], as: UTF8.self) }
        usage = delta.usage.map { String(decoding: data[$0], as: UTF8.self) }
        fault = delta.fault.map {
            Fault(
                message: $0.message.map { decoded($0, data) }, type: $0.type.map { decoded($0, data) },
                code: $0.code.map { decoded($0, data) }, status: $0.status)
        }
        spliceable = delta.isSpliceable
    }
}

func decoded(_ string: JSONString, _ data: [UInt8]) -> String {
    var decoder = JSONTextDecoder()
    var output: [UInt8] = []
    decoder.decode(string, in: data.span, to: &output)
    decoder.finish(to: &output)
    return String(decoding: output, as: UTF8.self)
}

func read(_ data: [UInt8]) throws(JSONError) -> Delta {
    var delta = Delta()
    try DeltaReader.read(data.span, into: &delta)
    return delta
}

/// What an independent parser makes of `json`.
func parsed(_ json: [UInt8]) throws -> NSDictionary {
    try #require(try JSONSerialization.jsonObject(with: Data(json)) as? NSDictionary)
}

/// The chunk with its own bytes and the tag.
func spliced(_ chunk: [UInt8], _ delta: Delta, phase: String?) -> [UInt8] {
    chunk[..<delta.closingBrace] + ChunkEditor.SpliceEnd(phase: phase).bytes
}
