import ChatRequests

/// Copies of a JSON value, each with one inner value replaced.
enum Mutations {
    /// One copy for each value inside `value`, and the replacement itself.
    static func all(of value: Any, with other: Any) -> [Any] {
        var copies: [Any] = [other]
        if let object = value as? [String: Any] {
            for (key, inner) in object.sorted(by: { $0.key < $1.key }) {
                for changed in all(of: inner, with: other) {
                    var copy = object
                    copy[key] = changed
                    copies.append(copy)
                }
            }
        } else if let array = value as? [Any] {
            for index in array.indices {
                for changed in all(of: array[index], with: other) {
                    var copy = array
                    copy[index] = changed
                    copies.append(copy)
                }
            }
        }
        return copies
    }
}

enum ChatRequestReading {
    /// Whether the reader of chat requests takes a body.
    static func reads(_ body: [UInt8]) throws -> Bool { try ChatRequest.read(body).conversation.messages > 0 }
}
