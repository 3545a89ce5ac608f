import Foundation
import Synchronization
import Testing

@testable import proxy_client

@Suite("One exchange with a server")
struct ExchangeTests {
    private var question: Conversation {
        var conversation = Conversation()
        conversation.asked(.text("Why?"))
        return conversation
    }

    @Test("A reply is shown and its ending returned")
    func aReplyIsShown() throws {
        let bench = try Bench()
        let server = ScriptedServer([ScriptedServer.answer("Because.")])
        let ending = try bench.client(server).ask(question, model: "m")
        #expect(ending.exitStatus == .ok)
        #expect(bench.answer == "Because.\n")
        #expect(bench.decoration == "Reasoning summary\n  • Thinks.\n")
        #expect(server.requests.first?.url == "http://127.0.0.1:8080/v1/chat/completions")
        #expect(server.cancelCount == 1)
    }

    @Test("A long reply waits for its reader instead of piling up")
    func aLongReplyWaitsForItsReader() throws {
        let bench = try Bench()
        let piece = Array(#"data: {"choices":[{"delta":{"content":"x"}}],"phase":"final_output"}"#.utf8) + Array("\n\n".utf8)
        var events: [TransportEvent] = [.head(Fixture.head(for: "x.sse"))]
        events += Array(repeating: .bytes(piece), count: 5 * Mailbox<Int>.capacity)
        events += [.bytes(Array("data: [DONE]\n\n".utf8)), .ended]
        let ending = try bench.client(ScriptedServer([events])).ask(question, model: "m")
        #expect(ending.answer.count == 5 * Mailbox<Int>.capacity)
    }

    @Test("Ctrl-C stops the answer, cancels the transfer and keeps what came")
    func ctrlCStopsTheAnswer() throws {
        let interrupts = Interrupts(restoreTerminal: {})
        let bench = try Bench(interrupts: interrupts)
        let half = #"data: {"choices":[{"delta":{"content":"Half"}}],"phase":"final_output"}"# + "\n\n"
        let server = ScriptedServer([[.head(Fixture.head(for: "x.sse")), .bytes(Array(half.utf8))]]) { interrupts.interrupted() }
        let ending = try bench.client(server).ask(question, model: "m")
        #expect(ending.fault == .interrupted)
        #expect(ending.answer == "Half")
        #expect(server.cancelCount == 1)
        #expect(bench.answer == "Half\n")
    }

    @Test("A silent server meets the limit of time")
    func aSilentServerMeetsTheLimit() throws {
        let bench = try Bench()
        let ending = try bench.client(ScriptedServer([[]]), ["--timeout", "0.05"]).ask(question, model: "m")
        #expect(ending.exitStatus == .cutOff)
    }

    @Test("A reader who has gone ends the exchange")
    func aReaderWhoHasGoneEndsTheExchange() throws {
        let bench = try Bench()
        var client = try bench.client(ScriptedServer([ScriptedServer.answer("Because.")]))
        let closed = try FileHandle(forReadingFrom: bench.folder.appendingPathComponent("out"))
        client = Client(
            transport: client.transport, console: Console(answer: closed, decoration: bench.console.decoration),
            interrupts: client.interrupts, settings: client.settings, look: client.look)
        #expect(throws: Console.OutputClosed.self) { try client.ask(question, model: "m") }
    }

    @Test("The model is the chosen one, the first listed one, or a name of last resort")
    func theModelIsChosen() throws {
        let bench = try Bench()
        let list = ScriptedServer.json(#"{"data":[{"id":"first"},{"id":"second"}]}"#)
        #expect(try bench.client(ScriptedServer([]), ["--model", "mine"]).chooseModel() == "mine")
        #expect(try bench.client(ScriptedServer([list])).chooseModel() == "first")
        #expect(try bench.client(ScriptedServer([ScriptedServer.json("{}", status: 404)])).chooseModel() == "default")
        let refused: [TransportEvent] = [.failed(.unreachable(.refused, "connection refused"))]
        let fault = FetchFault(fault: .unreachable(.refused, "connection refused"))
        #expect(throws: fault) { try bench.client(ScriptedServer([refused])).chooseModel() }
    }

    @Test(
        "Health gives its exit code",
        arguments: [
            (ScriptedServer.json(#"{"status":"ok"}"#), ProgramExit.ok),
            (ScriptedServer.json(#"{"status":"down"}"#, status: 503), .serverError),
            (ScriptedServer.json("<html>"), .serverError), ([.failed(.unreachable(.refused, "x"))], .unreachable),
            ([.failed(.cut("x"))], .cutOff),
        ])
    func healthGivesItsExitCode(reply: [TransportEvent], exit: ProgramExit) throws {
        let bench = try Bench()
        #expect(try bench.client(ScriptedServer([reply])).showHealth() == exit)
    }

    @Test("A closed mailbox lets its senders go")
    func aClosedMailboxLetsItsSendersGo() async {
        let mailbox = Mailbox<Int>()
        await withTaskGroup { group in
            for sender in 0..<3 {
                group.addTask { for item in 0..<Mailbox<Int>.capacity { mailbox.post(sender + item) } }
            }
            _ = mailbox.next(within: .seconds(10))
            mailbox.close()
        }
        #expect(mailbox.next(within: .zero) == nil)
    }
}
