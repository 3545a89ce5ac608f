/// One request header sent to an upstream besides those the proxy writes. Its value may be a credential, so it is a secret.
public struct HeaderField: Sendable, Hashable {
    /// The name, as written.
    public let name: String
    /// The value: visible characters, spaces and tabs only.
    public let value: Secret

    /// Why a name or a value cannot be a header.
    enum Fault: Error {
        case notAToken
        case ours
        case controlCharacter
    }

    /// Checks a name and a value (RFC 9110, section 5).
    init(checking name: String, value: String) throws(Fault) {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte) else { throw .notAToken }
        guard !Self.written.contains(name.lowercased()) else { throw .ours }
        guard value.utf8.allSatisfy({ ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x09 }) else { throw .controlCharacter }
        self.name = name
        self.value = Secret(value)
    }

    /// What frames the message or belongs to one hop; written by the proxy or its HTTP library.
    private static let written: Set<String> = [
        "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host", "keep-alive",
        "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
