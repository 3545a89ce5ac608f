extension Fault {
    /// Reads a fault from a scenario: an object, or the shorthand as a string.
    init(_ value: JSON, file: String, path: String) throws(ScenarioError) {
        if let shorthand = value.text {
            do throws(FaultSpellingError) { self = try Fault(shorthand: shorthand) } catch {
                throw .invalid(file: file, path: path, problem: error.description)
            }
            return
        }
        var fields = try StrictFields(value, file: file, path: path)
        guard let name = try fields.string("kind") else { throw .missing(file: file, path: fields.place("kind")) }
        guard let kind = Kind(rawValue: name) else {
            throw .invalid(file: file, path: fields.place("kind"), problem: FaultSpellingError.unknownKind(name).description)
        }
        self.init(kind)
        for member in value.members ?? [] where Self.allParameters.contains(member.key) && !kind.parameters.contains(member.key) {
            throw .invalid(file: file, path: fields.place(member.key), problem: "means nothing for the fault \"\(name)\"")
        }
        try readParameters(&fields)
        try fields.finish()
    }

    /// The headers member of a fault or a response: `{"retry-after": "3"}`.
    private static func headers(_ value: JSON?, file: String, path: String) throws(ScenarioError) -> [Header] {
        guard let value else { return [] }
        guard let members = value.members else { throw .wrongType(file: file, path: path, expected: "an object of strings") }
        var headers: [Header] = []
        for member in members {
            guard let text = member.value.text else { throw .wrongType(file: file, path: "\(path).\(member.key)", expected: "a string") }
            headers.append(Header(member.key, text))
        }
        return headers
    }

    private mutating func readParameters(_ fields: inout StrictFields) throws(ScenarioError) {
        status = try fields.integer("status")
        if let status, !(200...599).contains(status) {
            throw .invalid(file: fields.file, path: fields.place("status"), problem: "\(status) is not a status from 200 to 599")
        }
        if let body = fields.value("body") { self.body = body.text ?? body.rendered() }
        contentType = try fields.string("content_type")
        headers = try Self.headers(fields.value("headers"), file: fields.file, path: fields.place("headers"))
        if let seconds = fields.value("retry_after") { headers.append(Header("retry-after", seconds.text ?? seconds.rendered())) }
        if let location = try fields.string("location") { headers.append(Header("location", location)) }
        milliseconds = try fields.integer("milliseconds")
        count = try fields.integer("count")
        if let events = try fields.integer("after_events") { trigger = .events(events) }
        if let bytes = try fields.integer("after_bytes") { trigger = .bytes(bytes) }
        if let phase = try fields.string("in") {
            switch phase {
            case "reasoning": trigger = .middle(of: .reasoning)
            case "answer": trigger = .middle(of: .answer)
            default: throw .invalid(file: fields.file, path: fields.place("in"), problem: "must be reasoning or answer")
            }
        }
        if let first = try fields.integer("first") { occurrence = .first(first) }
        if let every = try fields.integer("every") { occurrence = .every(max(1, every)) }
    }

    fileprivate static let allParameters: Set<String> = Kind.allCases.reduce(into: []) { $0.formUnion($1.parameters) }
}

/// Why a fault shorthand cannot be read.
enum FaultSpellingError: Error, Equatable, CustomStringConvertible {
    case unknownKind(String)
    case malformed(String)
    /// The parts can be read and do not belong together.
    case rejected(String)

    var description: String {
        switch self {
        case .unknownKind(let name):
            "there is no fault \"\(name)\"; known: \(Fault.Kind.allCases.map(\.rawValue).joined(separator: ", "))"
        case .malformed(let text):
            "\"\(text)\" is not a fault; examples: reset-after=5, stall-in=reasoning, status=429;retry_after=7, cut-chunk-after-bytes=300"
        case .rejected(let reason):
            reason
        }
    }
}

extension Fault {
    /// Reads the one-line form of headers and command lines: a kind, optionally `-after=N`, `-after-bytes=N`, `-in=reasoning`,
    /// `=VALUE` (the kind's main parameter), and then `;key=value` for the others.
    init(shorthand: String) throws(FaultSpellingError) {
        var members: [JSON.Member] = []
        for (index, part) in shorthand.split(separator: ";").enumerated() {
            let sides = part.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
            let value = sides.count == 2 ? sides[1] : nil
            if index == 0 {
                members += try Self.leading(sides.first ?? "", value)
            } else if let value, let key = sides.first {
                members.append(.init(key: key, value: Self.literal(value)))
            } else {
                throw .malformed(shorthand)
            }
        }
        guard !members.isEmpty else { throw .malformed(shorthand) }
        do throws(ScenarioError) {
            self = try Fault(.object(members), file: "fault", path: "")
        } catch {
            throw .rejected(error.description)
        }
    }

    private static func leading(_ word: String, _ value: String?) throws(FaultSpellingError) -> [JSON.Member] {
        if let kind = Kind(rawValue: word) {
            guard let value else { return [.init(key: "kind", value: .string(word))] }
            guard let key = kind.shorthandKey else { throw .malformed("\(word)=\(value)") }
            return [.init(key: "kind", value: .string(word)), .init(key: key, value: literal(value))]
        }
        for (suffix, key) in [("-after-bytes", "after_bytes"), ("-after", "after_events"), ("-in", "in")] where word.hasSuffix(suffix) {
            let name = String(word.dropLast(suffix.count))
            guard let value, Kind(rawValue: name) != nil else { continue }
            return [.init(key: "kind", value: .string(name)), .init(key: key, value: literal(value))]
        }
        throw .unknownKind(word)
    }

    private static func literal(_ value: String) -> JSON {
        Int(value) == nil ? .string(value) : .number(value)
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var view = self[...]
        while view.first?.isWhitespace == true { view.removeFirst() }
        while view.last?.isWhitespace == true { view.removeLast() }
        return String(view)
    }
}
