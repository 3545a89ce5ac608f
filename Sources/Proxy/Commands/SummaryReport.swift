import Foundation
import Summaries

/// What was said of a reasoning and when, for people and for machines. Lengths are characters as Unicode scalars.
struct SummaryReport {
    private let rehearsal: Rehearsal
    private let reasoning: [UInt8]
    private let tokensPerSecond: Double

    init(_ rehearsal: Rehearsal, of reasoning: [UInt8], tokensPerSecond: Double) {
        self.rehearsal = rehearsal
        self.reasoning = reasoning
        self.tokensPerSecond = tokensPerSecond
    }

    private var length: Int { Self.scalars(in: reasoning[...]) }
    private var summaryLength: Int { rehearsal.said.reduce(0) { $0 + $1.step.text.unicodeScalars.count } }
    private var share: Double { length == 0 ? 0 : Double(summaryLength) / Double(length) }

    // MARK: For people

    /// A column of times, a column of titles and steps, and the totals.
    func text(_ paint: Paint) -> String {
        let blank = String(repeating: " ", count: 9) + paint(" │ ", .faint)
        var lines: [String] = []
        for said in rehearsal.said {
            let time = paint(Self.fixed(said.time.seconds, 2, width: 7) + " s", .faint) + paint(" │ ", .faint)
            let step = paint(VisibleText.line(said.step.text), said.step.kind == .notice ? .white : .reasoning)
            if let title = said.step.title {
                lines += [time + paint(VisibleText.line(title), .strong), blank + step]
            } else {
                lines.append(time + step)
            }
        }
        lines.append(paint(String(repeating: "─", count: 10) + "┴─", .faint))
        lines.append(
            "\(rehearsal.said.count) \(rehearsal.said.count == 1 ? "step" : "steps") in \(Self.fixed(rehearsal.duration.seconds, 1)) s, "
                + "\(rehearsal.tokenCount) tokens at \(Self.plain(tokensPerSecond)) a second")
        lines.append("\(summaryLength) of \(length) characters: \(Self.fixed(share * 100, 1)) %")
        if let facts = rehearsal.modelFacts {
            let fates = Self.fates(facts).map { "\($0.count) \($0.name)" }.joined(separator: ", ")
            lines.append("the model was asked \(facts.callCount) times: \(fates.isEmpty ? "never due" : fates)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What became of the calls, in a steady order.
    private static func fates(_ facts: ModelSummaryFacts) -> [(name: String, count: Int)] {
        SummaryFate.allCases.compactMap { fate in facts.fates[fate].map { (fate.rawValue, $0) } }
    }

    // MARK: For machines

    /// One object a line: the steps, then the totals.
    var json: String {
        let lines = rehearsal.said.map(object) + [totals]
        return lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
    }

    private func object(_ said: Rehearsal.Said) -> [UInt8] {
        var output = JSONObjectWriter()
        output.string("kind", said.step.kind == .notice ? "notice" : "step")
        output.number("milliseconds", Int(said.time.seconds * 1_000))
        output.number("position", Self.scalars(in: reasoning[..<said.receivedBytes]))
        if let title = said.step.title { output.string("title", title) }
        output.string("text", said.step.text)
        output.boolean("last", said.isLast)
        return output.finished()
    }

    private var totals: [UInt8] {
        var output = JSONObjectWriter()
        output.string("kind", "totals")
        output.number("steps", rehearsal.said.count)
        output.number("milliseconds", Int(rehearsal.duration.seconds * 1_000))
        output.number("tokens", rehearsal.tokenCount)
        output.number("reasoning_characters", length)
        output.number("summary_characters", summaryLength)
        output.raw("compression", Array(Self.fixed(share, 4).utf8))
        if let facts = rehearsal.modelFacts { output.raw("model", Self.object(facts)) }
        return output.finished()
    }

    private static func object(_ facts: ModelSummaryFacts) -> [UInt8] {
        var output = JSONObjectWriter()
        output.number("calls", facts.callCount)
        for fate in fates(facts) { output.number(fate.name, fate.count) }
        output.number("prompt_tokens", facts.usage.prompt)
        output.number("completion_tokens", facts.usage.completion)
        return output.finished()
    }

    private static func scalars(in text: ArraySlice<UInt8>) -> Int {
        text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    private static func fixed(_ number: Double, _ digits: Int, width: Int = 0) -> String {
        String(format: "%\(width).\(digits)f", number)
    }

    private static func plain(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
