import JSONBytes
import Settings
import Summaries

// `proxy summarize --of prompt`: what is said of a prompt before anybody has thought about it.
extension SummarizeCommand {
    /// Both engines' words for a user's message, or the extractive engine's alone.
    func promptReport(of text: [UInt8], _ configuration: Configuration) async throws -> PromptReport {
        let facts = PromptFacts(lastUserText: UTF8Repair.isValid(text.span) ? text : UTF8Repair.repaired(text.span))
        let extractive = PromptSummary.text(of: facts)
        guard engine == .model else { return PromptReport(extractive: extractive, model: nil) }
        var settings = configuration.settings
        settings.summaries.promptEngine = .model
        let summariser = try summariser(settings, configuration)
        let calls = try RehearsedCalls(summariser)
        defer { calls.end() }
        var summary = ModelPromptSummary(options: summariser.prompts ?? ModelPromptOptions(), prompt: facts, extractive: extractive)
        var time: Duration?
        if let call = summary.takeCall(at: .zero) {
            let reply = await calls.ask(call, within: call.deadline)
            time = reply?.time
            if let reply { summary.callEnded(reply.outcome, usage: reply.usage, at: reply.time) }
            summary.ticked(at: max(call.deadline, time ?? .zero))
        }
        return PromptReport(extractive: extractive, model: .init(told: summary.tell(at: time ?? .zero), facts: summary.facts, time: time))
    }
}
