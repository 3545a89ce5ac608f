internal import CCurl

// What libcurl is told about a request: once for all requests of a kind, and each time what may differ among them.

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
        try stand(for: RequestKind(request), options)
        // What the next three set, they or `clear` take back.
        try setURL(request.url)
        try setFields(request.fieldLines)
        if request.method == .post { try setBody(request.body) }
    }
}

extension EasyHandle.StandingOptions {
    func setAll(_ kind: RequestKind, _ options: UpstreamClientOptions) throws(UpstreamError) {
        setCallbacks()
        try set(CURLOPT_USERAGENT, options.userAgent)
        // An empty string, unlike none, keeps libcurl from reading the environment's proxy variables.
        try set(CURLOPT_PROXY, options.proxy ?? "")
        try set(CURLOPT_NOPROXY, "")
        if let caFile = kind.caFile { try set(CURLOPT_CAINFO, caFile) }
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, kind.httpVersion.curlValue)
        if kind.httpVersion == .http2PriorKnowledge, !CurlLibrary.sharesPriorKnowledge {
            set(CURLOPT_FRESH_CONNECT, 1)
            set(CURLOPT_FORBID_REUSE, 1)
        }
        if kind.wantsFreshConnection { set(CURLOPT_FRESH_CONNECT, 1) }
        setConnectionBehaviour(kind, options)
        setResponseBehaviour()
    }

    private func setConnectionBehaviour(_ kind: RequestKind, _ options: UpstreamClientOptions) {
        set(CURLOPT_NOSIGNAL, 1)
        // A name lookup still under way at a cancellation is abandoned, not waited for on the loop's thread.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, kind.connectTimeout.wholeMilliseconds))
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
