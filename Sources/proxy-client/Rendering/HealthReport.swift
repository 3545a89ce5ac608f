/// What `GET /health` says, for people.
struct HealthReport: Equatable, Sendable {
    let status: Int
    let json: JSONValue?

    init(_ document: Fetch.Document) {
        status = document.status
        json = document.json
    }

    var exit: ProgramExit { (200..<300).contains(status) && json != nil ? .ok : .serverError }

    func lines(for output: Look.Output) -> [String] {
        guard let json else { return ["The server answered with status \(status) and no health report; is it the proxy?"] }
        let word = json["status"]?.plain ?? "status \(status)"
        var head = [output.palette.paint(safe(word, output), exit == .ok ? Table.tint(of: word) : .fault)]
        if let version = json["version"] { head.append("version \(safe(version.plain, output))") }
        if let uptime = uptime(json) { head.append("up \(uptime)") }
        let lines = [head.joined(separator: " · ")] + others(json, output)
        guard let upstreams = upstreams(json), !upstreams.isEmpty else { return lines }
        let preferred = ["name", "url", "status", "state", "breaker", "reason", "in_flight", "streams"]
        return lines + [""] + Table(of: upstreams, preferring: preferred).lines(for: output)
    }

    private func uptime(_ json: JSONValue) -> String? {
        for key in ["uptime_seconds", "uptime"] {
            if case .number(let seconds)? = json[key] { return Duration.seconds(seconds).inWords }
            if case .string(let text)? = json[key] { return text }
        }
        return nil
    }

    /// Scalars that have no place of their own.
    private func others(_ json: JSONValue, _ output: Look.Output) -> [String] {
        guard case .object(let members) = json else { return [] }
        let shown: Set = ["status", "version", "uptime", "uptime_seconds", "upstreams"]
        return members.filter { !shown.contains($0.key) }.map { member in
            "\(safe(member.key.replacing("_", with: " "), output)): \(safe(member.value.plain, output))"
        }
    }

    /// A list of objects, or an object of objects by name.
    private func upstreams(_ json: JSONValue) -> [JSONValue]? {
        switch json["upstreams"] {
        case .array(let list): list
        case .object(let named): named.map { .object([.init("name", .string($0.key)), .init("", $0.value)]) }
        default: nil
        }
    }

    private func safe(_ text: String, _ output: Look.Output) -> String { output.needsSafeText ? TerminalText.safe(text) : text }
}
