import Foundation

/// One event as an agent's client reads it: an `event:` line, one `data:` line with an object, a blank line; nothing else, LF only.
public struct AgentEvent {
    /// The name in its `event:` line.
    public var name: String
    /// Its data.
    public var object: [String: Any]
    /// Bytes of the data line.
    public var byteCount: Int

    /// Reads a whole output; whatever does not fit is a problem.
    public static func read(_ output: [UInt8], _ problems: inout [String]) -> [AgentEvent] {
        guard let text = String(validating: output, as: UTF8.self) else {
            problems.append("the output is not UTF-8")
            return []
        }
        if output.contains(0x0D) { problems.append("a carriage return in the output") }
        guard output.isEmpty || output.suffix(2) == [0x0A, 0x0A] else {
            problems.append("the output does not end with a blank line")
            return []
        }
        return text.components(separatedBy: "\n\n").dropLast().compactMap { read(event: $0, &problems) }
    }

    private static func read(event: String, _ problems: inout [String]) -> AgentEvent? {
        let lines = event.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 2, lines[0].hasPrefix("event: "), lines[1].hasPrefix("data: ") else {
            problems.append("not one event line and one data line: \(event.prefix(200))")
            return nil
        }
        let data = Data(lines[1].dropFirst(6).utf8)
        guard let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
            problems.append("data that is no object: \(lines[1].prefix(200))")
            return nil
        }
        return AgentEvent(name: String(lines[0].dropFirst(7)), object: object, byteCount: data.count)
    }
}

/// What a client holds after it has read a whole answer, in either API.
public struct AgentReading: Equatable, Sendable {
    /// One tool call.
    public struct Call: Equatable, Sendable {
        /// The id that results refer to.
        public var id: String
        /// `function` or `custom`.
        public var kind: String
        /// The namespace, if it has one.
        public var namespace: String?
        /// The tool.
        public var name: String
        /// The arguments, or the input of a custom tool, as text.
        public var arguments: String

        /// A call from its parts.
        public init(id: String, kind: String = "function", namespace: String? = nil, name: String, arguments: String) {
            self.id = id
            self.kind = kind
            self.namespace = namespace
            self.name = name
            self.arguments = arguments
        }
    }

    /// The summary's parts, or all of the thinking as one.
    public var summary: [String] = []
    /// The raw thoughts, where the API has a place for them.
    public var rawReasoning = ""
    /// What carries the reasoning, or the signature.
    public var sealed: String?
    /// Whether there was a reasoning item or thinking block.
    public var hasReasoning = false
    /// The answer.
    public var text = ""
    /// The words of a refusal, where the API knows them.
    public var refusal = ""
    /// The calls that are done.
    public var calls: [Call] = []
    /// The calls that were cut.
    public var cutCalls: [Call] = []
    /// `completed`, `incomplete max_output_tokens`, `failed server_error`, `end_turn`, `error api_error` and so on.
    public var ending: String?
    /// The stop sequence that came up.
    public var stopSequence: String?
    /// What a failure says.
    public var message: String?
    /// The counts, those of inner objects too; nil without any.
    public var usage: [String: Int]?
    /// Events that only keep the stream alive.
    public var heartbeats = 0
    /// Everything a client might keep apart by id.
    public var ids: [String] = []
}

/// Compares JSON values.
func isSame(_ left: Any?, _ right: Any?) -> Bool {
    switch (left, right) {
    case (nil, nil): true
    case (let left?, let right?): NSDictionary(dictionary: ["": left]).isEqual(to: ["": right])
    default: false
    }
}

/// The numbers of a usage object, those of inner objects too.
func numbers(_ usage: [String: Any]) -> [String: Int] {
    var numbers: [String: Int] = [:]
    for (key, value) in usage {
        if let number = value as? Int { numbers[key] = number }
        for (inner, number) in value as? [String: Int] ?? [:] { numbers[inner] = number }
    }
    return numbers
}
