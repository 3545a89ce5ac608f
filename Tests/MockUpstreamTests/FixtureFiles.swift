import Foundation

/// The repository's fixtures, found from this file.
enum FixtureFiles {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    static let scenariosFolder = root.appendingPathComponent("scenarios").path
    static let recordingsFolder = root.appendingPathComponent("recordings").path

    static let scenarios = names(in: scenariosFolder, ending: ".json")
    static let recordings = names(in: recordingsFolder, ending: ".jsonl") + names(in: recordingsFolder, ending: ".sse")

    static func bytes(_ folder: String, _ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }

    private static func names(in folder: String, ending: String) -> [String] {
        // A missing folder shows as an empty list, which the count in the tests refuses.
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(ending) }.sorted()
    }
}
