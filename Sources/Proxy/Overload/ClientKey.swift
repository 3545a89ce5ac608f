/// Who a request is counted for: the token it shows, or without tokens the network it comes from.
enum ClientKey: Hashable, Sendable {
    case token(Int)
    /// An IPv4 address, or the first 64 bits of an IPv6 address: whoever has one address of such a network has all of them.
    case network(String)

    /// The network of a numeric address as `inet_ntop` writes it.
    init(address: String) {
        guard address.contains(":") else {
            self = .network(address)
            return
        }
        // IPv4 in the form of IPv6 (RFC 4291, section 2.5.5.2).
        if address.contains("."), let last = address.split(separator: ":").last {
            self = .network(String(last))
            return
        }
        self = .network(ClientKey.groups(address.prefix { $0 != "%" }).prefix(4).joined(separator: ":") + "::/64")
    }

    /// The eight groups of an IPv6 address, those left out filled in.
    private static func groups(_ address: Substring) -> [Substring] {
        var before: [Substring] = []
        var after: [Substring]?
        for group in address.split(separator: ":", omittingEmptySubsequences: false) {
            if group.isEmpty {
                if after == nil, !before.isEmpty || address.hasPrefix("::") { after = [] }
            } else if after != nil {
                after?.append(group)
            } else {
                before.append(group)
            }
        }
        guard let after else { return before }
        return before + [Substring](repeating: "0", count: max(0, 8 - before.count - after.count)) + after
    }
}
