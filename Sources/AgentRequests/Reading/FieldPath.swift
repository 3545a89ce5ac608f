/// Where a value stands in a body; spelled out only for an error.
indirect enum FieldPath: Sendable {
    /// The body itself.
    case body
    /// A member of an object. The name is one that the reader looked for, never one that the client made up.
    case member(of: FieldPath, String)
    /// An element of an array.
    case element(of: FieldPath, Int)

    /// As messages name it: `input[3].content[0].text`.
    var text: String {
        switch self {
        case .body: ""
        case .member(of: .body, let name): name
        case .member(of: let parent, let name): "\(parent.text).\(name)"
        case .element(of: let parent, let index): "\(parent.text)[\(index)]"
        }
    }
}
