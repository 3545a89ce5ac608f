import Foundation

/// What was typed in earlier conversations, kept in a file that only its owner can read.
///
/// One entry on a line, its own line feeds shown as ⏎. The file holds at most ``fileLimit`` entries: it is shortened to
/// ``entryLimit`` when it is opened.
struct InputHistory {
    static let entryLimit = 1000
    static let fileLimit = 2 * entryLimit
    /// Longer entries are pasted texts rather than something to be recalled.
    static let byteLimit = 8192

    private(set) var entries: [String] = []
    private let file: URL?

    /// Opens the history; `file` nil keeps it in memory only.
    init(file: URL?) {
        self.file = file
        guard let file, let text = try? String(contentsOf: file, encoding: .utf8) else { return }  // No file yet: an empty history.
        let lines = text.split(separator: "\n")
        entries = lines.suffix(Self.entryLimit).map { String($0.replacing(String(KeyStream.pastedLineFeed), with: "\n")) }
        if lines.count > Self.fileLimit { rewrite() }
    }

    /// Adds an entry; false for blank, repeated and overlong ones, which are not kept.
    mutating func add(_ entry: String) -> Bool {
        guard !entry.isBlank, entry != entries.last, entry.utf8.count <= Self.byteLimit else { return false }
        entries.append(entry)
        if entries.count > Self.entryLimit { entries.removeFirst() }
        append(entry)
        return true
    }

    /// Where the history is kept: `$XDG_STATE_HOME/reasoning-proxy/history`, or below `~/.local/state`.
    static func standardFile(environment: [String: String]) -> URL? {
        let name = "reasoning-proxy/history"
        // Relative paths there are invalid, says the XDG Base Directory Specification.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return URL(fileURLWithPath: state).appendingPathComponent(name)
        }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return URL(fileURLWithPath: home).appendingPathComponent(".local/state").appendingPathComponent(name)
    }

    // A history that cannot be written is no reason to disturb the conversation: hence `try?` in what follows.

    private func append(_ entry: String) {
        guard let file, makeFile(file), let handle = try? FileHandle(forWritingTo: file) else { return }
        defer { try? handle.close() }
        guard (try? handle.seekToEnd()) != nil else { return }
        try? handle.write(contentsOf: Data(Self.line(entry).utf8))
    }

    private func rewrite() {
        guard let file else { return }
        let text = entries.map(Self.line).joined()
        // Atomic: a conversation that is opened meanwhile sees the old file or the new one.
        try? Data(text.utf8).write(to: file, options: .atomic)
        try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }

    private func makeFile(_ file: URL) -> Bool {
        let manager = FileManager.default
        if manager.fileExists(atPath: file.path) { return true }
        // The folder first, and closed to others, so that nobody can look in before the file's own access is set.
        try? manager.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return manager.createFile(atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600])
    }

    private static func line(_ entry: String) -> String {
        entry.replacing("\n", with: String(KeyStream.pastedLineFeed)) + "\n"
    }
}
