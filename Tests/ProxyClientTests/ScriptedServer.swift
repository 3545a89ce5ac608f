import Dispatch
import Foundation
import Synchronization

@testable import proxy_client

/// A transport that plays one list of events for each request, and keeps what was asked.
final class ScriptedServer: Transport {
    private struct State: Sendable {
        var replies: [[TransportEvent]]
        var requests: [HTTPRequest] = []
        var cancelCount = 0
    }

    private let state: Mutex<State>
    private let afterReply: @Sendable () -> Void

    /// `afterReply` runs after the last event of each reply.
    init(_ replies: [[TransportEvent]], afterReply: @escaping @Sendable () -> Void = {}) {
        state = Mutex(State(replies: replies))
        self.afterReply = afterReply
    }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var cancelCount: Int { state.withLock { $0.cancelCount } }

    /// The bodies of the chat requests: the messages as `role: text`.
    var conversations: [[String]] {
        requests.filter { $0.method == "POST" }.map { request in
            let body = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any]
            let messages = body?["messages"] as? [[String: Any]] ?? []
            return messages.map { "\($0["role"] ?? "?"): \($0["content"] ?? "?")" }
        }
    }

    func start(_ request: HTTPRequest, _ receive: @escaping @Sendable (TransportEvent) -> Void) -> any TransferHandle {
        let events = state.withLock { state in
            state.requests.append(request)
            return state.replies.isEmpty ? [] : state.replies.removeFirst()
        }
        DispatchQueue.global().async { [afterReply] in
            for event in events { receive(event) }
            afterReply()
        }
        return Handle { [self] in state.withLock { $0.cancelCount += 1 } }
    }

    private struct Handle: TransferHandle {
        let onCancel: @Sendable () -> Void

        func cancel() { onCancel() }
    }

    /// A complete stream that answers with a text.
    static func answer(_ text: String) -> [TransportEvent] {
        let chunks = [
            #"{"choices":[{"index":0,"delta":{"content":"[Reasoning Summary] Thinks."}}],"phase":"reasoning_summary"}"#,
            #"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}],"phase":"final_output"}"#,
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#, "[DONE]",
        ]
        let body = chunks.map { "data: \($0)\n\n" }.joined()
        return [.head(Fixture.head(for: "x.sse", style: "events")), .bytes(Array(body.utf8)), .ended]
    }

    static func json(_ text: String, status: Int = 200) -> [TransportEvent] {
        let head = ReplyHead(status: status, headers: [Header("content-type", "application/json")])
        return [.head(head), .bytes(Array(text.utf8)), .ended]
    }
}

/// Lines typed in advance.
final class TypedInAdvance: LineSource {
    private var lines: [TypedLine]
    private(set) var prompts: [String] = []
    private(set) var remembered: [String] = []

    init(_ lines: [TypedLine]) { self.lines = lines }

    func next(prompt: Prompt) -> TypedLine {
        prompts.append(prompt.text)
        return lines.isEmpty ? .ended : lines.removeFirst()
    }

    func remember(_ entry: String) { remembered.append(entry) }
}

/// A client whose output lands in two files.
final class Bench {
    let folder: URL
    let console: Console
    let interrupts: Interrupts

    init(interrupts: Interrupts = Interrupts(restoreTerminal: {})) throws {
        self.interrupts = interrupts
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("client-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        let files = ["out", "err"].map { folder.appendingPathComponent($0) }
        for file in files { try Data().write(to: file) }
        console = Console(answer: try FileHandle(forWritingTo: files[0]), decoration: try FileHandle(forWritingTo: files[1]))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func client(_ transport: any Transport, _ arguments: [String] = [], look: Look = look()) throws -> Client {
        let settings = try Settings(try Options.parse(arguments), environment: [:])
        return Client(transport: transport, console: console, interrupts: interrupts, settings: settings, look: look)
    }

    var answer: String { text("out") }
    var decoration: String { text("err") }

    private func text(_ name: String) -> String {
        (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? "unreadable"
    }
}
