public import JSONBytes

/// Why a body is no request that can be translated. Names fields, never repeats values.
public enum AgentRequestError: Error, Sendable, Equatable {
    /// The body is not valid UTF-8.
    case notUTF8
    /// The body is not one JSON value.
    case notJSON(JSONError)
    /// The body nests arrays and objects deeper than the limit.
    case tooDeep(limit: Int)
    /// The body is JSON, but not an object.
    case notAnObject
    /// A top-level member that counts appears twice; servers disagree on which of them is meant.
    case repeatedMember(field: String)
    /// The body has more top-level members than the limit.
    case tooManyMembers(limit: Int)
    /// A field that must be there is not, or is null.
    case missing(field: String)
    /// A field has a value of the wrong kind.
    case wrongType(field: String, expected: String)
    /// A field has a value of the right kind that makes no sense.
    case outOfRange(field: String, expected: String)
    /// A list has more elements than the limit.
    case tooMany(field: String, limit: Int)
    /// The conversation says nothing that could be answered.
    case nothingToAnswer(field: String)
    /// A field asks for what an earlier request has left behind, or will leave behind; nothing is kept here.
    case needsState(field: String, instead: String)

    /// The field to blame, for the error object's `param`; nil if it is the body as a whole.
    public var field: String? {
        switch self {
        case .notUTF8, .notJSON, .tooDeep, .notAnObject, .tooManyMembers: nil
        case .repeatedMember(let field), .missing(let field), .wrongType(let field, _), .outOfRange(let field, _): field
        case .tooMany(let field, _), .nothingToAnswer(let field), .needsState(let field, _): field
        }
    }

    /// The error object's `code`.
    public var code: String {
        switch self {
        case .notUTF8, .notJSON: "invalid_json"
        case .tooDeep: "json_too_deep"
        case .needsState: "unsupported_parameter"
        default: "invalid_request"
        }
    }

    /// One or two sentences for people that say what to change.
    public var message: String {
        switch self {
        case .notUTF8: "The request body is not valid UTF-8."
        case .notJSON(let error): "The request body is not valid JSON. \(error.message)"
        case .tooDeep(let limit): "The request body is nested deeper than \(limit) levels."
        case .notAnObject: "The request body must be a JSON object."
        case .repeatedMember(let field): "The member \"\(field)\" appears twice in the request body; send it once."
        case .tooManyMembers(let limit): "The request body has more than \(limit) members."
        case .missing(let field): "The field \"\(field)\" is missing."
        case .wrongType(let field, let expected), .outOfRange(let field, let expected): "The field \"\(field)\" must be \(expected)."
        case .tooMany(let field, let limit): "The field \"\(field)\" holds more than \(limit) elements."
        case .nothingToAnswer(let field): "The field \"\(field)\" must hold at least one message with text or an image."
        case .needsState(let field, let instead): "The field \"\(field)\" needs stored responses, and nothing is stored here: \(instead)."
        }
    }
}
