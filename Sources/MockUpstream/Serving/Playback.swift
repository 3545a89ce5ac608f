import NIOCore

/// Performs one response's actions on its connection.
///
/// Lives on the channel's event loop, and all its methods are called there. States: `running`, `waiting` (a timer is set),
/// `blocked` (the client does not read, so nothing is taken from the script), `stalled`, `ended`.
final class Playback {
    private enum State {
        case running, waiting, blocked, stalled, ended
    }

    /// How the connection stands afterwards.
    enum End: Equatable {
        /// The response is complete and the connection may serve another.
        case complete
        /// The mock closes or resets the connection.
        case closing
        case clientLeft
    }

    /// At most this much goes into one write, so that a slow client is noticed within a large event.
    private static let writeLimit = 64 * 1024
    /// After so many actions the other playbacks get their turn.
    private static let actionsPerTurn = 32

    private let channel: any Channel
    private let state: ServerState
    private let turns: TurnQueue
    private let onEnd: (End) -> Void
    private var script: ResponseScript
    private var now: State = .running
    private var timer: Scheduled<Void>?
    private var due = NIODeadline.now()
    private var unwritten: ArraySlice<UInt8> = []
    /// What the release of the held streams fulfils.
    private var hold: EventLoopPromise<Void>?
    private(set) var byteCount = 0

    init(
        _ script: ResponseScript, on channel: any Channel, state: ServerState, turns: TurnQueue, onEnd: @escaping (End) -> Void
    ) {
        self.script = script
        self.channel = channel
        self.state = state
        self.turns = turns
        self.onEnd = onEnd
    }

    var progress: StreamProgress { script.progress }

    func start() { run() }

    /// The outgoing buffer got room again, or filled up.
    func writabilityChanged() {
        guard case .blocked = now, channel.isWritable else { return }
        state.change { $0.blockedWriters -= 1 }
        now = .running
        run()
    }

    /// The client closed the connection.
    func clientLeft() { end(.clientLeft) }

    private func run() {
        for _ in 0..<Self.actionsPerTurn {
            // A write that fails closes the channel, and that ends the playback in the middle of its turn.
            guard case .running = now else { return }
            guard channel.isWritable else { return block() }
            if unwritten.isEmpty {
                guard perform(script.next()) else { return }
            } else {
                writeSome()
            }
        }
        if case .running = now { waitForTurn() }
    }

    /// Returns whether the next action may follow at once.
    private func perform(_ action: WireAction) -> Bool {
        switch action {
        case .write(let bytes):
            unwritten = bytes[...]
            writeSome()
            return true
        case .wait(let duration):
            // Gaps are measured from when the last one should have ended, so that timers do not add up their lateness.
            due = max(due, .now() - .milliseconds(5)) + .nanoseconds(duration)
            wait(until: due)
        case .hold: waitForRelease()
        case .stall: now = .stalled
        case .close: closeAfterWrites(resets: false)
        case .reset: closeAfterWrites(resets: true)
        case .complete(let keepAlive): keepAlive ? end(.complete) : closeAfterWrites(resets: false)
        }
        return false
    }

    private func writeSome() {
        let piece = unwritten.prefix(Self.writeLimit)
        unwritten = unwritten.dropFirst(piece.count)
        byteCount += piece.count
        state.change { $0.bytesSent += piece.count }
        channel.writeAndFlush(channel.allocator.buffer(bytes: piece), promise: nil)
    }

    private func block() {
        now = .blocked
        state.change { $0.blockedWriters += 1 }
    }

    private func wait(until deadline: NIODeadline) {
        guard deadline > .now() else { return waitForTurn() }
        now = .waiting
        timer = channel.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.resume() }
    }

    private func waitForTurn() {
        now = .waiting
        turns.enqueue { self.resume() }
    }

    private func resume() {
        guard case .waiting = now else { return }
        now = .running
        run()
    }

    /// Costs nothing until the release: held streams that each looked for it again and again, two thousand of them, kept the loop from
    /// its sockets, and so from the release itself.
    private func waitForRelease() {
        let hold = channel.eventLoop.makePromise(of: Void.self)
        self.hold = hold
        now = .waiting
        state.change { $0.holds[ObjectIdentifier(hold.futureResult)] = hold }
        hold.futureResult.assumeIsolated().whenSuccess { self.released() }
    }

    private func released() {
        guard hold != nil else { return }
        hold = nil
        waitForTurn()
    }

    private func letGo() {
        guard let hold else { return }
        self.hold = nil
        // If it is not there any more, the release has it.
        state.change { $0.holds.removeValue(forKey: ObjectIdentifier(hold.futureResult)) }?.succeed()
    }

    /// Closes once everything written has reached the kernel.
    private func closeAfterWrites(resets: Bool) {
        let channel = channel
        end(.closing)
        channel.writeAndFlush(channel.allocator.buffer(capacity: 0)).whenComplete { _ in
            guard resets, let socket = channel as? any SocketOptionProvider else { return channel.close(promise: nil) }
            socket.setSoLinger(.resetsOnClose).whenComplete { _ in channel.close(promise: nil) }
        }
    }

    private func end(_ end: End) {
        if case .ended = now { return }
        if case .blocked = now { state.change { $0.blockedWriters -= 1 } }
        now = .ended
        letGo()
        timer?.cancel()
        timer = nil
        unwritten = []
        onEnd(end)
    }
}
