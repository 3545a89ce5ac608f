/// Which wire style a request gets, and why.
///
/// The first of these that says something wins: body field `phases`, header `X-Phases`, query, model suffix, path prefix,
/// user-agent table, configuration, default. A request that did not ask for a style itself and wants structured output gets
/// `reasoning` in place of a style that writes summaries into `content`, where they would break the parse.
public struct StyleChoice: Sendable, Equatable {
    /// What decided.
    public enum Reason: String, Sendable, CaseIterable {
        case bodyField = "body field"
        case header
        case query
        case modelSuffix = "model suffix"
        case pathPrefix = "path prefix"
        case responseFormat = "response format"
        case userAgent = "user agent"
        case configuration
        case standard = "default"

        /// The field to blame for a style that cannot be had, as clients know it.
        public var field: String {
            switch self {
            case .bodyField, .query: "phases"
            case .header: "X-Phases"
            default: "model"
            }
        }
    }

    /// Everything a choice may depend on; nil is what a request does not say.
    public struct Inputs: Sendable {
        /// The style in the body field `phases`.
        public var bodyField: String?
        /// The header `X-Phases`.
        public var header: String?
        /// The query parameter `phases`.
        public var query: String?
        /// What follows `#` in the model's name.
        public var modelSuffix: String?
        /// The style in front of the path.
        public var pathPrefix: WireStyle?
        /// The type of `response_format`.
        public var responseFormat: String?
        /// The header `User-Agent`.
        public var userAgent: String?
        /// The header `X-Stainless-Package-Version`.
        public var packageVersion: String?
        /// Whether the user-agent table counts.
        public var usesUserAgentTable = true
        /// The style configured for the model or route.
        public var configured: WireStyle?
        /// The style of all others.
        public var standard = WireStyle.events

        /// Inputs that say nothing.
        public init() {}
    }

    /// The style.
    public let style: WireStyle
    /// What decided.
    public let reason: Reason

    /// Chooses.
    ///
    /// - Parameter inputs: what request and configuration say.
    /// - Returns: the style and what decided.
    /// - Throws: the first place that names a style nobody knows.
    public static func choose(_ inputs: Inputs) throws(UnknownStyle) -> StyleChoice {
        if let asked = try asked(inputs) { return asked }
        let chosen = offered(inputs)
        guard chosen.style.putsSummariesIntoContent, let format = inputs.responseFormat, format != "text" else { return chosen }
        return StyleChoice(style: .reasoning, reason: .responseFormat)
    }

    /// What the request asks for itself.
    private static func asked(_ inputs: Inputs) throws(UnknownStyle) -> StyleChoice? {
        let words: [(String?, Reason)] = [
            (inputs.bodyField, .bodyField), (inputs.header, .header), (inputs.query, .query), (inputs.modelSuffix, .modelSuffix),
        ]
        for (word, reason) in words {
            guard let word else { continue }
            guard let style = WireStyle(named: word) else { throw UnknownStyle(place: reason) }
            return StyleChoice(style: style, reason: reason)
        }
        return inputs.pathPrefix.map { StyleChoice(style: $0, reason: .pathPrefix) }
    }

    /// What it gets if it asks for nothing.
    private static func offered(_ inputs: Inputs) -> StyleChoice {
        if inputs.usesUserAgentTable, let agent = inputs.userAgent,
            let style = UserAgentTable.style(of: agent, packageVersion: inputs.packageVersion)
        {
            return StyleChoice(style: style, reason: .userAgent)
        }
        if let configured = inputs.configured { return StyleChoice(style: configured, reason: .configuration) }
        return StyleChoice(style: inputs.standard, reason: .standard)
    }
}

/// A request names a wire style that does not exist.
public struct UnknownStyle: Error, Sendable, Equatable {
    /// Where it is named.
    public let place: StyleChoice.Reason

    /// The field to blame, as clients know it.
    public var field: String { place.field }

    /// One sentence for people, which lists the styles that exist; never quotes the request.
    public var message: String {
        let known = WireStyle.allCases.map(\.rawValue).joined(separator: ", ")
        return "Unknown style in the \(place.rawValue) \(place == .modelSuffix ? "after #" : "\"\(field)\""); use one of \(known)."
    }
}

extension WireStyle {
    fileprivate var putsSummariesIntoContent: Bool {
        switch self {
        case .events, .inline, .think: true
        case .reasoning, .off: false
        }
    }
}
