internal import CCurl
internal import Glibc

// What libcurl calls. File-scope functions, never closures: a closure formed in top-level or main-actor code would
// carry that isolation and die on the loop's thread. libcurl forbids most of its own functions in here.

/// Body bytes: `CURLOPT_WRITEFUNCTION`.
func bodyArrived(_ bytes: UnsafeMutablePointer<CChar>, _ size: Int, _ count: Int, _ box: UnsafeMutableRawPointer) -> Int {
    // SAFETY: the box is the transfer, which keeps itself alive while its handle is in the multi handle (`Transfer.attach`);
    // so that it need not be retained for this call, which comes for every chunk of a body; the bytes are libcurl's, valid during
    // this call, and the span does not leave it.
    unsafe Unmanaged<Transfer>.fromOpaque(box)._withUnsafeGuaranteedRef {
        $0.bodyArrived(unsafe Span(_unsafeStart: UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: size * count))
    }
}

/// One line of a head or trailer: `CURLOPT_HEADERFUNCTION`.
func headLineArrived(_ bytes: UnsafeMutablePointer<CChar>, _ size: Int, _ count: Int, _ box: UnsafeMutableRawPointer) -> Int {
    // SAFETY: as in `bodyArrived`.
    unsafe Unmanaged<Transfer>.fromOpaque(box).takeUnretainedValue()
        .headLineArrived(Span(_unsafeStart: UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: size * count))
}

/// The request is about to be written, for the first time or again: `CURLOPT_PREREQFUNCTION`.
func connectionChosen(
    _ box: UnsafeMutableRawPointer, _ peer: UnsafeMutablePointer<CChar>?, _ local: UnsafeMutablePointer<CChar>?, _ peerPort: Int32,
    _ localPort: Int32
) -> Int32 {
    // SAFETY: as in `bodyArrived`.
    let mayWrite = unsafe Unmanaged<Transfer>.fromOpaque(box).takeUnretainedValue().mayWriteRequest()
    return Int32(mayWrite ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT)
}

/// A socket is to be watched differently: `CURLMOPT_SOCKETFUNCTION`.
func socketChanged(
    _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ box: UnsafeMutableRawPointer,
    _ socketBox: UnsafeMutableRawPointer?
) -> Int32 {
    // SAFETY: the box is the socket set, which the multi handle keeps alive until libcurl's last call.
    unsafe Unmanaged<SocketSet>.fromOpaque(box).takeUnretainedValue().watch(socket, for: epollEvents(for: what))
    return 0
}

/// libcurl's timer is to be set: `CURLMOPT_TIMERFUNCTION`.
func timerChanged(_ multi: UnsafeMutableRawPointer, _ milliseconds: Int, _ box: UnsafeMutableRawPointer) -> Int32 {
    // SAFETY: as in `socketChanged`.
    unsafe Unmanaged<SocketSet>.fromOpaque(box).takeUnretainedValue().timerChanged(milliseconds: milliseconds)
    return 0
}

private func epollEvents(for what: Int32) -> UInt32 {
    switch what {
    case CURL_POLL_IN: EPOLLIN.rawValue
    case CURL_POLL_OUT: EPOLLOUT.rawValue
    case CURL_POLL_INOUT: EPOLLIN.rawValue | EPOLLOUT.rawValue
    default: 0
    }
}

/// What libcurl wants to be told about a socket on which epoll reports `events`.
func curlSelection(for events: UInt32) -> Int32 {
    var selection: Int32 = 0
    if events & (EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { selection |= CURL_CSELECT_IN }
    if events & EPOLLOUT.rawValue != 0 { selection |= CURL_CSELECT_OUT }
    if events & EPOLLERR.rawValue != 0 { selection |= CURL_CSELECT_ERR }
    return selection
}
