/// Where an upstream listens: an `http` or `https` address without user name, query and fragment.
public struct UpstreamAddress: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is not an address. The text itself is never repeated: it may hold a password.
    public enum Fault: Error, Sendable, Equatable {
        case scheme
        case host
        case port
        case credentials
        case queryOrFragment
        case characters
    }

    /// Whether TLS is spoken.
    public let isSecure: Bool
    /// The host name or address; an IPv6 address keeps its brackets.
    public let host: String
    /// The port, given or implied by the scheme.
    public let port: Int
    /// Whether the port was written.
    let isPortGiven: Bool
    /// The path in front of every end point, without a slash at the end; empty if there was none.
    public let path: String
    /// The address in its normal form, without a slash at the end.
    public let description: String

    /// Reads an address (RFC 3986, the `http` and `https` forms).
    ///
    /// - Parameter text: the address, for example `https://api.example.com/v1`.
    /// - Throws: what is wrong with it.
    public init(_ text: String) throws(Fault) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.forbidden.contains($0) }) else { throw .characters }
        var rest = Substring(text)
        if let after = Self.dropping("https://", from: rest) {
            isSecure = true
            rest = after
        } else if let after = Self.dropping("http://", from: rest) {
            isSecure = false
            rest = after
        } else {
            throw .scheme
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { throw .credentials }
        rest = rest.dropFirst(authority.count)
        guard !rest.contains("?"), !rest.contains("#") else { throw .queryOrFragment }
        let (name, number) = try Self.split(authority)
        while rest.last == "/" { rest.removeLast() }
        host = name.lowercased()
        port = number ?? (isSecure ? 443 : 80)
        isPortGiven = number != nil
        path = String(rest)
        description = (isSecure ? "https://" : "http://") + host + (number.map { ":\($0)" } ?? "") + path
    }

    /// An address made of parts that are known to be good.
    private init(localPort port: Int) {
        isSecure = false
        host = "localhost"
        self.port = port
        isPortGiven = true
        path = ""
        description = "http://localhost:\(port)"
    }

    /// `http://localhost:9000`.
    static let standard = UpstreamAddress(localPort: 9000)

    /// Whether the host is this machine by its usual names.
    var isLocal: Bool { host == "localhost" || host == "[::1]" || host.hasPrefix("127.") }

    /// The address of one end point. An address without a path stands for the root of a server and gets `/v1`; one with
    /// a path (`/v1`, `/api/v1`, `/v1beta/openai`) is used as it is.
    ///
    /// - Parameter name: what follows the version, for example `chat/completions`.
    /// - Returns: the whole address.
    public func endpoint(_ name: String) -> String {
        description + (path.isEmpty ? "/v1/" : "/") + name
    }

    private static let forbidden = Set("\"<>\\^`{|}".utf8)

    private static func dropping(_ scheme: String, from text: Substring) -> Substring? {
        let head = text.prefix(scheme.count)
        return head.lowercased() == scheme ? text.dropFirst(scheme.count) : nil
    }

    private static func split(_ authority: Substring) throws(Fault) -> (host: String, port: Int?) {
        let end = authority.first == "[" ? authority.firstIndex(of: "]") : nil
        let afterHost = end.map { authority.index(after: $0) } ?? authority.firstIndex(of: ":") ?? authority.endIndex
        let host = authority[..<afterHost]
        let isBracketed = authority.first == "["
        guard !host.isEmpty, isBracketed ? (end != nil && host.count > 2) : host.allSatisfy(isNamePart) else { throw .host }
        let rest = authority[afterHost...]
        guard !rest.isEmpty else { return (String(host), nil) }
        guard rest.first == ":" else { throw .host }
        let digits = rest.dropFirst()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits), (1...65535).contains(port)
        else { throw .port }
        return (String(host), port)
    }

    private static func isNamePart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "-._~%".contains(character)
    }
}
