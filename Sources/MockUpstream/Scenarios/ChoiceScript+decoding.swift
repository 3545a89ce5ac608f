extension ChoiceScript {
    /// Reads the members that describe one choice: at the top of a scenario, or in one element of `choices`.
    init(reading fields: inout StrictFields) throws(ScenarioError) {
        if let text = try fields.text("reasoning") { segments.append(.reasoning(text)) }
        if let text = try fields.text("answer") { segments.append(.answer(text)) }
        if let text = try fields.text("refusal") { segments.append(.refusal(text)) }
        if let list = try fields.array("segments") {
            for (index, value) in list.enumerated() {
                segments.append(try Self.segment(value, file: fields.file, path: "\(fields.place("segments"))[\(index)]"))
            }
        }
        if let calls = try fields.array("tool_calls") {
            segments.append(.toolCalls(try Self.toolCalls(calls, file: fields.file, path: fields.place("tool_calls"))))
        }
        finishReason = try fields.string("finish_reason")
        logprobs = try fields.bool("logprobs") ?? false
    }

    /// One element of `segments`: an object with exactly one of the known keys, and optionally the `phase` it counts as.
    private static func segment(_ value: JSON, file: String, path: String) throws(ScenarioError) -> Segment {
        var fields = try StrictFields(value, file: file, path: path)
        let phase = try fields.choice("phase", Phase.self) ?? .answer
        var found: [Segment] = []
        if let text = try fields.text("reasoning") { found.append(.reasoning(text)) }
        if let text = try fields.text("answer") { found.append(.answer(text)) }
        if let pieces = try fields.strings("content") { found.append(.content(pieces, phase)) }
        if let text = try fields.text("refusal") { found.append(.refusal(text)) }
        if let calls = try fields.array("tool_calls") { found.append(.toolCalls(try toolCalls(calls, file: file, path: path))) }
        if let delta = fields.value("delta") { found.append(.delta(delta, phase)) }
        if let chunk = fields.value("chunk") { found.append(.chunk(chunk, phase)) }
        if let line = try fields.string("raw") { found.append(.raw(line, phase)) }
        if let milliseconds = try fields.double("pause_ms") { found.append(.pause(Nanoseconds(milliseconds * 1_000_000))) }
        try fields.finish()
        guard found.count == 1, let segment = found.first else {
            throw .invalid(
                file: file, path: path,
                problem: "needs exactly one of reasoning, answer, content, refusal, tool_calls, delta, chunk, raw, pause_ms")
        }
        return segment
    }

    private static func toolCalls(_ values: [JSON], file: String, path: String) throws(ScenarioError) -> [ToolCall] {
        var calls: [ToolCall] = []
        for (index, value) in values.enumerated() {
            var fields = try StrictFields(value, file: file, path: "\(path)[\(index)]")
            guard let name = try fields.string("name") else { throw .missing(file: file, path: fields.place("name")) }
            let arguments = fields.value("arguments") ?? .object([])
            calls.append(
                ToolCall(
                    id: try fields.string("id") ?? "call_mock_\(index)", name: name,
                    arguments: arguments.text ?? arguments.rendered()))
            try fields.finish()
        }
        return calls
    }
}
