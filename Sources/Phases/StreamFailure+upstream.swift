public import ChatDelta
public import JSONBytes

extension StreamFailure {
    /// The most bytes of an upstream's error text that are passed on.
    public static let maximumForeignTextBytes = 500

    /// An error that the upstream reported inside its stream or body.
    ///
    /// - Parameters:
    ///   - fault: what it said; nil when it said nothing readable.
    ///   - data: the bytes the fault's ranges point into.
    ///   - secrets: byte strings that are blanked out: providers repeat keys in their messages.
    /// - Returns: a failure with a code of ours and the upstream's text, bounded and without control characters.
    public static func upstreamError(_ fault: Delta.Fault, in data: Span<UInt8>, hiding secrets: [[UInt8]]) -> StreamFailure {
        var failure = upstreamError(nil)
        if fault.isRateLimit(in: data) {
            failure.code = "upstream_rate_limited"
            failure.type = "rate_limit_error"
            failure.status = 429
            failure.countsAgainstUpstream = false
            failure.message = "The upstream reported a rate limit."
        } else if fault.isAboutCredentials(in: data) {
            // Its own words may name a key, and help only those who configured it.
            return .credentials
        } else if let status = fault.status, [400, 404, 413, 422].contains(status) {
            // The request is at fault: no other upstream would do better.
            failure.code = "upstream_rejected"
            failure.type = "invalid_request_error"
            failure.status = status
            failure.countsAgainstUpstream = false
            failure.message = "The upstream rejected the request."
        }
        if let text = foreignText(fault.message, in: data, hiding: secrets) { failure.message += " It said: \(text)" }
        return failure
    }

    /// An error that the upstream reported without a readable text.
    public static func upstreamError(_ nothing: Never?) -> StreamFailure {
        StreamFailure(code: "upstream_error", message: "The upstream reported an error.", status: 502)
    }

    /// The upstream refused, inside its stream or body, the key it was sent.
    public static let credentials = StreamFailure(
        code: "upstream_auth", message: "The upstream refused the credentials it was sent. Check the upstream's API key.", status: 502,
        countsAgainstUpstream: false)

    /// An upstream's text made fit for a client: decoded, bounded, on one line, without secrets and without a chunk's reasoning. Nil when
    /// nothing is left.
    public static func foreignText(_ string: JSONString?, in data: Span<UInt8>, hiding secrets: [[UInt8]]) -> String? {
        guard let string else { return nil }
        var bytes: [UInt8] = []
        var decoder = JSONTextDecoder()
        decoder.decode(string, in: data, to: &bytes)
        decoder.finish(to: &bytes)
        // Blanked out before the text is cut: a cut secret would not be found.
        for secret in secrets { bytes.blankOut(secret) }
        bytes.cutWhereThoughtsBegin()
        if bytes.count > maximumForeignTextBytes {
            var end = maximumForeignTextBytes
            while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            bytes.removeSubrange(end...)
        }
        for index in bytes.indices where bytes[index] < 0x20 || bytes[index] == 0x7F { bytes[index] = 0x20 }
        let text = String(decoding: UTF8Repair.repaired(bytes.span), as: UTF8.self)  // WHY: an error's text, once per failure
        return text.allSatisfy(\.isWhitespace) ? nil : text
    }
}

extension Delta.Fault {
    func isRateLimit(in data: Span<UInt8>) -> Bool {
        if status == 429 { return true }
        for string in [type, code] {
            guard let string else { continue }
            let name = data.extracting(string.content)
            if name.spells("rate_limit_error") || name.spells("rate_limit_exceeded") || name.spells("insufficient_quota") { return true }
        }
        return false
    }
}

extension Delta.Fault {
    private static let credentialNames = [
        "invalid_api_key", "authentication_error", "permission_error", "permission_denied", "unauthorized", "unauthenticated",
        "UNAUTHENTICATED", "PERMISSION_DENIED", "incorrect_api_key", "account_deactivated",
    ]

    /// The status that stands for a refused key, or a name that does.
    func isAboutCredentials(in data: Span<UInt8>) -> Bool {
        if let status, [401, 402, 403].contains(status) { return true }
        for string in [type, code] {
            guard let string else { continue }
            let name = data.extracting(string.content)
            for known in Delta.Fault.credentialNames where name.spells(known) { return true }
        }
        return false
    }
}

extension [UInt8] {
    /// Replaces every occurrence of `secret` by asterisks; secrets of fewer than 4 bytes are not looked for.
    mutating func blankOut(_ secret: [UInt8]) {
        guard secret.count >= 4, count >= secret.count else { return }
        var index = 0
        while index + secret.count <= count {
            if self[index..<index + secret.count].elementsEqual(secret) {
                for offset in 0..<secret.count { self[index + offset] = UInt8(ascii: "*") }
                index += secret.count
            } else {
                index += 1
            }
        }
    }
}
