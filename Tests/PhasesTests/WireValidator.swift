import ChatDelta
import ChatRequests
import Phases

/// Checks an output of the machine against what every client accepts, and reads it on the way.
///
/// Usable for any stream in any style but `off`: `problems` is empty when the output keeps all the rules.
struct WireValidator {
    private(set) var reading = WireReading()
    private(set) var problems: [String] = []

    private let style: WireStyle
    private let allowsUsage: Bool
    private let reasoningField: String
    private var markers: [String] = []
    private var isThinkOpen = false
    private var wasThinkClosed = false
    private var owesBlankLine = false
    private var ids: Set<String> = []

    static let order = ["prompt_summary", "reasoning_summary", "final_output"]
    static let reasoningNames = ["reasoning_content", "reasoning", "reasoning_details", "thinking", "thinking_blocks"]

    /// Reads `output`, which may end anywhere between two events; `isComplete` also asks for the right end.
    init(_ output: [UInt8], style: WireStyle, usage: Bool = false, reasoningField: String = "reasoning_content", isComplete: Bool = true) {
        self.style = style
        allowsUsage = usage
        self.reasoningField = reasoningField
        let reader = OutputReader(output)
        problems = reader.problems
        reading.commentCount = reader.comments.count
        for comment in reader.comments where comment != ": ping" { problems.append("an unknown comment: \(comment)") }
        for event in reader.events { read(event) }
        if isComplete { checkEnd(reader.events) }
    }

    // MARK: Events

    private mutating func read(_ event: OutputEvent) {
        if reading.doneCount > 0 { problem("something after [DONE]", event) }
        if let name = event.name, style != .events || name != "phase" { problem("an event named \(name)", event) }
        guard case .json(let chunk) = event.payload else {
            if event.name != nil { problem("a named [DONE]", event) }
            reading.doneCount += 1
            return
        }
        if reading.error != nil { problem("something between the error and [DONE]", event) }
        if chunk["error"] != nil { return readError(chunk, event) }
        checkCompleteness(chunk, event)
        let choices = chunk["choices"] as? [[String: Any]] ?? []
        if choices.isEmpty { return readUsage(chunk, event) }
        if (chunk["usage"] as? [String: Any]) != nil { problem("usage on a chunk with choices", event) }
        if reading.usage != nil { problem("a chunk after the usage chunk", event) }
        for choice in choices { read(choice, of: chunk, event) }
    }

    private mutating func readError(_ chunk: [String: Any], _ event: OutputEvent) {
        let error = chunk["error"] as? [String: Any] ?? [:]
        reading.error = error
        if Set(chunk.keys) != ["error"] { problem("an error with other members", event) }
        if Set(error.keys) != ["message", "type", "param", "code"] { problem("an error of another shape", event) }
        if (error["message"] as? String ?? "").isEmpty || error["type"] as? String == nil || error["code"] as? String == nil {
            problem("an error without message, type or code", event)
        }
        if event.name != nil { problem("a named error", event) }
    }

    private mutating func checkCompleteness(_ chunk: [String: Any], _ event: OutputEvent) {
        if (chunk["id"] as? String ?? "").isEmpty { problem("no id", event) }
        if chunk["object"] as? String != "chat.completion.chunk" { problem("another object", event) }
        if chunk["created"] as? Int == nil { problem("no created", event) }
        if chunk["model"] as? String == nil { problem("no model", event) }
        if chunk["choices"] as? [[String: Any]] == nil { problem("no choices", event) }
    }

    private mutating func readUsage(_ chunk: [String: Any], _ event: OutputEvent) {
        if !allowsUsage { problem("no choices, and usage was not asked for", event) }
        guard let usage = chunk["usage"] as? [String: Any] else { return problem("neither choices nor usage", event) }
        if reading.usage != nil { problem("a second usage chunk", event) }
        if chunk["phase"] != nil || event.name != nil { problem("a tagged usage chunk", event) }
        reading.usage = usage
    }

    // MARK: Choices

    private mutating func read(_ choice: [String: Any], of chunk: [String: Any], _ event: OutputEvent) {
        guard let index = choice["index"] as? Int, let delta = choice["delta"] as? [String: Any], choice.keys.contains("finish_reason")
        else {
            return problem("a choice without index, delta or finish_reason", event)
        }
        let finish = choice["finish_reason"] as? String
        if finish == "" { problem("an empty finish reason", event) }
        if reading.choices[index]?.finish != nil { problem("something after the finish chunk of choice \(index)", event) }
        if event.name != nil { return readMarker(delta, finish, index, chunk, event) }
        var read = reading.choices[index] ?? WireReading.Choice()
        if !read.hasRole, delta["role"] as? String != "assistant" { problem("the first chunk of choice \(index) says no role", event) }
        read.hasRole = true
        read.finish = finish
        readExtras(choice, delta, into: &read)
        reading.choices[index] = read
        checkReasoning(delta, chunk, event)
        if finish != nil { readFinish(delta, index, chunk, event) } else { readText(delta, index, chunk, event) }
    }

    private mutating func readMarker(_ delta: [String: Any], _ finish: String?, _ index: Int, _ chunk: [String: Any], _ event: OutputEvent)
    {
        guard let phase = chunk["phase"] as? String else { return problem("a marker without a phase", event) }
        markers.append(phase)
        begin(phase, event)
        if !delta.isEmpty || finish != nil || index != 0 { problem("a marker that says more than its phase", event) }
    }

    private mutating func readFinish(_ delta: [String: Any], _ index: Int, _ chunk: [String: Any], _ event: OutputEvent) {
        if chunk["phase"] != nil { problem("a tagged finish chunk", event) }
        for name in ["content", "tool_calls", "function_call", "refusal"] {
            let value = delta[name]
            if let text = value as? String, !text.isEmpty { problem("a finish chunk with \(name)", event) }
            if let list = value as? [Any], !list.isEmpty { problem("a finish chunk with \(name)", event) }
        }
        if index == 0, reading.phases.last != "final_output", style == .events || style == .inline {
            problem("a finish chunk before the final phase", event)
        }
    }

    private mutating func readText(_ delta: [String: Any], _ index: Int, _ chunk: [String: Any], _ event: OutputEvent) {
        guard let phase = chunk["phase"] as? String, WireValidator.order.contains(phase) else { return problem("no tag", event) }
        let content = delta["content"] as? String
        if (content?.utf8.count ?? 0) > ChunkWriter.maximumTextBytes { problem("a chunk with too much text", event) }
        guard index == 0 else {
            if phase != "final_output" { problem("another choice with the tag \(phase)", event) }
            reading.choices[index]?.answer += Array((content ?? "").utf8)
            return
        }
        readPhase(phase, content, event)
        if style == .reasoning, phase != "final_output" {
            guard let text = delta[reasoningField] as? String else {
                if content == "" { return }
                return problem("a summary outside the reasoning field", event)
            }
            if delta["content"] != nil { problem("summary and content in one delta", event) }
            appendSummary(text, phase)
        } else if phase != "final_output" {
            readSummary(content, phase, event)
        } else {
            readAnswer(content, event)
        }
    }

    private mutating func readPhase(_ phase: String, _ content: String?, _ event: OutputEvent) {
        switch style {
        case .events:
            if markers.last != phase { problem("a chunk of \(phase) outside its phase", event) }
        case .inline:
            if reading.phases.last != phase {
                begin(phase, event)
                if content != "" { problem("an inline marker with content", event) }
            }
        case .reasoning, .think, .off:
            if reading.phases.last != phase { begin(phase, event) }
        }
    }

    private mutating func begin(_ phase: String, _ event: OutputEvent) {
        let last = reading.phases.last.flatMap { WireValidator.order.firstIndex(of: $0) } ?? -1
        guard let place = WireValidator.order.firstIndex(of: phase), place > last else { return problem("\(phase) out of order", event) }
        if style == .events || style == .inline, place != last + 1 { problem("a phase is left out before \(phase)", event) }
        reading.phases.append(phase)
    }

    // MARK: Texts

    private mutating func readSummary(_ content: String?, _ phase: String, _ event: OutputEvent) {
        guard let content else { return problem("a summary chunk without content", event) }
        switch (style, content) {
        case (.think, "<think>"):
            if isThinkOpen || wasThinkClosed { problem("a second think block", event) }
            isThinkOpen = true
        case (.think, "</think>"):
            if !isThinkOpen { problem("a closing tag without an open block", event) }
            isThinkOpen = false
            wasThinkClosed = true
            owesBlankLine = true
        case (.think, _):
            if !content.isEmpty, !isThinkOpen { problem("a summary outside the think block", event) }
            if content.contains("<think>") || content.contains("</think>") { problem("a tag inside a summary", event) }
            appendSummary(content, phase)
        default:
            appendSummary(content, phase)
        }
    }

    private mutating func appendSummary(_ text: String, _ phase: String) {
        guard !text.isEmpty else { return }
        reading.summaries[phase, default: ""] += text
        reading.summaryChunks.append((phase, text))
    }

    private mutating func readAnswer(_ content: String?, _ event: OutputEvent) {
        if isThinkOpen { problem("an answer inside the think block", event) }
        if owesBlankLine {
            owesBlankLine = false
            if content != "\n\n" { problem("no blank line after the think block", event) }
            return
        }
        reading.choices[0]?.answer += Array((content ?? "").utf8)
    }

    private mutating func checkReasoning(_ delta: [String: Any], _ chunk: [String: Any], _ event: OutputEvent) {
        for name in WireValidator.reasoningNames {
            let hasText = (delta[name] as? String).map { !$0.isEmpty } ?? (delta[name] as? [Any]).map { !$0.isEmpty } ?? false
            guard hasText else { continue }
            let isOurs = style == .reasoning && name == reasoningField && chunk["phase"] as? String != "final_output"
            if !isOurs { problem("reasoning in \(name)", event) }
        }
    }

    private func readExtras(_ choice: [String: Any], _ delta: [String: Any], into read: inout WireReading.Choice) {
        for call in delta["tool_calls"] as? [[String: Any]] ?? [] {
            let place = call["index"] as? Int ?? 0
            var joined = read.toolCalls[place] ?? WireReading.ToolCall()
            let function = call["function"] as? [String: Any]
            joined.id = call["id"] as? String ?? joined.id
            joined.name = function?["name"] as? String ?? joined.name
            joined.arguments += function?["arguments"] as? String ?? ""
            read.toolCalls[place] = joined
        }
        read.refusal += delta["refusal"] as? String ?? ""
        read.annotations += (delta["annotations"] as? [Any])?.count ?? 0
        let tokens = (choice["logprobs"] as? [String: Any])?["content"] as? [[String: Any]] ?? []
        read.logprobTokens += tokens.compactMap { $0["token"] as? String }
    }

    // MARK: Ends

    private mutating func checkEnd(_ events: [OutputEvent]) {
        if reading.doneCount != 1 { problems.append("\(reading.doneCount) times [DONE]") }
        guard reading.error == nil else { return }
        if isThinkOpen { problems.append("the think block was not closed") }
        if style == .events, markers != WireValidator.order { problems.append("the markers were \(markers)") }
        if style == .inline, reading.phases != WireValidator.order { problems.append("the phases were \(reading.phases)") }
        for (index, choice) in reading.choices where choice.finish == nil { problems.append("choice \(index) has no finish chunk") }
        if reading.choices.isEmpty { problems.append("a good end without a choice") }
        checkSummaryForm()
    }

    /// Labels and blank lines: each step in the styles that share a field with the answer, once for each phase elsewhere.
    private mutating func checkSummaryForm() {
        for phase in [Phase.promptSummary, .reasoningSummary] {
            guard let text = reading.summaries[phase.rawValue] else { continue }
            if !text.hasPrefix(phase.label) { problems.append("\(phase.rawValue) begins without its label: \(text)") }
            if !text.hasSuffix("\n\n"), style != .reasoning { problems.append("\(phase.rawValue) ends without a blank line: \(text)") }
        }
    }

    private mutating func problem(_ text: String, _ event: OutputEvent) {
        problems.append("\(text): \(event.text.prefix(300))")
    }
}
