public import JSONBytes

/// Why a body is no chat request. Names fields, never repeats values.
public enum ChatRequestError: Error, Sendable, Equatable {
    /// The body is not valid UTF-8.
    case notUTF8
    /// The body is not one JSON value.
    case notJSON(JSONError)
    /// The body nests arrays and objects deeper than the limit.
    case tooDeep(limit: Int)
    /// The body is JSON, but not an object.
    case notAnObject
    /// A top-level member appears twice; servers disagree on which of them counts.
    case repeatedMember(String)
    /// The body has more top-level members than the limit.
    case tooManyMembers(limit: Int)
    /// A field that must be there is not, or is null.
    case missing(field: String)
    /// A field has a value of the wrong kind.
    case wrongType(field: String, expected: String)
    /// A field has a value of the right kind that makes no sense.
    case outOfRange(field: String, expected: String)
    /// The list of messages is empty.
    case noMessages
    /// The conversation has more messages than the limit.
    case tooManyMessages(limit: Int)

    /// The field to blame, for the error object's `param`; nil if it is the body as a whole.
    public var field: String? {
        switch self {
        case .notUTF8, .notJSON, .tooDeep, .notAnObject, .tooManyMembers: nil
        case .repeatedMember(let field), .missing(let field), .wrongType(let field, _), .outOfRange(let field, _): field
        case .noMessages, .tooManyMessages: "messages"
        }
    }

    /// The error object's `code`.
    public var code: String {
        switch self {
        case .notUTF8, .notJSON: "invalid_json"
        case .tooDeep: "json_too_deep"
        default: "invalid_request"
        }
    }

    /// One sentence for people that says what to change.
    public var message: String {
        switch self {
        case .notUTF8: "The request body is not valid UTF-8."
        case .notJSON(let error): "The request body is not valid JSON. \(error.message)"
        case .tooDeep(let limit): "The request body is nested deeper than \(limit) levels."
        case .notAnObject: "The request body must be a JSON object."
        case .repeatedMember(let name): "The member \"\(name)\" appears twice in the request body; send it once."
        case .tooManyMembers(let limit): "The request body has more than \(limit) members."
        case .missing(let field): "The field \"\(field)\" is missing."
        case .wrongType(let field, let expected), .outOfRange(let field, let expected): "The field \"\(field)\" must be \(expected)."
        case .noMessages: "The field \"messages\" must hold at least one message."
        case .tooManyMessages(let limit): "The field \"messages\" holds more than \(limit) messages."
        }
    }
}
