internal import CCurl
internal import Glibc

// Every call into libcurl that does something, and every pointer it gives out, is in this file. Handles are final
// classes with one owner each: a `Transfer` while it runs, else the client's pool; the client owns the multi handle.
// All of it happens on the loop's thread.
//
// SAFETY of every call below that has no comment of its own: the handle is live from `init` to `deinit` and does not
// leave its class; each setter and getter fixes the C type that its options take (see the shim); numbers are copied, and
// callbacks are file-scope functions. `EasyHandle.setBox` only stores the box; `Transfer` keeps what it points to alive.

/// libcurl's state of the whole process.
enum CurlLibrary {
    /// Whether libcurl could be initialised; done once, at the first use, by whichever thread is first.
    static let isReady: Bool = {
        // OpenSSL may write to a closed socket with plain `write`; the signal's default would end the process.
        // SAFETY: replaces only the default disposition by "ignore"; there is no handler to call.
        var action = sigaction()
        let isDefault = unsafe sigaction(SIGPIPE, nil, &action) == 0 && action.__sigaction_handler.sa_handler == nil
        if isDefault { _ = signal(SIGPIPE, SIG_IGN) }
        return curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK
    }()

    /// Whether a connection with HTTP/2 by prior knowledge can be used again. libcurl 7.88 fails such requests with "Error
    /// in the HTTP2 framing layer" (curl pull request 10643, mended in 8.0.0), so each gets a connection of its own there.
    static let sharesPriorKnowledge: Bool = {
        // SAFETY: the call returns a pointer to static data.
        guard let version = unsafe curl_version_info(CURLVERSION_FIRST)?.pointee.version_num else { return false }
        return !(0x07_58_00..<0x08_00_00).contains(version)
    }()
}

/// One transfer's handle. Used again for later ones: what one request may say otherwise than the next is set each time and taken back
/// at the end; what is the same for all requests of a kind is set once.
@safe final class EasyHandle {
    fileprivate let raw: UnsafeMutableRawPointer
    /// The kind of requests it is set up for; nil after a reset.
    private var kind: RequestKind?
    /// The address it is set to.
    private var url: String?
    /// libcurl keeps the pointer without owning the list.
    private var fields: UnsafeMutablePointer<curl_slist>?

    init() throws(UpstreamError) {
        // SAFETY: the handle is ours alone; `deinit` frees it.
        guard let raw = unsafe curl_easy_init() else { throw .outOfResources }
        unsafe self.raw = raw
    }

    deinit {
        // SAFETY: the owner has removed the handle from the multi handle; the list is freed after its user.
        unsafe curl_easy_cleanup(raw)
        unsafe curl_slist_free_all(fields)
    }

    /// Sets the options that stay while the handle serves requests of one kind. Only `stand` makes one, where of a request no more is known
    /// than its kind: such an option cannot depend on what the next request may say otherwise.
    struct StandingOptions {
        fileprivate let handle: EasyHandle

        func set(_ option: CURLoption, _ value: Int) { handle.set(option, value) }

        func set(_ option: CURLoption, _ value: String) throws(UpstreamError) { try handle.set(option, value) }

        /// Sets what libcurl calls; the box says for which transfer.
        func setCallbacks() {
            // SAFETY: file-scope functions, and a transfer sets its box before it starts.
            unsafe _ = ccurl_easy_set_bytes_callback(handle.raw, CURLOPT_WRITEFUNCTION, bodyArrived)
            unsafe _ = ccurl_easy_set_bytes_callback(handle.raw, CURLOPT_HEADERFUNCTION, headLineArrived)
            unsafe _ = ccurl_easy_set_prerequest_callback(handle.raw, connectionChosen)
        }
    }

    /// Sets all options for requests of this kind, unless they are set. What another kind had set is forgotten before: an option that it had
    /// and this one has not would stay.
    func stand(for kind: RequestKind, _ options: UpstreamClientOptions) throws(UpstreamError) {
        guard kind != self.kind else { return }
        if self.kind != nil { reset() }
        do throws(UpstreamError) {
            try StandingOptions(handle: self).setAll(kind, options)
        } catch {
            reset()
            throw error
        }
        self.kind = kind
    }

    /// Forgets every option, body and field of the last transfer. Connections, name and TLS session caches stay.
    private func reset() {
        // SAFETY: not in a multi handle any more (see the owners); the list is freed once nothing points to it.
        unsafe curl_easy_reset(raw)
        unsafe curl_slist_free_all(fields)
        unsafe fields = nil
        kind = nil
        url = nil
    }

    /// Forgets what belonged to the last transfer alone: its fields, its body, and the way to it.
    func clear() {
        // SAFETY: as in `reset`; libcurl frees its copy of the body, and no callback comes without a transfer.
        unsafe _ = ccurl_easy_set_list(raw, CURLOPT_HTTPHEADER, nil)
        unsafe curl_slist_free_all(fields)
        unsafe fields = nil
        // Only where there is one: the option makes a POST of any request.
        if kind?.method == .post { unsafe _ = ccurl_easy_set_pointer(raw, CURLOPT_COPYPOSTFIELDS, nil) }
        unsafe setBox(nil)
    }

    func setURL(_ url: String) throws(UpstreamError) {
        guard url != self.url else { return }
        self.url = nil
        try set(CURLOPT_URL, url)
        self.url = url
    }

    private func set(_ option: CURLoption, _ value: Int) {
        // SAFETY: the handle lives as long as this object; the option takes a `long`.
        unsafe _ = ccurl_easy_set_long(raw, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) throws(UpstreamError) {
        // SAFETY: libcurl copies the string during the call.
        guard unsafe ccurl_easy_set_string(raw, option, value) == CURLE_OK else { throw .outOfResources }
    }

    /// Sets the fields to send, each a complete line without its end.
    func setFields(_ lines: [String]) throws(UpstreamError) {
        for line in lines {
            // SAFETY: libcurl copies the line; the list's head changes only at the first.
            guard let list = unsafe curl_slist_append(fields, line) else { throw .outOfResources }
            unsafe fields = list
        }
        // SAFETY: libcurl keeps the list's address; the list lives until `reset` or `deinit`.
        unsafe _ = ccurl_easy_set_list(raw, CURLOPT_HTTPHEADER, fields)
    }

    /// Makes it a POST of exactly these bytes, which libcurl copies.
    func setBody(_ body: [UInt8]) throws(UpstreamError) {
        // SAFETY: the option takes a `curl_off_t`.
        unsafe _ = ccurl_easy_set_offset(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        // One byte instead of none: the address of an empty array may be null, which means "read the body by a callback".
        // SAFETY: libcurl copies as many bytes as the option above says, during the call.
        let status = unsafe (body.isEmpty ? [0] : body).withUnsafeBytes { bytes in
            unsafe ccurl_easy_set_pointer(raw, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
        }
        guard status == CURLE_OK else { throw .outOfResources }
    }

    /// Leads libcurl's callbacks to a transfer; nil takes it back.
    func setBox(_ box: UnsafeMutableRawPointer?) {
        // SAFETY: the caller keeps the box alive until it has taken it back with nil; the callbacks are file-scope functions.
        unsafe _ = ccurl_easy_set_pointer(raw, CURLOPT_PRIVATE, box)
        unsafe _ = ccurl_easy_set_pointer(raw, CURLOPT_WRITEDATA, box)
        unsafe _ = ccurl_easy_set_pointer(raw, CURLOPT_HEADERDATA, box)
        unsafe _ = ccurl_easy_set_pointer(raw, CURLOPT_PREREQDATA, box)
    }

    /// Continues a paused transfer. What libcurl held back is delivered from inside this call.
    func unpause() -> CURLcode {
        // SAFETY: called on the loop's thread, outside libcurl's callbacks.
        unsafe curl_easy_pause(raw, CURLPAUSE_CONT)
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        // SAFETY: the call writes one `long`; `value` outlives it.
        unsafe _ = ccurl_easy_get_long(raw, info, &value)
        return value
    }

    func offset(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        // SAFETY: the call writes one `curl_off_t`; `value` outlives it.
        unsafe _ = ccurl_easy_get_offset(raw, info, &value)
        return Int(value)
    }
}

/// The transfers of one loop, with their connections and caches.
@safe final class MultiHandle {
    private let raw: UnsafeMutableRawPointer
    /// The box of both callbacks, kept alive here until libcurl has made its last call.
    private let sockets: SocketSet

    init(sockets: SocketSet, options: UpstreamClientOptions) throws(UpstreamError) {
        // SAFETY: the handle is ours alone; `deinit` frees it.
        guard CurlLibrary.isReady, let raw = unsafe curl_multi_init() else { throw .outOfResources }
        unsafe self.raw = raw
        self.sockets = sockets
        // SAFETY: `sockets` outlives the handle: it is released after `deinit`'s body has run.
        let box = unsafe Unmanaged.passUnretained(sockets).toOpaque()
        unsafe _ = ccurl_multi_set_pointer(raw, CURLMOPT_SOCKETDATA, box)
        unsafe _ = ccurl_multi_set_socket_callback(raw, socketChanged)
        unsafe _ = ccurl_multi_set_pointer(raw, CURLMOPT_TIMERDATA, box)
        unsafe _ = ccurl_multi_set_timer_callback(raw, timerChanged)
        unsafe _ = ccurl_multi_set_long(raw, CURLMOPT_MAXCONNECTS, options.maximumIdleConnections)
        unsafe _ = ccurl_multi_set_long(raw, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    deinit {
        // SAFETY: the owner has removed all easy handles; the callbacks' box is still alive.
        unsafe _ = curl_multi_cleanup(raw)
    }

    func add(_ easy: EasyHandle) -> Bool {
        // SAFETY: the owner keeps the easy handle alive until it has removed it.
        unsafe curl_multi_add_handle(raw, easy.raw) == CURLM_OK
    }

    /// Takes a handle out: a running transfer's connection is closed, or its HTTP/2 stream reset.
    func remove(_ easy: EasyHandle) {
        // SAFETY: both handles are alive, and this is not one of libcurl's callbacks.
        unsafe _ = curl_multi_remove_handle(raw, easy.raw)
    }

    /// Lets libcurl act on a ready socket.
    func act(on socket: Int32, events: Int32) {
        var running: Int32 = 0
        // SAFETY: the count is written during the call.
        unsafe _ = curl_multi_socket_action(raw, socket, events, &running)
    }

    /// Lets libcurl act on what its timer was set for.
    func actOnTime() { act(on: noSocket, events: 0) }

    /// Calls `body` for each transfer that has ended since the last time.
    func forEachEnded(_ body: (_ transfer: Transfer, _ code: CURLcode) -> Void) {
        var remaining: Int32 = 0
        // SAFETY: the message is valid until the next call into the multi handle, and is read before that. The private
        // pointer is the box set by `setBox`, which its transfer keeps alive until the handle has been removed.
        while let message = unsafe curl_multi_info_read(raw, &remaining) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else { continue }
            let code = unsafe message.pointee.data.result
            var box: UnsafeMutableRawPointer?
            unsafe _ = ccurl_easy_get_private(easy, &box)
            guard let box = unsafe box else { continue }
            unsafe body(Unmanaged<Transfer>.fromOpaque(box).takeUnretainedValue(), code)
        }
    }
}

/// `CURL_SOCKET_TIMEOUT`: "no socket, but time has passed". The macro is a cast, which Swift does not import.
private let noSocket: Int32 = -1
