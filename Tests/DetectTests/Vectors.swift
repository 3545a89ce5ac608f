import Detect
import Foundation
import Testing

/// One case of `Fixtures/detect/*.json`; the README there explains the keys.
struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    struct File: Decodable { let cases: [Vector] }

    /// What a vector of a built-in profile shows; the catalogue demands one of each.
    enum Kind: String, Decodable, CaseIterable, Sendable { case normal, cut, missing, near }

    let name: String
    let profile: String
    let kind: Kind?
    let start: String?
    let json: Bool?
    let chunks: [String]
    let end: String?
    let trim: [[String]]
    let exact: [[String]]?
    let missing: Bool?
    let promoted: Bool?
    let tools: [[String]]?
    let split: Bool?

    var testDescription: String { "\(profile): \(name)" }
    var pieces: [[UInt8]] { chunks.map { Array($0.utf8) } }

    var startState: StartState {
        switch start {
        case "inside": .inside
        case "undecided": .undecided
        default: .outside
        }
    }

    var textEnd: TextEnd {
        switch end {
        case "length": .length
        case "cut": .cut
        default: .stop
        }
    }

    func expected(_ policy: WhitespacePolicy) -> Split {
        let pieces = policy == .trim ? trim : exact ?? trim
        return Split(
            segments: pieces.map { Split.Segment(kind: $0[0] == "r" ? .reasoning : .answer, text: Array($0[1].utf8)) },
            answerIsMissing: missing ?? false, wasPromoted: promoted ?? false,
            tools: (tools ?? []).map { ToolCall(recipient: Array($0[0].utf8), arguments: Array($0[1].utf8)) })
    }

    static let all: [Vector] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/detect").standardized
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.flatMap { file in
            do { return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).cases } catch {
                fatalError("\(file.lastPathComponent): \(error)")
            }
        }
    }()
}
