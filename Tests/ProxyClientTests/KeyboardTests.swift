import Foundation
import Testing

@testable import proxy_client

@Suite("Keys and their history")
struct KeyboardTests {
    private func keys(_ pieces: [[UInt8]]) -> String {
        var stream = KeyStream()
        var text = String.UnicodeScalarView()
        for piece in pieces {
            stream.receive(piece)
            while let key = stream.next(isQuiet: false) { text.append(key) }
        }
        while let key = stream.next(isQuiet: true) { text.append(key) }
        return String(text)
    }

    @Test(
        "Keys come through whatever the cutting",
        arguments: [
            ("aä€😀\r", "aä€😀\r"), ("\u{1B}[A\u{1B}b", "\u{1B}[A\u{1B}b"), ("\u{1B}", "\u{1B}"),
            ("\u{1B}[200~one\rtwo\r\nthree\nfour\u{1B}[201~\r", "one⏎two⏎three⏎four\r"),
            ("\u{1B}[200~tab\tbell\u{7}esc\u{1B}[31m\u{1B}[201~x", "tab bellesc[31mx"),
            ("\u{1B}[200~never ended\r", "never ended⏎"),
        ])
    func keysComeThrough(typed: String, expected: String) {
        let bytes = Array(typed.utf8)
        #expect(keys([bytes]) == expected)
        #expect(keys(Cutting.everyByte(bytes)) == expected)
    }

    @Test("Bytes that are no UTF-8 become replacement characters")
    func wrongBytesAreReplaced() {
        #expect(keys([[0x61, 0xFF, 0xC3, 0x62, 0xE2, 0x82]]) == "a\u{FFFD}\u{FFFD}b\u{FFFD}\u{FFFD}")
    }

    @Test("The history is kept for its owner alone, bounded and without repetitions")
    func theHistoryIsKept() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("client-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try #require(InputHistory.standardFile(environment: ["XDG_STATE_HOME": folder.path]))
        var history = InputHistory(file: file)
        let entries = ["one", "one", " ", String(repeating: "x", count: InputHistory.byteLimit + 1), "two\nlines"]
        #expect(entries.map { history.add($0) } == [true, false, false, false, true])
        let access = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(access == 0o600)
        #expect(InputHistory(file: file).entries == ["one", "two\nlines"])
    }

    @Test("A history that has grown is shortened when it is opened")
    func aGrownHistoryIsShortened() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("client-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("history")
        try Data((0...InputHistory.fileLimit).map { "entry \($0)\n" }.joined().utf8).write(to: file)
        let entries = InputHistory(file: file).entries
        #expect(entries.count == InputHistory.entryLimit)
        #expect(entries.last == "entry \(InputHistory.fileLimit)")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.split(separator: "\n").count == InputHistory.entryLimit)
        let access = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(access == 0o600)
    }

    @Test("The place of the history follows the XDG rules")
    func thePlaceOfTheHistory() {
        #expect(InputHistory.standardFile(environment: ["XDG_STATE_HOME": "/s", "HOME": "/h"])?.path == "/s/reasoning-proxy/history")
        let atHome = InputHistory.standardFile(environment: ["XDG_STATE_HOME": "rel", "HOME": "/h"])
        #expect(atHome?.path == "/h/.local/state/reasoning-proxy/history")
        #expect(InputHistory.standardFile(environment: [:]) == nil)
    }
}
