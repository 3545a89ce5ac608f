public import Foundation

/// The inputs and expected results that live as data in the folder `Fixtures` of the repository.
public enum Fixtures {
    /// The folder, found from where this source file was compiled.
    public static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    /// A file's bytes; `path` is relative to the folder, for instance `sse/fields.json`.
    public static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: path)))
    }

    /// The value that a JSON file holds.
    public static func json<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: path)))
    }

    /// The paths of a subfolder's files with the given extension, sorted, each usable with `bytes` and `json`.
    ///
    /// - Throws: If the subfolder is missing, or has no such file: a test over no files would pass without testing.
    public static func paths(in subfolder: String, withExtension pathExtension: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: subfolder).path)
            .filter { $0.hasSuffix(".\(pathExtension)") }
            .sorted()
        guard !names.isEmpty else { throw NoFixtures(subfolder: subfolder, pathExtension: pathExtension) }
        return names.map { "\(subfolder)/\($0)" }
    }
}

/// A subfolder of `Fixtures` has no file of the kind a test asked for.
public struct NoFixtures: Error, CustomStringConvertible {
    let subfolder: String
    let pathExtension: String

    /// What is missing and where.
    public var description: String { "Fixtures/\(subfolder) holds no file ending with .\(pathExtension)" }
}
