import Logging
import NIOCore
import Settings

/// A chat request from the moment it asks for a place: waits in the line if it has to, then is what its relay is.
///
/// States: *asking*; *waiting* (the head is kept back, so that a request that waited in vain is told so by its status); *relaying*; *over*.
final class WaitingChat: Exchange {
    private enum State {
        case asking
        case waiting(ticket: UInt64, since: NIODeadline, alarm: Scheduled<Void>)
        case relaying(Relay)
        case over
    }

    /// What is asked for, on its own: this object lives as long as its stream, and what only the line needs would stay with it.
    private final class Asked {
        let job: RelayJob

        init(_ job: RelayJob) {
            self.job = job
        }
    }

    /// Nil once a relay has it.
    private var asked: Asked?
    private let client: ClientKey
    private let server: ServerContext
    private let loop: LoopContext
    private let sink: ResponseSink
    private var state = State.asking

    init(_ job: RelayJob, server: ServerContext, loop: LoopContext, sink: ResponseSink) {
        asked = Asked(job)
        client = job.client
        self.server = server
        self.loop = loop
        self.sink = sink
    }

    /// Whether there is something that goes on.
    var isOver: Bool {
        switch state {
        case .asking, .waiting: false
        case .relaying(let relay): relay.isOver
        case .over: true
        }
    }

    func begin() {
        let waiter = StreamDesk.Waiter(loop: loop.eventLoop, chat: NIOLoopBound(self, eventLoop: loop.eventLoop))
        switch server.streams.ask(client, waiter) {
        case .granted: relay()
        case .waiting(let ticket): wait(ticket)
        case .full:
            server.metrics.add(.overloadRefusals, [("reason", "queue_full")])
            refuse(.overloaded(server.settings.limits))
        case .clientIsFull:
            server.metrics.add(.rateLimited, [("reason", "streams")])
            refuse(.tooManyStreams(server.settings.limits.streamsPerClient ?? 0))
        }
    }

    /// A place has come free for this request; told on its loop.
    func placeGranted() {
        guard case .waiting(_, let since, let alarm) = state else {
            // It left while the place was on its way.
            return server.streams.leave(client)
        }
        alarm.cancel()
        server.metrics.observe(.queueWait, since.elapsed)
        relay()
    }

    private func relay() {
        guard let relay = asked.map({ Relay($0.job, server: server, loop: loop, sink: sink) }) else { return }
        state = .relaying(relay)
        // The relay alone decides how long the body is kept; a second owner would keep it as long as the stream lasts.
        asked = nil
        relay.start()
    }

    private func wait(_ ticket: UInt64) {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let alarm = loop.eventLoop.scheduleTask(in: TimeAmount(server.settings.limits.queueWait)) { bound.value.waitedInVain() }
        state = .waiting(ticket: ticket, since: .now(), alarm: alarm)
    }

    private func waitedInVain() {
        guard stopWaiting() else { return }
        server.metrics.add(.overloadRefusals, [("reason", "queue_wait")])
        refuse(.overloaded(server.settings.limits))
    }

    /// Leaves the line. False if it does not wait, or a place is on its way: then `placeGranted` finds out.
    private func stopWaiting() -> Bool {
        guard case .waiting(let ticket, let since, let alarm) = state else { return false }
        alarm.cancel()
        guard server.streams.withdraw(ticket) else { return false }
        server.metrics.observe(.queueWait, since.elapsed)
        return true
    }

    private func refuse(_ failure: ProxyFailure) {
        state = .over
        if let request = asked?.job.request { server.routes.noteRefusal(failure, request) }
        sink.respond(failure)
    }

    // MARK: Client and server

    func clientLeft() {
        switch state {
        case .relaying(let relay): relay.clientLeft()
        case .waiting: leaveLine()
        case .asking, .over: break
        }
    }

    func clientWritabilityChanged(isWritable: Bool) {
        if case .relaying(let relay) = state { relay.clientWritabilityChanged(isWritable: isWritable) }
    }

    func clientStalled() {
        if case .relaying(let relay) = state { relay.clientStalled() }
    }

    /// Nothing has been done for a request that waits: another instance may serve it from the start.
    func serverDraining() {
        guard case .waiting = state else { return }
        _ = stopWaiting()
        refuse(.draining)
    }

    func serverStopping() {
        serverDraining()
        if case .relaying(let relay) = state { relay.serverStopping() }
    }

    /// The client has gone before anything was done for it.
    private func leaveLine() {
        _ = stopWaiting()
        state = .over
        guard let job = asked?.job else { return }
        server.metrics.add(.requests, [("route", job.route.rawValue), ("status", "499")])
        server.metrics.add(.clientsLeft, [("phase", "queue")])
        guard server.settings.logging.accessLog else { return }
        server.log.info("client left the queue", metadata: ["request_id": "\(job.request.id)", "status": "499"])
    }
}

extension ProxyFailure {
    /// Every place is taken, and the line is full or has been waited in for too long.
    static func overloaded(_ limits: LimitSettings) -> ProxyFailure {
        overloaded(
            "The proxy is answering as many requests as it may (\(limits.concurrentStreams), limits.concurrent_streams). Try again shortly."
        )
    }

    static func overloaded(_ message: String) -> ProxyFailure {
        ProxyFailure(.proxy, status: 503, type: "server_error", code: "overloaded", message: message, retryAfter: 1)
    }

    static func tooManyStreams(_ limit: Int) -> ProxyFailure {
        ProxyFailure(
            .client, status: 429, type: "rate_limit_error", code: "rate_limited",
            message: "As many requests of this client are being answered as may be (\(limit), limits.streams_per_client). "
                + "Wait for one of them to end.", retryAfter: 1)
    }
}
