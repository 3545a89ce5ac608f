import Foundation
import Settings

extension SettingsFile {
    /// The most a settings file may hold.
    static let maximumBytes = 4 << 20

    /// Reads the file at `path`; a file that cannot be read says why instead.
    static func read(_ path: String) -> SettingsFile {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            guard data.count <= maximumBytes else {
                return SettingsFile(path: path, content: .unreadable(reason: "it is larger than \(maximumBytes) bytes"))
            }
            return SettingsFile(path: path, content: .bytes(Array(data)))
        } catch {
            return SettingsFile(path: path, content: .unreadable(reason: reason(error, path)))
        }
    }

    private static func reason(_ error: any Error, _ path: String) -> String {
        // A path whose kind cannot be told is told by what follows.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let attributes else { return "there is no such file, or its folder may not be read" }
        if attributes[.type] as? FileAttributeType == .typeDirectory { return "it is a folder" }
        return FileManager.default.isReadableFile(atPath: path) ? error.localizedDescription : "it may not be read by this user"
    }
}
