/// A small table for people: columns as wide as their widest cell, headings in bold.
struct Table: Equatable, Sendable {
    /// One cell and its colour.
    struct Cell: Equatable, Sendable {
        var text: String
        var tint: Tint

        init(_ text: String, _ tint: Tint = .answerText) {
            self.text = text
            self.tint = tint
        }
    }

    var headings: [String]
    var rows: [[Cell]]

    /// The lines. Text comes from a server, so it is made safe first when a terminal may show it.
    func lines(for output: Look.Output) -> [String] {
        let all = [headings.map { Cell($0, .strong) }] + rows
        let safe = all.map { $0.map { Cell(output.needsSafeText ? TerminalText.safe($0.text) : $0.text, $0.tint) } }
        let widths = headings.indices.map { column in safe.map { $0[column].text.count }.max() ?? 0 }
        return safe.map { Self.line($0, widths, output.palette) }
    }

    private static func line(_ row: [Cell], _ widths: [Int], _ palette: Palette) -> String {
        row.enumerated().map { column, cell in
            let isLast = column == row.count - 1
            let padding = isLast ? "" : String(repeating: " ", count: widths[column] - cell.text.count + 2)
            return palette.paint(cell.text, cell.tint) + padding
        }.joined()
    }

    /// A table of JSON objects: one row each, one column for every key that any of them has, the preferred keys first. Objects inside
    /// objects become columns of their own.
    init(of objects: [JSONValue], preferring first: [String], without hidden: Set<String> = []) {
        let flat = objects.map { Self.flatten($0, prefix: "") }
        var keys: [String] = []
        for key in flat.flatMap({ $0.map(\.key) }) where !keys.contains(key) && !hidden.contains(key) { keys.append(key) }
        let order = first.filter(keys.contains) + keys.filter { !first.contains($0) }
        headings = order.map { $0.replacing("_", with: " ").uppercased() }
        rows = flat.map { members in
            order.map { key in
                let value = members.first { $0.key == key }?.value.plain ?? "–"
                return Cell(value, Self.tint(of: value))
            }
        }
    }

    init(headings: [String], rows: [[Cell]]) {
        self.headings = headings
        self.rows = rows
    }

    private static func flatten(_ value: JSONValue, prefix: String) -> [JSONValue.Member] {
        guard case .object(let members) = value else { return [.init(prefix.isEmpty ? "value" : prefix, value)] }
        return members.flatMap { member in
            // `capabilities.summaries` reads no better than `summaries`.
            if case .object = member.value { return flatten(member.value, prefix: member.key) }
            return [member]
        }
    }

    /// The colour that a state deserves.
    static func tint(of state: String) -> Tint {
        switch state.lowercased().replacing("-", with: "_") {
        case "ok", "healthy", "closed", "up", "ready", "serving", "pass": .good
        case "degraded", "half_open", "throttled", "draining", "warn", "slow": .warning
        case "open", "down", "unhealthy", "unavailable", "failed", "fail", "error": .fault
        default: .answerText
        }
    }
}
