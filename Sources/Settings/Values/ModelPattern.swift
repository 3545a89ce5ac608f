/// A model name in which each `*` stands for any run of characters, also an empty one. Letter case counts.
public struct ModelPattern: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as it was written.
    public let description: String

    /// Takes the pattern as written; every text is a pattern.
    ///
    /// - Parameter text: a name, with `*` where anything may stand.
    public init(_ text: String) {
        description = text
    }

    /// Whether the whole name fits the pattern.
    ///
    /// Works by going back to the latest star, so the cost is at most the product of both lengths, whatever the pattern.
    ///
    /// - Parameter model: the model name of a request.
    /// - Returns: true if every character of the name is accounted for.
    public func matches(_ model: String) -> Bool {
        let pattern = Array(description.utf8)
        let name = Array(model.utf8)
        let star = UInt8(ascii: "*")
        var at = 0
        var next = 0
        var lastStar: Int?
        var resume = 0
        while next < name.count {
            if at < pattern.count, pattern[at] == star {
                lastStar = at
                resume = next
                at += 1
            } else if at < pattern.count, pattern[at] == name[next] {
                at += 1
                next += 1
            } else if let lastStar {
                at = lastStar + 1
                resume += 1
                next = resume
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == star }
    }
}
