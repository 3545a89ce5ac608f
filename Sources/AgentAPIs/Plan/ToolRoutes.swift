/// What the client calls a tool that the upstream knows as a function with a flat name.
public struct ToolRoute: Sendable, Equatable {
    /// How the client wants the tool called.
    public enum Kind: Sendable, Equatable {
        /// With arguments that are a JSON object.
        case function
        /// With free text, which the upstream was asked to give as the one string `input` of an object.
        case custom
    }

    /// How the client wants it called.
    public var kind: Kind
    /// The namespace the tool stands in; nil for none.
    public var namespace: String?
    /// The tool's name within it.
    public var name: String

    /// A route from its parts.
    public init(kind: Kind = .function, namespace: String? = nil, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }
}

/// The way back from the flat names that one request's upstream knows to the client's tools.
public struct ToolRoutes: Sendable {
    private var routes: [[UInt8]: ToolRoute] = [:]

    /// No tools.
    public init() {}

    /// The route of the function that the upstream knows as `flatName`.
    public subscript(flatName: String) -> ToolRoute? {
        get { routes[Array(flatName.utf8)] }
        set { routes[Array(flatName.utf8)] = newValue }
    }

    /// Whether there are none.
    public var isEmpty: Bool { routes.isEmpty }

    /// Whether `name` is one of the request's functions as the upstream knows them.
    func knows(_ name: [UInt8]) -> Bool { routes[name] != nil }

    /// The route of a function as a model has called it. Models spell names with a prefix or a dot that the request did not have; what is
    /// still unknown goes back as it is, for the client to refuse.
    func route(of name: [UInt8]) -> ToolRoute {
        for spelling in ToolRoutes.spellings(of: name) {
            if let route = routes[spelling] { return route }
        }
        return ToolRoute(name: name.isEmpty ? ToolRoutes.unnamed : String(decoding: name, as: UTF8.self))  // WHY: once per call
    }

    /// What a call is called whose name never came.
    static let unnamed = "unnamed_tool"

    private static func spellings(of name: [UInt8]) -> [[UInt8]] {
        let prefix = Array("functions.".utf8)
        let bare = name.starts(with: prefix) ? Array(name.dropFirst(prefix.count)) : name
        let underscored = bare.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).joined(separator: [0x5F, 0x5F])
        return [name, bare, Array(underscored)]
    }
}
