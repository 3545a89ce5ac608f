import JSONBytes

/// How much of the reasoning a request wants to see.
public enum SummaryLevel: String, Sendable, CaseIterable {
    /// As the server sees fit: what is configured for the model.
    case auto
    /// Few and short steps.
    case concise
    /// More and longer steps.
    case detailed
    /// Nothing.
    case off
    /// The raw reasoning, where the server allows it.
    case full

    /// The names, for messages.
    static let names = allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")

    /// The level of this name; `none` is `off`, as some clients spell it. Nil for an unknown one.
    ///
    /// - Parameter name: the word of a field.
    public init?(named name: String) {
        self.init(rawValue: name == "none" ? "off" : name)
    }
}

extension RequestReader {
    /// A level's name, true (as configured) or false (off); nil for null.
    mutating func summaryLevelOrNull(_ field: String) throws(ChatRequestError) -> SummaryLevel? {
        let expected = "one of \(SummaryLevel.names)"
        switch try kind() {
        case .null:
            try skip()
            return nil
        case .boolean:
            return try booleanOrNull(field) == true ? .auto : .off
        case .string:
            guard let level = SummaryLevel(named: text(try rawString())) else { throw .outOfRange(field: field, expected: expected) }
            return level
        case .number, .array, .object:
            throw .wrongType(field: field, expected: expected)
        }
    }
}
