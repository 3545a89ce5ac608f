/// What a request must fulfil before any of it reaches libcurl, which checks neither control characters in fields nor
/// that a field leaves its framing alone.
extension UpstreamRequest {
    func check() throws(UpstreamError) {
        try checkURL()
        for (position, header) in headers.enumerated() {
            guard header.name.isToken, header.value.isFieldValue else { throw .invalidHeader(position: position) }
            if reservedFieldNames.contains(header.name.lowercased()) { throw .reservedHeader(position: position) }
        }
    }

    private func checkURL() throws(UpstreamError) {
        // Printable ASCII only: no space, control character or NUL (where C would end the string); and no backslash, which
        // parsers take for a slash or not.
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { throw .invalidURL }
        guard let scheme = ["http://", "https://"].first(where: { url.lowercased().hasPrefix($0) }) else { throw .invalidURL }
        let authority = url.utf8.dropFirst(scheme.utf8.count).prefix { !"/?#".utf8.contains($0) }
        guard !authority.isEmpty, !authority.contains(UInt8(ascii: "@")) else { throw .invalidURL }
    }

    /// The fields as libcurl takes them, together with those that keep it from adding its own.
    var fieldLines: [String] {
        var lines = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // A name with a colon and nothing behind it removes what libcurl would add: a wait of one second for
        // "100 Continue" before bodies over 1 MiB, "Accept: */*", and a form's content type.
        lines.append("Expect:")
        for name in ["accept", "content-type"] where !headers.contains(where: { $0.name.lowercased() == name }) {
            lines.append("\(name):")
        }
        return lines
    }
}

/// Fields of the framing and of the connection (RFC 9110, section 7.6.1, and RFC 9112, section 6).
private let reservedFieldNames: Set<String> = [
    "connection", "content-length", "expect", "http2-settings", "keep-alive", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade",
]

extension String {
    /// A token of RFC 9110, section 5.6.2.
    fileprivate var isToken: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// A field value without control characters; tabs are allowed (RFC 9110, section 5.5).
    fileprivate var isFieldValue: Bool {
        utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == UInt8(ascii: "\t") }
    }
}
