internal import CCurl
internal import Glibc

// libcurl's codes and figures in this module's words.

/// What a request says about its transfer, but for address, fields and body: mostly the same for all requests to an upstream.
struct RequestKind: Equatable {
    let method: UpstreamRequest.Method
    let connectTimeout: Duration
    let httpVersion: HTTPVersionPreference
    let caFile: String?
    let wantsFreshConnection: Bool

    init(_ request: UpstreamRequest) {
        method = request.method
        connectTimeout = request.connectTimeout
        httpVersion = request.httpVersion
        caFile = request.caFile
        wantsFreshConnection = request.wantsFreshConnection
    }
}

extension EasyHandle {
    /// Sets everything that a request and the client's options say. The options are those of all requests this handle was used for.
    func prepare(_ request: UpstreamRequest, _ options: UpstreamClientOptions) throws(UpstreamError) {
        let kind = RequestKind(request)
        if kind != self.kind {
            // Not one by one: an option that the last kind had and this one has not would stay.
            if self.kind != nil { reset() }
            try setUp(request, options)
            self.kind = kind
        }
        try setURL(request.url)
        try setFields(request.fieldLines)
        if request.method == .post { try setBody(request.body) }
    }

    private func setUp(_ request: UpstreamRequest, _ options: UpstreamClientOptions) throws(UpstreamError) {
        setCallbacks()
        try set(CURLOPT_USERAGENT, options.userAgent)
        // An empty string, unlike none, keeps libcurl from reading the environment's proxy variables.
        try set(CURLOPT_PROXY, options.proxy ?? "")
        try set(CURLOPT_NOPROXY, "")
        if let caFile = request.caFile { try set(CURLOPT_CAINFO, caFile) }
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, request.httpVersion.curlValue)
        if request.httpVersion == .http2PriorKnowledge, !CurlLibrary.sharesPriorKnowledge {
            set(CURLOPT_FRESH_CONNECT, 1)
            set(CURLOPT_FORBID_REUSE, 1)
        }
        if request.wantsFreshConnection { set(CURLOPT_FRESH_CONNECT, 1) }
        setConnectionBehaviour(request, options)
        setResponseBehaviour()
    }

    private func setConnectionBehaviour(_ request: UpstreamRequest, _ options: UpstreamClientOptions) {
        set(CURLOPT_NOSIGNAL, 1)
        // A name lookup still under way at a cancellation is abandoned, not waited for on the loop's thread.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, request.connectTimeout.wholeMilliseconds))
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 30)
        set(CURLOPT_TCP_KEEPINTVL, 15)
        set(CURLOPT_MAXAGE_CONN, max(1, options.maximumIdleAge.wholeMilliseconds / 1000))
        set(CURLOPT_MAXLIFETIME_CONN, max(1, options.maximumConnectionAge.wholeMilliseconds / 1000))
        set(CURLOPT_DNS_CACHE_TIMEOUT, 60)
        set(CURLOPT_BUFFERSIZE, options.readBufferByteCount)
    }

    private func setResponseBehaviour() {
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_FAILONERROR, 0)
        set(CURLOPT_HTTP09_ALLOWED, 0)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_HTTP_CONTENT_DECODING, 0)
    }

    /// What the finished transfer took.
    func statistics(retries: Int) -> TransferStatistics {
        TransferStatistics(
            bodyByteCount: offset(CURLINFO_SIZE_DOWNLOAD_T),
            connected: .microseconds(offset(CURLINFO_CONNECT_TIME_T)),
            secured: .microseconds(offset(CURLINFO_APPCONNECT_TIME_T)),
            firstByte: .microseconds(offset(CURLINFO_STARTTRANSFER_TIME_T)),
            total: .microseconds(offset(CURLINFO_TOTAL_TIME_T)),
            reusedConnection: long(CURLINFO_NUM_CONNECTS) == 0,
            httpVersion: TransferStatistics.HTTPVersion(curlValue: long(CURLINFO_HTTP_VERSION)),
            retriesOnDeadConnection: retries)
    }

    /// Why the transfer ended with `code`; nil for success.
    func failure(_ code: CURLcode, afterHead: Bool) -> UpstreamError? {
        switch code {
        case CURLE_OK: nil
        case CURLE_URL_MALFORMAT: .invalidURL
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .hostNotFound
        case CURLE_COULDNT_CONNECT: .unreachable
        // The only time limit that libcurl is given is the one for connecting.
        case CURLE_OPERATION_TIMEDOUT: .connectTimeout
        case CURLE_PARTIAL_FILE: .truncated
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_HTTP2_STREAM: .reset(afterHead: afterHead)
        // Also libcurl's code for a bad chunk size; only a broken connection leaves such an `errno`.
        case CURLE_RECV_ERROR: isBroken || secured ? .reset(afterHead: afterHead) : .malformed
        case CURLE_SSL_CONNECT_ERROR, CURLE_USE_SSL_FAILED, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED: .insecure(.handshake)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS: .insecure(.certificate)
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CRL_BADFILE: .insecure(.trustedCertificates)
        // Also libcurl's code for a head with a line that is longer than it takes; that there is a byte of it tells the two apart.
        case CURLE_OUT_OF_MEMORY: offset(CURLINFO_STARTTRANSFER_TIME_T) > 0 && !afterHead ? .malformed : .outOfResources
        default: .malformed
        }
    }

    /// libcurl sets the number at a failure and never takes it back: an address of the host that refused, before another one was
    /// found to listen, leaves its own.
    private var isBroken: Bool { systemError != 0 && systemError != Int(ECONNREFUSED) }

    /// The system's error number of the last failure, of whatever transfer; 0 as long as there was none.
    var systemError: Int { long(CURLINFO_OS_ERRNO) }

    private var secured: Bool { offset(CURLINFO_APPCONNECT_TIME_T) > 0 }
}

extension HTTPVersionPreference {
    fileprivate var curlValue: Int {
        switch self {
        case .automatic: CURL_HTTP_VERSION_2TLS
        case .http1: CURL_HTTP_VERSION_1_1
        case .http2PriorKnowledge: CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
        }
    }
}

extension TransferStatistics.HTTPVersion {
    fileprivate init(curlValue: Int) {
        switch curlValue {
        case CURL_HTTP_VERSION_1_0: self = .http1_0
        case CURL_HTTP_VERSION_1_1: self = .http1_1
        case CURL_HTTP_VERSION_2_0: self = .http2
        default: self = .other
        }
    }
}
