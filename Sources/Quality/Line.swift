import JSONBytes
import Summaries

/// What became of one trace, as one line of JSON. Times in seconds, lengths in characters as Unicode scalars.
struct Line {
    let json: [UInt8]

    init(path: String, trace: Trace, rehearsal: Rehearsal, cost: Duration) {
        var out: [UInt8] = []
        out.append("{\"path\": ")
        JSONText.appendQuoted(path, to: &out)
        out.append(", \"tokens\": \(rehearsal.tokenCount), \"seconds\": \(Self.seconds(rehearsal.duration))")
        out.append(", \"microseconds_per_token\": \(Self.seconds(cost * 1_000_000) / Double(max(1, rehearsal.tokenCount)))")
        out.append(", \"steps\": [")
        for (index, said) in rehearsal.said.enumerated() {
            if index > 0 { out.append(", ") }
            out.append("{\"time\": \(Self.seconds(said.time)), \"position\": \(Self.scalars(in: trace.reasoning, to: said.receivedBytes))")
            out.append(", \"last\": \(said.isLast), \"notice\": \(said.step.kind == .notice), \"title\": ")
            if let title = said.step.title { JSONText.appendQuoted(title, to: &out) } else { out.append("null") }
            out.append(", \"text\": ")
            JSONText.appendQuoted(said.step.text, to: &out)
            out.append("}")
        }
        // The pace is steady: token i came at i / rate. Where each ended tells when each place of the text came.
        out.append("], \"token_ends\": [")
        let span = trace.reasoning.span
        var position = 0
        var from = 0
        for (index, end) in Rehearsal.tokenEnds(in: span).enumerated() {
            if index > 0 { out.append(",") }
            position += Self.scalars(in: trace.reasoning, from: from, to: end)
            from = end
            out.append("\(position)")
        }
        out.append("]}\n")
        json = out
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// Scalars that begin between two places.
    private static func scalars(in text: [UInt8], from start: Int = 0, to end: Int) -> Int {
        text[start..<end].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
}
