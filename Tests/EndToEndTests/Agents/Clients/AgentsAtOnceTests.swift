import AgentChecks
import Foundation
import Synchronization
import Testing

extension EndToEnd {
    /// Agents have several requests under way at a time. Each is held in the middle of its answer until all are there, so that they do overlap.
    @Suite struct AgentsAtOnceTests {
        /// Next to a thread's first turn Codex asks for the thread's title.
        @Test func theTitleOfAThreadBesideItsFirstTurn() throws {
            let house = try AgentHouse()
            let port = house.house.proxyPort
            try house.play(#""reasoning": "I look at it.", "answer": "Ninety-one is no prime.""#, fault: "hold-in=answer")
            let turn = Aside {
                var wire = PortWire(port: port)
                var codex = CodexClient(model: "m")
                codex.tools = [.function("shell") { _ in .text("ran") }]
                let turn = try codex.ask("Is 91 a prime number?", over: &wire)
                return (shown: turn.messages, requests: turn.requestCount, problems: wire.problems)
            }
            try house.expectHeld(1)

            try house.play(#""answer": "{\"title\": \"Primes\"}""#)
            var titling = CodexClient(model: "m", instructions: "Name the thread.")
            titling.toolPlace = .none
            let schema: [String: Any] = [
                "type": "object", "properties": ["title": ["type": "string"]], "required": ["title"], "additionalProperties": false,
            ]
            let title = try titling.ask("Is 91 a prime number?", schema: schema, over: &house.wire)
            #expect(title.failure == nil && title.requestCount == 1 && title.messages == [#"{"title": "Primes"}"#])
            let asked = try house.house.lastUpstreamBody()
            #expect(asked["response_format"]["json_schema"]["schema"]["required"][0].string == "title")
            #expect(asked["tools"].array.isEmpty, "a strict server refuses an empty list")
            try house.expectHeld(1)

            try house.house.release()
            let seen = try turn.value()
            #expect(seen.shown == ["Ninety-one is no prime."] && seen.requests == 1 && seen.problems.isEmpty, "\(seen)")
            try house.expectCleanliness()
        }

        /// Claude Code's subagents: each gets its own answer, and messages of equal ids would be merged.
        @Test func subagents() throws {
            let house = try AgentHouse()
            let port = house.house.proxyPort
            let tasks = ["one", "two", "three", "four"]
            var subagents: [Aside<Subagent>] = []
            for task in tasks {
                try house.play(
                    "\"reasoning\": \"I see to \(task).\", \"tool_calls\": [{\"id\": \"call_1\", \"name\": \"Bash\", "
                        + "\"arguments\": {\"command\": \"\(task)\"}}]", fault: "hold-in=reasoning")
                subagents.append(Aside { try Subagent(task, port: port) })
                try house.expectHeld(subagents.count)
            }
            // The second request of each, in whatever order they come.
            try house.play(#""answer": "It says: {{tool_results}}""#, times: tasks.count)
            try house.house.release()
            let done = try subagents.map { try $0.value() }
            #expect(done.map(\.failure) == tasks.map { _ in nil })
            #expect(done.map(\.result) == tasks.map { "It says: ran \($0)" })
            let ids = done.flatMap(\.messageIDs)
            #expect(ids.count == 2 * tasks.count && Set(ids).count == ids.count && !ids.contains(""), "\(ids)")
            #expect(done.allSatisfy { $0.problems.isEmpty }, "\(done.flatMap(\.problems))")
            try house.expectCleanliness()
        }
    }
}

/// What became of a subagent's task.
private struct Subagent {
    var result: String
    var failure: String?
    var messageIDs: [String]
    var problems: [String]

    init(_ task: String, port: Int) throws {
        var wire = PortWire(port: port)
        var claude = ClaudeCodeClient(model: "m")
        claude.tools = [
            ClaudeTool("Bash", schema: ["type": "object", "properties": ["command": ["type": "string"]]]) {
                .text("ran \($0["command"] as? String ?? "nothing")")
            }
        ]
        let turn = try claude.ask("Do task \(task).", over: &wire)
        (result, failure, messageIDs, problems) = (turn.result, turn.failure, turn.messageIDs, wire.problems)
    }
}

/// Work that goes on beside the test, on a thread of its own.
private final class Aside<Value: Sendable>: Sendable {
    private let outcome = Mutex<Result<Value, any Error>?>(nil)

    init(_ work: @escaping @Sendable () throws -> Value) {
        Thread.detachNewThread { [self] in
            let result = Result { try work() }
            outcome.withLock { $0 = result }
        }
    }

    func value() throws -> Value {
        try eventually("the work beside the test", within: .seconds(30)) { outcome.withLock { $0 } }.get()
    }
}

extension AgentHouse {
    /// Waits until the upstream holds so many streams.
    fileprivate func expectHeld(_ count: Int) throws {
        try eventually("\(count) streams to be held", within: .seconds(10)) { try house.mockState()["streams"]["held"].int == count }
    }
}
