import ChatDelta
import Foundation
import JSONBytes
import Support
import Testing

/// One vector of `Fixtures/delta`; the README there explains the keys.
struct DeltaVector: Decodable, CustomTestStringConvertible {
    var name: String
    var chunk: [UInt8]
    var expected: Reading
    var answer: Bool?
    var error: String?

    var testDescription: String { name }

    private enum CodingKeys: CodingKey {
        case name, chunk, delta, form, choices, id, model, created, usage, fault, spliceable, answer, error
    }

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys, else substitute: String) throws -> String? {
            keys.contains(key) ? try keys.decodeIfPresent(String.self, forKey: key) : substitute
        }
        name = try keys.decode(String.self, forKey: .name)
        let delta = try keys.decodeIfPresent(String.self, forKey: .delta)
        chunk = Array(try (delta.map(DeltaVector.completeChunk(delta:)) ?? keys.decode(String.self, forKey: .chunk)).utf8)
        answer = try keys.decodeIfPresent(Bool.self, forKey: .answer)
        error = try keys.decodeIfPresent(String.self, forKey: .error)
        expected = Reading(
            form: try keys.decodeIfPresent(String.self, forKey: .form) ?? "chunk",
            choices: error == nil ? try keys.decode([Reading.Choice].self, forKey: .choices) : [],
            id: try text(.id, else: "c1"), model: try text(.model, else: "m"), created: try text(.created, else: "17"),
            usage: try keys.decodeIfPresent(String.self, forKey: .usage),
            fault: try keys.decodeIfPresent(Reading.Fault.self, forKey: .fault),
            spliceable: try keys.decodeIfPresent(Bool.self, forKey: .spliceable) ?? false)
    }

    static func completeChunk(delta: String) -> String {
        #"{"id":"c1","object":"chat.completion.chunk","created":17,"model":"m","choices":[{"index":0,"delta":"# + delta
            + #","finish_reason":null}]}"#
    }

    static func all() throws -> [DeltaVector] {
        try Fixtures.paths(in: "delta", withExtension: "json").flatMap { try Fixtures.json($0, as: [DeltaVector].self) }
    }

    static func readable() throws -> [DeltaVector] { try all().filter { $0.error == nil } }
}
