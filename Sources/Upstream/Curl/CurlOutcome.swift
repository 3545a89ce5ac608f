internal import CCurl
internal import Glibc

// libcurl's codes and figures in this module's words.

extension EasyHandle {
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
