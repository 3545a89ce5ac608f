internal import CCurl

// What libcurl's callbacks tell a transfer. No function of libcurl may be called in here.
extension Transfer {
    /// Body bytes have come; the receiver gets them when libcurl's call returns, or when there is no room for more.
    ///
    /// - Returns: what libcurl is to be told: all taken, paused, or (0) stop.
    func bodyArrived(_ bytes: Span<UInt8>) -> Int {
        if !client.gathered.hasRoom(for: bytes.count, of: self) { client.deliverGathered() }
        // Whoever was told of bytes may have stopped this transfer, or paused it.
        guard isRunning, refusal == nil else { return 0 }
        if dropsBody { return bytes.count }
        if isPaused {
            isHeldByCurl = true
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        client.gathered.add(bytes, of: self)
        return bytes.count
    }

    /// The bytes that were gathered: all that came since the receiver was told of anything last.
    func deliver(_ bytes: Span<UInt8>) {
        guard isRunning, let receiver else { return }
        if !isTouched {
            isTouched = true
            client.transferWasTouched(self)
        }
        receiver.received(bytes)
    }

    /// One line of a head or a trailer has come.
    ///
    /// - Returns: the number of bytes for "go on", 0 for "stop".
    func headLineArrived(_ line: Span<UInt8>) -> Int {
        guard isRunning, refusal == nil else { return 0 }
        switch headReader.append(line) {
        case .incomplete: break
        case .complete(let head): headArrived(head)
        case .refused(let error): refusal = error
        }
        return isRunning && refusal == nil ? line.count : 0
    }

    private func headArrived(_ head: ResponseHead) {
        // Another transfer's, from the same HTTP/2 connection: what came first is told first.
        client.deliverGathered()
        guard isRunning else { return }
        if (300..<400).contains(head.status) {
            refusal = .redirected(status: head.status)
        } else if head.isEncoded {
            // The status of an error says what is needed; its page is not.
            if head.status < 300 { refusal = .unexpectedEncoding } else { dropsBody = true }
        }
        guard refusal == nil else { return }
        hasHead = true
        receiver?.receivedHead(head)
    }

    /// A connection is chosen and the request is about to be written to it.
    ///
    /// libcurl sends a request again, up to five times and also a POST, when a kept connection dies before a byte of the
    /// response. An upstream that had begun to work would run it twice. Each attempt passes here, so the second is allowed
    /// only for a request that may be repeated, and a third never.
    func mayWriteRequest() -> Bool {
        client.deliverGathered()
        attempts += 1
        guard isRunning else { return false }
        guard attempts == 1 || (attempts == 2 && isIdempotent) else {
            refusal = .stalePooledConnection
            return false
        }
        receiver?.connected()
        return isRunning
    }
}

extension ResponseHead {
    /// Whether the body is in a coding other than plain or chunked.
    fileprivate var isEncoded: Bool {
        headers.contains { name, value in
            switch name {
            case "content-encoding": !value.isEmpty && value.lowercased() != "identity"
            case "transfer-encoding": !value.isEmpty && !["chunked", "identity"].contains(value.lowercased())
            default: false
            }
        }
    }
}
