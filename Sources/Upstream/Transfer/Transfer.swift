internal import CCurl

/// One request under way, as its owner holds it. All members belong to the loop's thread.
///
/// - `running`: the receiver is to hear of everything that happens.
/// - `finished`: libcurl is done with it; the receiver will hear the result before this round ends.
/// - `over`: the receiver has heard the result, or the transfer was cancelled; nothing happens any more.
///
/// `@unchecked Sendable`: used on the client's loop only, which every public member checks; it is sendable so that tasks
/// for that loop may capture it.
public final class Transfer: @unchecked Sendable {
    enum State {
        case running
        case finished(Result<TransferStatistics, UpstreamError>)
        case over
    }

    let client: UpstreamClient
    let isIdempotent: Bool
    var state = State.running
    var receiver: (any TransferReceiver)?
    var headReader: HeadReader
    /// How often the request was about to be written to a connection.
    var attempts = 0
    var hasHead = false
    /// Whether the body is of no use to the receiver: an error page in an encoding that was not asked for.
    var dropsBody = false
    /// Why one of our own callbacks stopped libcurl.
    var refusal: UpstreamError?
    /// Whether libcurl holds bytes back because it was told to pause.
    var isHeldByCurl = false
    /// Whether the receiver got bytes in this round.
    var isTouched = false
    /// Whether it stands in the client's row of deferred effects.
    var isWaiting = false
    /// The handle, from the start until libcurl is done with it.
    private var easy: EasyHandle?
    private var isJoined = false

    /// Whether delivery is paused.
    public internal(set) var isPaused = false

    init(_ request: UpstreamRequest, client: UpstreamClient, receiver: any TransferReceiver) {
        self.client = client
        self.receiver = receiver
        headReader = HeadReader(maximumBytes: request.maximumHeadBytes, maximumFields: request.maximumHeadFields)
        isIdempotent = request.isIdempotent
    }

    /// Stops the delivery of body bytes at once. libcurl reads one more buffer at most, then leaves the socket alone, so
    /// that the upstream is held back. A paused transfer does not notice that its upstream has gone. Idempotent.
    ///
    /// On HTTP/2 the upstream may still send as much as the stream's window grants.
    public func pause() {
        client.checkThread()
        guard isRunning else { return }
        // Said to libcurl when it next has bytes to deliver: a pause that meets none costs nothing.
        isPaused = true
    }

    /// Continues delivery, beginning on a later turn of the loop. Idempotent.
    public func resume() {
        client.checkThread()
        guard isRunning, isPaused else { return }
        isPaused = false
        if isHeldByCurl { client.postpone(self) }
    }

    /// Ends the transfer without another word to the receiver, and closes the connection (HTTP/1) or resets the stream
    /// (HTTP/2): at once, or, from inside a receiver's callback, before the round ends. Idempotent.
    public func cancel() {
        client.checkThread()
        guard !isOver else { return }
        state = .over
        receiver = nil
        client.transferIsOver(self)
        if client.isInsideCurl { client.postpone(self) } else { detach() }
    }

    var isRunning: Bool { if case .running = state { true } else { false } }
    var isOver: Bool { if case .over = state { true } else { false } }
}

// The way into libcurl and out of it.
extension Transfer {
    /// Takes a prepared handle. Its pointer to this object is retained until ``detach()``.
    func attach(_ handle: EasyHandle) {
        // SAFETY: released by `detach`, exactly once, when the handle has left the multi handle.
        unsafe handle.setBox(Unmanaged.passRetained(self).toOpaque())
        easy = handle
    }

    /// Hands the transfer to libcurl. Not from inside one of libcurl's callbacks.
    func join() throws(UpstreamError) {
        guard let easy, client.multi.add(easy) else {
            detach()
            throw .outOfResources
        }
        isJoined = true
    }

    /// Takes the transfer out of libcurl, whatever its state there, and gives the handle back to the client. Not from
    /// inside one of libcurl's callbacks.
    func detach() {
        guard let handle = easy else { return }
        easy = nil
        if isJoined { client.multi.remove(handle) }
        handle.clear()
        // What a failure leaves in a handle outlives its reset: the next transfer would be told the old `errno`.
        if case .finished(.success) = state { client.recycle(handle) }
        // SAFETY: balances the retain in `attach`. The handle was cleared, so no pointer to this object is left in it, and
        // the caller's own reference keeps it alive until this method has returned.
        unsafe Unmanaged.passUnretained(self).release()
    }

    /// Does what could not be done inside libcurl's callbacks.
    func catchUp() {
        isWaiting = false
        if isOver { return detach() }
        guard isRunning else { return }
        if !isJoined { return joinLate() }
        guard isHeldByCurl, !isPaused, let easy else { return }
        isHeldByCurl = false
        let code = client.inCurl { easy.unpause() }
        // A refusal or a cancellation from inside the delivery: the transfer is not reported as ended in this case.
        if code != CURLE_OK, isRunning { finish(code) }
    }

    private func joinLate() {
        do throws(UpstreamError) {
            try join()
        } catch {
            state = .finished(.failure(error))
            client.transferFinished(self)
        }
    }

    /// Notes the result and leaves libcurl; the client delivers the result later in this round.
    func finish(_ code: CURLcode) {
        guard isRunning, let easy else { return }
        state = .finished(outcome(code, easy))
        detach()
        client.transferFinished(self)
    }

    private func outcome(_ code: CURLcode, _ easy: EasyHandle) -> Result<TransferStatistics, UpstreamError> {
        if let refusal { return .failure(refusal) }
        if let failure = easy.failure(code, afterHead: hasHead) { return .failure(failure) }
        // Only an endless row of interim heads ends well without a final one.
        return hasHead ? .success(easy.statistics(retries: max(0, attempts - 1))) : .failure(.malformed)
    }
}
