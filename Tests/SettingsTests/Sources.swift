import Foundation
import Settings

/// The settings files kept as data, and the environment they are read in.
enum SettingsFixtures {
    static let environment = [
        "A_KEY": "canary-A-5f1c", "B_KEY": "canary-B-77d0", "C_TOKEN": "canary-C-of-some-length", "D_TOKEN": "canary-D-of-some-length",
        "E_KEY": "canary-E-of-thirty-two-characters-and-more",
    ]
    static let profiles: Set<String> = ["default", "plain", "qwen3", "deepseek"]

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/settings").standardized

    static func names(in kind: String) throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: kind).path)
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: folder.appending(path: name)))
    }

    static func text(_ name: String) throws -> String {
        try String(decoding: bytes(name), as: UTF8.self)
    }
}

/// The file a test has in mind.
func file(_ yaml: String) -> SettingsFile {
    SettingsFile(path: "proxy.yaml", content: .bytes(Array(yaml.utf8)))
}

/// Loads settings and gives the report's text where that fails.
func load(
    _ yaml: String? = nil, environment: [String: String] = [:], flags: [(String, String)] = []
) throws(SettingsReport) -> ProxySettings {
    try ProxySettings.load(
        from: SettingsSources(flags: flags.map { .init($0.0, $0.1) }, environment: environment, file: yaml.map(file)))
}
