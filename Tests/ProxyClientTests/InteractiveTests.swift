import Foundation
import Testing

@testable import proxy_client

@Suite("A conversation at the terminal")
struct InteractiveTests {
    /// Plays typed lines against scripted replies.
    private func play(
        _ lines: [TypedLine], _ replies: [[TransportEvent]] = [], in bench: Bench? = nil
    ) throws -> (exit: ProgramExit, server: ScriptedServer, lines: TypedInAdvance, bench: Bench) {
        let bench = try bench ?? Bench()
        let server = ScriptedServer(replies)
        let source = TypedInAdvance(lines)
        let conversation = Conversation(system: "Sys.")
        let interactive = Interactive(
            try bench.client(server), lines: source, history: InputHistory(file: nil), conversation: conversation, model: "m")
        return (try interactive.run(), server, source, bench)
    }

    @Test("Every question repeats the conversation, with answers and without summaries")
    func everyQuestionRepeatsTheConversation() throws {
        let played = try play([.line("One?"), .line("Two?")], [ScriptedServer.answer("1"), ScriptedServer.answer("2")])
        #expect(
            played.server.conversations == [
                ["system: Sys.", "user: One?"], ["system: Sys.", "user: One?", "assistant: 1", "user: Two?"],
            ])
        #expect(played.bench.answer == "1\n2\n")
        #expect(played.exit == .ok)
    }

    @Test("A question without an answer leaves the conversation and can be asked again")
    func aQuestionWithoutAnAnswerCanBeAskedAgain() throws {
        let refusal = ScriptedServer.json(#"{"error":{"message":"busy"}}"#, status: 503)
        let played = try play([.line("One?"), .line("/retry")], [refusal, ScriptedServer.answer("1")])
        #expect(played.server.conversations == [["system: Sys.", "user: One?"], ["system: Sys.", "user: One?"]])
    }

    @Test("A retry replaces the last answer")
    func aRetryReplacesTheLastAnswer() throws {
        let played = try play(
            [.line("One?"), .line("/retry"), .line("Two?")],
            [ScriptedServer.answer("1"), ScriptedServer.answer("uno"), ScriptedServer.answer("2")])
        #expect(played.server.conversations.last == ["system: Sys.", "user: One?", "assistant: uno", "user: Two?"])
    }

    @Test("Model, style and system change the requests that follow")
    func settingsChangeTheRequests() throws {
        let lines = ["/model big", "/style think", "/system off", "Hi", "/reset", "/style default", "Ho"]
        let played = try play(lines.map(TypedLine.line), [ScriptedServer.answer("1"), ScriptedServer.answer("2")])
        let requests = played.server.requests
        #expect(requests[0].headers.contains(Header("X-Phases", "think")))
        #expect(String(decoding: requests[0].body, as: UTF8.self).contains(#""model":"big""#))
        #expect(!requests[1].headers.contains { $0.name == "X-Phases" })
        #expect(played.server.conversations == [["user: Hi"], ["user: Ho"]])
        #expect(played.lines.prompts.last == "big ›")
    }

    @Test("Ctrl-C at an empty prompt hints, and leaves the second time")
    func ctrlCTwiceLeaves() throws {
        let twice = try play([.interrupted(hadText: false), .interrupted(hadText: false), .line("never")])
        #expect(twice.exit == .interrupted)
        #expect(twice.server.requests.isEmpty)
        let once = try play([.interrupted(hadText: false), .line(""), .interrupted(hadText: false), .line("/quit")])
        #expect(once.exit == .ok)
        let typed = try play([.interrupted(hadText: true), .interrupted(hadText: true), .interrupted(hadText: false), .ended])
        #expect(typed.exit == .ok)
    }

    @Test("An unfinished entry is dropped by Ctrl-C and Ctrl-D, and the conversation goes on")
    func anUnfinishedEntryIsDropped() throws {
        let played = try play(
            [.line("\"\"\""), .line("a"), .interrupted(hadText: false), .line("b\\"), .ended, .line("c")], [ScriptedServer.answer("1")])
        #expect(played.server.conversations == [["system: Sys.", "user: c"]])
    }

    @Test("The conversation is saved to a new file and never over an old one")
    func theConversationIsSaved() throws {
        let bench = try Bench()
        let path = bench.folder.appendingPathComponent("talk.md").path
        let played = try play([.line("One?"), .line("/save \(path)"), .line("/save \(path)")], [ScriptedServer.answer("1")], in: bench)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "# System\n\nSys.\n\n# You\n\nOne?\n\n# Answer\n\n1\n")
        #expect(played.bench.decoration.contains("exists already"))
    }

    @Test(
        "Entries are prompts, commands or mistakes",
        arguments: [
            ("  ", InteractiveInput.nothing), ("Hi /there", .prompt("Hi /there")), ("//usr", .prompt("/usr")), ("/help", .command(.help)),
            ("/MODEL  a b ", .command(.model("a b"))), ("/model", .command(.model(nil))), ("/q", .command(.quit)),
            ("/save x y", .command(.save("x y"))), ("/save", .mistake("Say where to: /save FILE")),
            ("/system a\nb", .command(.system("a\nb"))),
        ])
    func entriesAreRead(entry: String, input: InteractiveInput) {
        #expect(InteractiveInput(entry) == input)
    }

    @Test(
        "Lines make entries",
        arguments: [
            (["one"], ["one"]), (["a\\", "b"], ["a\nb"]), (["a\\\\"], ["a\\\\"]), (["\"\"\"", "a\\", "", "b", " \"\"\" "], ["a\\\n\nb"]),
            (["\"\"\"", "\"\"\"", "x"], ["", "x"]), (["a\\", "\"\"\""], ["a\n\"\"\""]), (["a\\"], []),
        ])
    func linesMakeEntries(lines: [String], entries: [String]) {
        var assembler = EntryAssembler()
        #expect(lines.compactMap { assembler.receive($0) } == entries)
    }
}
