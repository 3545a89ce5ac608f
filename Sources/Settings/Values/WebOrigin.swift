/// The origin of a web page as browsers send it: scheme, host, and the port unless it is the scheme's own (RFC 6454, section 6.2).
public struct WebOrigin: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is not an origin.
    public enum Fault: Error, Sendable, Equatable {
        case star
        case address
        case path
        case standardPort
    }

    /// Its one spelling.
    public let description: String

    /// Reads an origin. Only the spelling that browsers send is taken, for it is compared byte for byte.
    ///
    /// - Parameter text: the origin, for example `https://chat.example.com`.
    /// - Throws: what is wrong with it.
    public init(_ text: String) throws(Fault) {
        guard text != "*" else { throw .star }
        let address: UpstreamAddress
        do throws(UpstreamAddress.Fault) { address = try UpstreamAddress(text) } catch { throw .address }
        guard address.path.isEmpty, text.last != "/" else { throw .path }
        guard !address.isPortGiven || address.port != (address.isSecure ? 443 : 80) else { throw .standardPort }
        description = address.description
    }
}

/// Which web pages may ask: those whose origin is listed, and no other.
public struct CrossOriginSettings: Sendable {
    /// The origins; none of them switches the answers for browsers off.
    public var origins: [WebOrigin] = []
}

extension Grammar where Value == WebOrigin {
    /// An origin of web pages.
    static var origin: Grammar {
        scalar("origin", expected: "an origin such as https://chat.example.com", show: { $0.description }) { text throws(ValueFault) in
            do throws(WebOrigin.Fault) {
                return try WebOrigin(text)
            } catch {
                switch error {
                case .star: throw .rule("every origin has to be named: * would let any web page use this proxy from inside")
                case .address: throw .unexpected(hint: nil)
                case .path: throw .rule("an origin has no path and no slash at its end")
                case .standardPort: throw .rule("browsers leave the scheme's own port out of an origin, so this would never fit")
                }
            }
        }
    }
}
