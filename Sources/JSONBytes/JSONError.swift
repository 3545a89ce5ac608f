/// Why bytes are not one JSON value (RFC 8259), with the byte offset where that showed.
public enum JSONError: Error, Equatable, Sendable {
    /// The bytes end inside a value.
    case unexpectedEnd
    /// A byte that no rule of the grammar allows here.
    case unexpectedByte(offset: Int)
    /// A number, literal or escape that is spelled wrongly.
    case malformed(offset: Int)
    /// A raw control character inside a string.
    case controlCharacter(offset: Int)
    /// Arrays and objects nested deeper than the limit.
    case tooDeep(limit: Int)
    /// Something follows the value.
    case trailingData(offset: Int)
    /// The value is well formed and of another kind than the caller asked for.
    case wrongKind(offset: Int)

    /// One sentence for people; never quotes the input.
    public var message: String {
        switch self {
        case .unexpectedEnd: "The JSON text ends in the middle of a value."
        case .unexpectedByte(let offset): "Unexpected character at byte \(offset) of the JSON text."
        case .malformed(let offset): "Malformed number, literal or escape at byte \(offset) of the JSON text."
        case .controlCharacter(let offset): "Unescaped control character in a string at byte \(offset) of the JSON text."
        case .tooDeep(let limit): "The JSON text is nested deeper than \(limit) levels."
        case .trailingData(let offset): "Unexpected data after the JSON value at byte \(offset)."
        case .wrongKind(let offset): "A JSON value of another kind was expected at byte \(offset)."
        }
    }
}
