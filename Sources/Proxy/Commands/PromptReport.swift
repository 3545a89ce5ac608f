import Foundation
import Summaries

/// What is said of a prompt, by each engine that was asked, for people and for machines.
struct PromptReport {
    /// What the model made of it.
    struct Model {
        /// What would be told: the model's words, or the extractive ones.
        var told: String
        var facts: ModelSummaryFacts
        /// How long it took; nil when it was given up or not asked.
        var time: Duration?
    }

    let extractive: String
    /// Nil where no model was asked.
    let model: Model?

    // MARK: For people

    /// A line for each engine, and what became of the call.
    func text(_ paint: Paint) -> String {
        var lines = [line("extractive", extractive, paint)]
        if let model {
            let time = model.time.map { " after \(String(format: "%.2f", $0.inSeconds)) s" } ?? ""
            lines.append(line("model", model.fate == .used ? model.told : "nothing that could be told", paint))
            lines.append(paint("the model's answer: \(model.fate?.rawValue ?? "never due")\(time)", .faint))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ engine: String, _ text: String, _ paint: Paint) -> String {
        engine.padding(toLength: 10, withPad: " ", startingAt: 0) + paint(" │ ", .faint) + paint(VisibleText.line(text), .reasoning)
    }

    // MARK: For machines

    /// One object a line, for each engine.
    var json: String {
        var objects = [object("extractive", extractive)]
        if let model { objects.append(object(model)) }
        return objects.map { String(decoding: $0.finished(), as: UTF8.self) + "\n" }.joined()
    }

    private func object(_ engine: String, _ text: String) -> JSONObjectWriter {
        var output = JSONObjectWriter()
        output.string("kind", "prompt")
        output.string("engine", engine)
        output.string("text", text)
        return output
    }

    private func object(_ model: Model) -> JSONObjectWriter {
        var output = object("model", model.told)
        output.string("result", model.fate?.rawValue ?? "never_due")
        if let time = model.time { output.number("milliseconds", time.inMilliseconds) }
        output.number("prompt_tokens", model.facts.usage.prompt)
        output.number("completion_tokens", model.facts.usage.completion)
        return output
    }
}

extension PromptReport.Model {
    /// What became of the call; nil when none was due.
    var fate: SummaryFate? { facts.fates.keys.first }
}
