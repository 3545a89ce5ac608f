import Detect
import JSONBytes
import Settings

/// What a detector made of a text, for people and for machines.
struct DetectionReport {
    private let run: DetectionRun
    private let outcome: DetectionRun.Outcome

    init(_ run: DetectionRun, outcome: DetectionRun.Outcome) {
        self.run = run
        self.outcome = outcome
    }

    private var profile: Profile { run.profile.profile }

    // MARK: For people

    /// A column of names, a column of text, a legend and a summary.
    func text(_ paint: Paint) -> String {
        let rows = outcome.trace.entries.map(Row.init)
        let width = (rows.map(\.name.count) + [9]).max() ?? 9
        var lines = rows.flatMap { row in
            row.lines.enumerated().map { index, line in
                let label = index == 0 ? row.name : ""
                return paint(label, .faint) + String(repeating: " ", count: width - label.count) + paint(" │ ", .faint)
                    + paint(line, row.tint)
            }
        }
        lines.append(paint(String(repeating: "─", count: width + 1) + "┴─", .faint))
        lines.append(
            "legend: " + paint("reasoning", .reasoning) + ", " + paint("answer", .answer) + ", " + paint("marker", .marker) + ", "
                + paint("dropped white space", .white) + " (␠ space, ⏎ line feed, ⇥ tab, ␍ carriage return)")
        return (lines + summary).joined(separator: "\n") + "\n"
    }

    /// One entry as it is shown.
    private struct Row {
        var name: String
        var lines: [String]
        var tint: Paint.Tint

        init(_ entry: DetectionTrace.Entry) {
            func lines(_ bytes: [UInt8]) -> [String] { VisibleText.lines(String(decoding: bytes, as: UTF8.self)) }
            func line(_ bytes: [UInt8]) -> [String] { [VisibleText.line(String(decoding: bytes, as: UTF8.self))] }
            switch entry {
            case .text(.reasoning, let bytes): (name, self.lines, tint) = ("reasoning", lines(bytes), .reasoning)
            case .text(.answer, let bytes): (name, self.lines, tint) = ("answer", lines(bytes), .answer)
            case .marker(let role, let bytes): (name, self.lines, tint) = (role.name, line(bytes), .marker)
            case .kept(let role, let bytes): (name, self.lines, tint) = (role.name + ", kept", line(bytes), .marker)
            case .white(let bytes): (name, self.lines, tint) = ("dropped", [VisibleText.white(bytes)], .white)
            case .header(let body, let bytes): (name, self.lines, tint) = ("header: \(body.name.rawValue)", line(bytes), .marker)
            case .toolCall(let bytes): (name, self.lines, tint) = ("tool call", lines(bytes), .call)
            case .unfinishedHeader(let bytes): (name, self.lines, tint) = ("unfinished", line(bytes), .white)
            case .promoted(let bytes): (name, self.lines, tint) = ("answer after all", lines(bytes), .answer)
            }
        }
    }

    private var summary: [String] {
        let counts = DetectionCounts(outcome.trace)
        var lines = [
            "profile \(profile.name), began \(run.start.name), white space \(run.whitespace == .trim ? "trimmed" : "exact")",
            "reasoning \(counts.reasoning) bytes, answer \(counts.answer) bytes, markers \(counts.markers) (\(counts.markerBytes) bytes), "
                + "dropped \(counts.dropped) bytes, held back at most \(outcome.mostHeld) bytes",
        ]
        if outcome.wasPromoted { lines.append("No marker ended the reasoning, so all of it is the answer: the start state may be wrong.") }
        if outcome.answerIsMissing { lines.append("The text ended inside reasoning: there is no answer.") }
        if outcome.sawOrphanEnd {
            lines.append("An end marker came without a start: try --start inside. The proxy would remember that for this model.")
        }
        return lines
    }

    // MARK: For machines

    /// One object a line.
    var json: String {
        let counts = DetectionCounts(outcome.trace)
        var summary = JSONObjectWriter()
        summary.string("kind", "summary")
        summary.string("profile", profile.name)
        summary.string("start", run.start.name)
        summary.string("whitespace", run.whitespace == .trim ? "trim" : "exact")
        summary.number("reasoning_bytes", counts.reasoning)
        summary.number("answer_bytes", counts.answer)
        summary.number("markers", counts.markers)
        summary.number("marker_bytes", counts.markerBytes)
        summary.number("dropped_bytes", counts.dropped)
        summary.number("most_held_bytes", outcome.mostHeld)
        summary.boolean("promoted", outcome.wasPromoted)
        summary.boolean("answer_missing", outcome.answerIsMissing)
        summary.boolean("orphan_end", outcome.sawOrphanEnd)
        let lines = outcome.trace.entries.map(object) + [summary.finished()]
        return lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
    }

    private func object(_ entry: DetectionTrace.Entry) -> [UInt8] {
        var output = JSONObjectWriter()
        func write(_ kind: String, _ bytes: [UInt8], _ members: [(String, String)] = []) {
            output.string("kind", kind)
            for (name, value) in members { output.string(name, value) }
            output.string("text", String(decoding: bytes, as: UTF8.self))
        }
        switch entry {
        case .text(let kind, let bytes): write(kind == .reasoning ? "reasoning" : "answer", bytes)
        case .marker(let role, let bytes): write("marker", bytes, [("role", role.name)])
        case .kept(let role, let bytes): write("kept_marker", bytes, [("role", role.name)])
        case .white(let bytes): write("dropped", bytes)
        case .header(let body, let bytes): write("header", bytes, [("body", body.name.rawValue)])
        case .toolCall(let bytes): write("tool_call", bytes)
        case .unfinishedHeader(let bytes): write("unfinished_header", bytes)
        case .promoted(let bytes): write("promoted", bytes)
        }
        return output.finished()
    }
}

/// How much of a text was what.
private struct DetectionCounts {
    var reasoning = 0
    var answer = 0
    var markers = 0
    var markerBytes = 0
    var dropped = 0

    init(_ trace: DetectionTrace) {
        for entry in trace.entries {
            switch entry {
            case .text(.reasoning, let bytes): reasoning += bytes.count
            case .text(.answer, let bytes), .promoted(let bytes): answer += bytes.count
            case .marker(_, let bytes), .header(_, let bytes):
                markers += 1
                markerBytes += bytes.count
            case .kept: markers += 1
            case .white(let bytes), .unfinishedHeader(let bytes): dropped += bytes.count
            case .toolCall: break
            }
        }
    }
}

extension MarkerRole {
    /// The role for people.
    fileprivate var name: String {
        switch self {
        case .start: "start"
        case .end: "end"
        case .implicitEnd: "implicit end"
        case .frameOpen: "frame opens"
        case .frameClose: "frame closes"
        case .stray: "stray"
        case .proseStart: "words, start"
        case .proseEnd: "words, end"
        case .proseVeto: "words, veto"
        case .headerStart: "header starts"
        case .headerEnd: "header ends"
        case .bodyEnd: "body ends"
        }
    }
}

extension StartState {
    /// The word under which people know it.
    var name: String {
        switch self {
        case .inside: "inside"
        case .outside: "outside"
        case .undecided: "undecided"
        }
    }
}
