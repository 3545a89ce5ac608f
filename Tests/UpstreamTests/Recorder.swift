import Foundation
import Glibc
import Testing

@testable import Upstream

/// All tests over sockets, one after the other: they count descriptors and block threads.
@Suite(.serialized, .timeLimit(.minutes(1)))
enum SocketTests {}

/// Records what a receiver is told; every wait has a deadline. Hooks run on the loop's thread, inside the callback.
final class Recorder: TransferReceiver, @unchecked Sendable {
    // `@unchecked`: recorded values are under `condition`; hooks are set before the transfer starts.
    enum Event: Equatable { case head(Int), bytes(Int), roundEnded, ended(UpstreamError?) }

    private let condition = NSCondition()
    private var events: [Event] = []
    private var body: [UInt8] = []
    private var connections = 0
    private var head: ResponseHead?
    private var result: Result<TransferStatistics, UpstreamError>?

    /// Kept alive until the recorder goes.
    var workplace: Workplace?
    var onConnected: (() -> Void)?
    var onHead: ((ResponseHead) -> Void)?
    var onBytes: ((Int) -> Void)?
    var onRoundEnded: (() -> Void)?
    var onEnded: ((Result<TransferStatistics, UpstreamError>) -> Void)?

    // Noted apart, for the few tests that are about it.
    func connected() {
        condition.lock()
        connections += 1
        condition.unlock()
        onConnected?()
    }

    var connectionCount: Int { locked { connections } }

    func receivedHead(_ head: ResponseHead) {
        note(.head(head.status)) { self.head = head }
        onHead?(head)
    }

    func received(_ bytes: Span<UInt8>) {
        let copy = bytes.withUnsafeBufferPointer { Array($0) }
        note(.bytes(bytes.count)) { body += copy }
        onBytes?(bytes.count)
    }

    func roundEnded() {
        note(.roundEnded) {}
        onRoundEnded?()
    }

    func ended(_ result: Result<TransferStatistics, UpstreamError>) {
        var error: UpstreamError?
        if case .failure(let failure) = result { error = failure }
        note(.ended(error)) { self.result = result }
        onEnded?(result)
    }

    private func note(_ event: Event, _ change: () -> Void) {
        condition.lock()
        events.append(event)
        change()
        condition.broadcast()
        condition.unlock()
    }

    private func wait<Value>(_ what: String, _ value: () -> Value?) throws -> Value {
        let deadline = Date(timeIntervalSinceNow: 10)
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let value = value() { return value }
            guard condition.wait(until: deadline) else { throw Overdue(what: what) }
        }
    }

    /// The result, once it is there.
    func waitForEnd() throws -> Result<TransferStatistics, UpstreamError> { try wait("the end") { result } }
    func waitForHead() throws -> ResponseHead { try wait("the head") { head } }
    func waitForBytes(_ count: Int) throws { try wait("\(count) bytes") { body.count >= count ? () : nil } }

    func failure() throws -> UpstreamError? {
        if case .failure(let error) = try waitForEnd() { error } else { nil }
    }

    func statistics() throws -> TransferStatistics { try waitForEnd().get() }

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var bytes: [UInt8] { locked { body } }
    var log: [Event] { locked { events } }

    private func locked<Value>(_ value: () -> Value) -> Value {
        condition.lock()
        defer { condition.unlock() }
        return value()
    }
}

struct Overdue: Error { var what: String }

/// A value that one thread sets and another waits for.
final class Promise<Value: Sendable>: @unchecked Sendable {
    // `@unchecked`: the value is under `condition`.
    private let condition = NSCondition()
    private var value: Value?

    func fulfil(_ value: Value) {
        condition.lock()
        self.value = value
        condition.broadcast()
        condition.unlock()
    }

    func wait(seconds: Double = 10) throws -> Value {
        let deadline = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let value { return value }
            guard condition.wait(until: deadline) else { throw Overdue(what: "\(Value.self)") }
        }
    }
}

/// A loop with a client on it.
final class Workplace: @unchecked Sendable {
    // `@unchecked`: the client is touched on the loop's thread only.
    let loop: ThreadLoop
    let client: UpstreamClient

    init(_ options: UpstreamClientOptions = UpstreamClientOptions()) throws {
        let loop = try ThreadLoop()
        self.loop = loop
        client = try Self.run(on: loop) { try UpstreamClient(loop: loop, options: options) }
    }

    deinit {
        loop.execute { [client] in client.shutdown() }
        loop.shutdown()
    }

    /// Runs `body` on the loop's thread and waits for it.
    @discardableResult
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value { try Self.run(on: loop, body) }

    private static func run<Value: Sendable>(on loop: ThreadLoop, _ body: @escaping @Sendable () throws -> Value) throws -> Value {
        let promise = Promise<Result<Value, any Error>>()
        loop.execute { promise.fulfil(Result { try body() }) }
        return try promise.wait().get()
    }

    @discardableResult
    func start(_ request: UpstreamRequest, _ recorder: Recorder = Recorder()) throws -> (transfer: Transfer, recorder: Recorder) {
        recorder.workplace = self
        let transfer = try onLoop { [self] in try client.start(request, receiver: recorder) }
        return (transfer, recorder)
    }

    func get(_ url: String) throws -> Recorder { try start(UpstreamRequest(url: url)).recorder }

    func openTransferCount() throws -> Int { try onLoop { [self] in client.openTransferCount } }
}

/// The number of this process's descriptors.
func openDescriptorCount() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1
}

/// Bytes in which a piece that is lost, doubled or moved shows. Cheap in a debug build: only every 97th is set.
func patternedBytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var value: UInt32 = 1
    for index in stride(from: 0, to: count, by: 97) {
        value = value &* 1_664_525 &+ 1_013_904_223
        bytes[index] = UInt8(value >> 24)
    }
    return bytes
}

extension UpstreamRequest {
    static func post(_ url: String, _ body: String = "{}") -> UpstreamRequest {
        UpstreamRequest(url: url, method: .post, headers: [("Content-Type", "application/json")], body: Array(body.utf8))
    }
}
