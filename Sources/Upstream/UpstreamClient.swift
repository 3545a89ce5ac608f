internal import CCurl

/// HTTP transfers on one event loop's thread, by libcurl.
///
/// One client per loop. Everything about a transfer happens on that thread: libcurl reads a socket, its write callback
/// gathers what one read brought, the receiver gets it at once, and no lock or queue lies between. The loop learns through a ``Readiness`` that
/// some socket is ready, then the client goes through one *round*:
///
/// 1. libcurl acts on the ready sockets and on its timer; receivers get heads and bytes,
/// 2. what receivers asked for meanwhile is done (libcurl allows it only outside its callbacks),
/// 3. receivers that got bytes hear that the round has ended, and those whose transfer is over hear its result,
/// 4. if data keeps coming, the sockets are looked at again on the next turn of the loop or a little later, as ``LookPacing``
///    decides; if not, readiness is asked for.
///
/// `@unchecked Sendable`: all members are used on the loop's thread only, which the public ones check; it is sendable so
/// that tasks for that loop may capture it.
public final class UpstreamClient: @unchecked Sendable {
    /// How many easy handles are kept for later transfers; each keeps some KiB.
    private static let spareHandleLimit = 64

    private let loop: any LoopPort
    private let options: UpstreamClientOptions
    private let sockets: SocketSet
    let multi: MultiHandle
    private var readiness: (any Readiness)?
    private var spareHandles: [EasyHandle] = []
    private var touched: [Transfer] = []
    private var finished: [Transfer] = []
    /// Those that are being told of this round; empty outside `deliver`.
    private var toldTouched: [Transfer] = []
    private var toldFinished: [Transfer] = []
    private var waiting: [Transfer] = []
    /// Body bytes of the transfer that libcurl works on; empty outside of its calls.
    var gathered = GatheredBytes()
    /// Every transfer that is not over.
    private var open: [ObjectIdentifier: Transfer] = [:]
    private var isArmed = false
    private var isRoundPlanned = false
    private var isLaterRoundPlanned = false
    /// Replaced by tests that need a busy loop.
    var pacing = LookPacing()
    private var isInRound = false
    private var isShutDown = false
    /// The task that the loop runs for a round, made once: a closure per round would be an allocation per round.
    private var round: @Sendable () -> Void = {}
    private var laterRound: @Sendable () -> Void = {}
    /// Whether libcurl is running its callbacks, so that most of its functions may not be called.
    private(set) var isInsideCurl = false

    /// The number of transfers whose result has not been delivered and that were not cancelled.
    public var openTransferCount: Int { open.count }

    /// A client on `loop`, to be used on that loop's thread only (also this call, and the last release).
    ///
    /// - Parameters:
    ///   - loop: the loop whose thread does all the work.
    ///   - options: what holds for every transfer.
    /// - Throws: ``UpstreamError/outOfResources``.
    public init(loop: any LoopPort, options: UpstreamClientOptions = UpstreamClientOptions()) throws(UpstreamError) {
        self.loop = loop
        self.options = options
        sockets = try SocketSet()
        multi = try MultiHandle(sockets: sockets, options: options)
        round = { [weak self] in self?.runPlannedRound() }
        laterRound = { [weak self] in self?.runLaterRound() }
        let ready: @Sendable () -> Void = { [weak self] in self?.becameReady() }
        if let makeReadiness = options.makeReadiness {
            readiness = try makeReadiness(sockets.descriptor, loop, ready)
        } else {
            readiness = try HelperThreadReadiness(descriptor: sockets.descriptor, loop: loop, ready: ready)
        }
    }

    deinit {
        // The helper thread must not outlive the descriptors it waits on.
        readiness?.stop()
    }

    /// Begins a transfer. The receiver hears of it from a later turn of the loop on.
    ///
    /// - Parameters:
    ///   - request: what to send; checked here.
    ///   - receiver: whom to tell; kept until the transfer is over.
    /// - Returns: the transfer, to pause or cancel it. It runs on if it is dropped.
    /// - Throws: ``UpstreamError`` for a request that cannot be sent as it is, a lack of memory, or a client shut down.
    @discardableResult
    public func start(_ request: UpstreamRequest, receiver: any TransferReceiver) throws(UpstreamError) -> Transfer {
        checkThread()
        guard !isShutDown else { throw .shutDown }
        try request.check()
        let handle = try spareHandle()
        do throws(UpstreamError) {
            try handle.prepare(request, options)
        } catch {
            recycle(handle)
            throw error
        }
        let transfer = Transfer(request, client: self, receiver: receiver)
        transfer.attach(handle)
        if isInsideCurl { postpone(transfer) } else { try transfer.join() }
        open[ObjectIdentifier(transfer)] = transfer
        planRound()
        return transfer
    }

    /// Ends every transfer with ``UpstreamError/shutDown``, closes their connections and stops listening for readiness; from
    /// inside a receiver's callback, on a later turn of the loop. Idempotent; later starts are refused. Connections that
    /// are idle close when the client is released.
    public func shutdown() {
        checkThread()
        guard !isShutDown else { return }
        guard !isInRound else { return loop.execute { [self] in shutdown() } }
        isShutDown = true
        for transfer in open.values {
            guard let receiver = transfer.receiver else { continue }
            transfer.cancel()
            receiver.ended(.failure(.shutDown))
        }
        readiness?.stop()
        readiness = nil
        spareHandles = []
    }

    /// Everything here is unsynchronised, so that a call from another thread must not go unnoticed.
    func checkThread() {
        precondition(loop.isCurrentThread, "an upstream client was used outside its loop's thread")
    }
}

// The round.
extension UpstreamClient {
    private func becameReady() {
        isArmed = false
        runRound()
    }

    private func runPlannedRound() {
        isRoundPlanned = false
        runRound()
    }

    private func runLaterRound() {
        isLaterRoundPlanned = false
        runRound()
    }

    private func runRound() {
        guard !isShutDown else { return }
        isInRound = true
        let next = letCurlAct()
        catchUp()
        deliver()
        isInRound = false
        follow(next)
    }

    private func follow(_ next: LookPacing.Next) {
        guard waiting.isEmpty && !sockets.isTimeDue else { return planRound() }
        switch next {
        case .atOnce: planRound()
        case .later: planLaterRound()
        case .whenTold: waitForReadiness()
        }
    }

    private func letCurlAct() -> LookPacing.Next {
        let now = MonotonicClock.now
        let ready = inCurl {
            sockets.forEachReady(at: now) { socket, events in
                multi.act(on: socket, events: curlSelection(for: events))
                deliverGathered()
            }
        }
        if sockets.takeDueTime() { inCurl { multi.actOnTime() } }
        multi.forEachEnded { transfer, code in transfer.finish(code) }
        return pacing.looked(readCount: ready.count, hotCount: ready.hotCount, at: now)
    }

    // One pass only: a receiver that pauses and resumes within each delivery must not hold the loop.
    private func catchUp() {
        guard !waiting.isEmpty else { return }
        let row = waiting
        waiting.removeAll(keepingCapacity: true)
        for transfer in row { transfer.catchUp() }
    }

    private func deliver() {
        while !touched.isEmpty || !finished.isEmpty {
            // Two rows in turn: receivers may fill the one while the other is told, and emptying a shared array would make a new one.
            swap(&touched, &toldTouched)
            swap(&finished, &toldFinished)
            for transfer in toldTouched {
                transfer.isTouched = false
                transfer.receiver?.roundEnded()
            }
            for transfer in toldFinished { deliverResult(of: transfer) }
            toldTouched.removeAll(keepingCapacity: true)
            toldFinished.removeAll(keepingCapacity: true)
        }
    }

    private func deliverResult(of transfer: Transfer) {
        // Cancelled by another receiver's callback in the same round: nothing is left to say.
        guard case .finished(let result) = transfer.state, let receiver = transfer.receiver else { return }
        transfer.state = .over
        transfer.receiver = nil
        open[ObjectIdentifier(transfer)] = nil
        receiver.ended(result)
    }

    private func planRound() {
        guard !isRoundPlanned else { return }
        isRoundPlanned = true
        loop.execute(round)
    }

    private func planLaterRound() {
        guard !isLaterRoundPlanned else { return }
        isLaterRoundPlanned = true
        _ = loop.schedule(after: LookPacing.spacing, laterRound)
    }

    private func waitForReadiness() {
        sockets.armTimer()
        guard !isArmed else { return }
        isArmed = true
        readiness?.arm()
    }
}

// What transfers tell their client.
extension UpstreamClient {
    /// Runs something in which libcurl calls back.
    func inCurl<Value>(_ body: () -> Value) -> Value {
        isInsideCurl = true
        defer { isInsideCurl = false }
        let value = body()
        deliverGathered()
        return value
    }

    /// Hands on the bytes that libcurl has handed over so far. Also from inside its callbacks, so that the receiver may not call it.
    func deliverGathered() {
        var bytes: [UInt8] = []
        guard let transfer = gathered.trade(for: &bytes) else { return }
        transfer.deliver(bytes.span)
        gathered.giveBack(&bytes)
    }

    /// Puts off what a transfer needs until libcurl's callbacks have returned.
    func postpone(_ transfer: Transfer) {
        guard !transfer.isWaiting else { return }
        transfer.isWaiting = true
        waiting.append(transfer)
        planRound()
    }

    func transferWasTouched(_ transfer: Transfer) { touched.append(transfer) }

    func transferFinished(_ transfer: Transfer) { finished.append(transfer) }

    func transferIsOver(_ transfer: Transfer) { open[ObjectIdentifier(transfer)] = nil }

    private func spareHandle() throws(UpstreamError) -> EasyHandle {
        if let handle = spareHandles.popLast() { return handle }
        return try EasyHandle()
    }

    /// Takes a handle back, stripped of everything that belonged to its transfer alone. The number of a system's error cannot be taken
    /// from it, and would be read as the next transfer's.
    func recycle(_ handle: EasyHandle) {
        guard handle.systemError == 0 else { return }
        handle.clear()
        if spareHandles.count < Self.spareHandleLimit { spareHandles.append(handle) }
    }
}
