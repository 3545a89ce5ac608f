import AgentAPIs

/// The functions' names in the body: `[A-Za-z0-9_-]{1,64}`, each used once, and the way back from them.
///
/// Names that are valid already keep themselves; the others come after them, in order. So a tool's name depends on the tools only, and stays
/// the same as long as they do: a changed name early in the prompt would cost the upstream its prefix cache.
struct ToolNames: Sendable {
    /// The way back.
    private(set) var routes = ToolRoutes()
    private var flat: [ToolKey: String] = [:]
    private var taken: Set<String> = []
    /// The next number to try behind a name that is taken.
    private var numbers: [String: Int] = [:]

    static let longest = 64

    /// Names for `keys`, which are different.
    init(_ keys: [ToolKey]) {
        let joined = keys.map { ($0, ToolNames.joined($0)) }
        for (key, name) in joined where ToolNames.isValid(name) { assign(name, to: key) }
        for (key, name) in joined where !ToolNames.isValid(name) { assign(ToolNames.valid(name), to: key) }
    }

    /// The function's name of a tool. One that the request does not offer keeps its own as far as it is valid: an old call in the history.
    func name(of key: ToolKey) -> String {
        if let name = flat[key] { return name }
        var other = key
        other.isCustom.toggle()
        return flat[other] ?? ToolNames.valid(ToolNames.joined(key))
    }

    /// Whether the request offers the tool.
    func knows(_ key: ToolKey) -> Bool { flat[key] != nil }

    private mutating func assign(_ name: String, to key: ToolKey) {
        guard flat[key] == nil else { return }
        let unique = unused(name)
        taken.insert(unique)
        flat[key] = unique
        routes[unique] = ToolRoute(kind: key.isCustom ? .custom : .function, namespace: key.namespace, name: key.name)
    }

    private mutating func unused(_ name: String) -> String {
        guard taken.contains(name) else { return name }
        // The number goes on where it stopped for this name: a thousand equal names stay linear.
        var number = numbers[name] ?? 2
        while true {
            let suffix = "_\(number)"
            number += 1
            let candidate = String(name.prefix(ToolNames.longest - suffix.utf8.count)) + suffix
            if !taken.contains(candidate) {
                numbers[name] = number
                return candidate
            }
        }
    }

    private static func joined(_ key: ToolKey) -> String { key.namespace.map { "\($0)__\(key.name)" } ?? key.name }

    static func isValid(_ name: String) -> Bool {
        let bytes = name.utf8
        return !bytes.isEmpty && bytes.count <= longest && bytes.allSatisfy(isAllowed)
    }

    /// `name` with an underscore for every character that is not allowed, cut to the longest.
    static func valid(_ name: String) -> String {
        var output = ""
        for scalar in name.unicodeScalars.prefix(longest) {
            output.unicodeScalars.append(scalar.isASCII && isAllowed(UInt8(scalar.value)) ? scalar : "_")
        }
        return output.isEmpty ? "tool" : output
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
