extension Scenario {
    /// Reads one scenario. `file` names it in errors; `recordings` loads the file a `recording` member names.
    init(
        _ value: JSON, file: String, recordings: (String) throws(ScenarioError) -> Recording
    ) throws(ScenarioError) {
        var fields = try StrictFields(value, file: file, path: "")
        guard let name = try fields.string("name"), !name.isEmpty else { throw .missing(file: file, path: "name") }
        guard let summary = try fields.string("description") else { throw .missing(file: file, path: "description") }
        self.init(name: name, summary: summary)
        models = try fields.strings("models") ?? []
        format = try fields.choice("format", Dialect.self) ?? .reasoningContent
        try readMarkers(&fields)
        isPrefilled = try fields.bool("prefilled") ?? false
        try readChoices(&fields)
        if let value = fields.value("after_tools") {
            var turn = try StrictFields(value, file: file, path: "after_tools")
            afterTools = try ChoiceScript(reading: &turn)
            try turn.finish()
        }
        interleaves = try fields.bool("interleave") ?? true
        if let path = try fields.string("recording") { recording = try recordings(path) }
        if let usage = fields.value("usage") { self.usage = try UsagePlan(usage, file: file) }
        if let envelope = fields.value("envelope") { self.envelope = try Envelope(envelope, file: file) }
        if let pacing = fields.value("pacing") { self.pacing = try Pacing(pacing, file: file) }
        if let chunking = try fields.string("chunking") { self.chunking = try Self.chunking(chunking, file: file) }
        if let framing = fields.value("framing") { self.framing = try Framing(framing, file: file) }
        if let fault = fields.value("fault") { self.fault = try Fault(fault, file: file, path: "fault") }
        try fields.finish()
    }

    private mutating func readMarkers(_ fields: inout StrictFields) throws(ScenarioError) {
        guard let value = fields.value("markers") else {
            if format == .markers { throw .missing(file: fields.file, path: "markers (the format \"markers\" needs them)") }
            return
        }
        var markerFields = try StrictFields(value, file: fields.file, path: "markers")
        markers.beforeReasoning = try markerFields.string("start") ?? ""
        markers.afterReasoning = try markerFields.string("end") ?? ""
        markers.beforeAnswer = try markerFields.string("answer_start") ?? ""
        markers.afterAnswer = try markerFields.string("answer_end") ?? ""
        try markerFields.finish()
    }

    private mutating func readChoices(_ fields: inout StrictFields) throws(ScenarioError) {
        let single = try ChoiceScript(reading: &fields)
        guard let list = try fields.array("choices") else {
            choices = [single]
            return
        }
        guard single.segments.isEmpty else {
            throw .invalid(file: fields.file, path: "choices", problem: "write the texts inside the choices, not beside them")
        }
        for (index, value) in list.enumerated() {
            var choiceFields = try StrictFields(value, file: fields.file, path: "choices[\(index)]")
            choices.append(try ChoiceScript(reading: &choiceFields))
            try choiceFields.finish()
        }
    }

    private static func chunking(_ spelling: String, file: String) throws(ScenarioError) -> Chunking {
        guard let chunking = Chunking(spelling) else {
            throw .invalid(file: file, path: "chunking", problem: "\"\(spelling)\" is none of \(Chunking.spellings)")
        }
        return chunking
    }
}

extension StrictFields {
    /// A member whose string is one of an enumeration's raw values.
    mutating func choice<T: RawRepresentable & CaseIterable>(
        _ key: String, _: T.Type
    ) throws(ScenarioError) -> T? where T.RawValue == String {
        guard let name = try string(key) else { return nil }
        if let value = T(rawValue: name) { return value }
        let known = T.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid(file: file, path: place(key), problem: "\"\(name)\" is none of \(known)")
    }
}

extension UsagePlan {
    init(_ value: JSON, file: String) throws(ScenarioError) {
        var fields = try StrictFields(value, file: file, path: "usage")
        moment = try fields.choice("when", Moment.self) ?? .asked
        promptTokens = try fields.integer("prompt_tokens")
        completionTokens = try fields.integer("completion_tokens")
        reasoningTokens = try fields.integer("reasoning_tokens")
        cachedTokens = try fields.integer("cached_tokens") ?? 0
        try fields.finish()
    }
}

extension Envelope {
    init(_ value: JSON, file: String) throws(ScenarioError) {
        var fields = try StrictFields(value, file: file, path: "envelope")
        id = try fields.string("id")
        created = try fields.integer("created")
        model = try fields.string("model")
        systemFingerprint = try fields.string("system_fingerprint")
        keyOrder = try fields.choice("key_order", KeyOrder.self) ?? .idFirst
        nullFields = try fields.bool("null_fields") ?? false
        opensWithFilterResults = try fields.bool("opens_with_filter_results") ?? false
        opensWithRole = try fields.bool("opens_with_role") ?? true
        if let extra = fields.value("extra") {
            guard let members = extra.members else { throw .wrongType(file: file, path: fields.place("extra"), expected: "an object") }
            self.extra = members
        }
        spelling.escapesUnicode = try fields.bool("escape_unicode") ?? false
        spelling.spaced = try fields.bool("spaced") ?? false
        obfuscationLength = try fields.integer("obfuscation_length") ?? 0
        try fields.finish()
    }
}

extension Pacing {
    init(_ value: JSON, file: String) throws(ScenarioError) {
        self.init()
        var fields = try StrictFields(value, file: file, path: "pacing")
        tokensPerSecond = try fields.double("tokens_per_second") ?? tokensPerSecond
        jitter = try fields.double("jitter") ?? jitter
        if let delay = try fields.double("first_token_delay_ms") { firstTokenDelay = Nanoseconds(delay * 1_000_000) }
        if let gap = try fields.double("write_gap_ms") { writeGap = Nanoseconds(gap * 1_000_000) }
        if let seed = try fields.integer("seed") { self.seed = UInt64(seed) }
        try fields.finish()
    }
}

extension Framing {
    init(_ value: JSON, file: String) throws(ScenarioError) {
        self.init()
        var fields = try StrictFields(value, file: file, path: "framing")
        lineEnd = try fields.choice("line_end", LineEnd.self) ?? .lf
        spaceAfterColon = try fields.bool("space_after_colon") ?? true
        byteOrderMark = try fields.bool("byte_order_mark") ?? false
        ids = try fields.bool("ids") ?? false
        retry = try fields.bool("retry") ?? false
        eventName = try fields.string("event_name")
        multiLineData = try fields.bool("multi_line_data") ?? false
        commentEvery = try fields.integer("comment_every") ?? 0
        comment = try fields.string("comment") ?? comment
        emptyDataEvery = try fields.integer("empty_data_every") ?? 0
        keepAliveDataEvery = try fields.integer("keep_alive_data_every") ?? 0
        done = try fields.bool("done") ?? true
        finalBlankLine = try fields.bool("final_blank_line") ?? true
        try fields.finish()
    }
}
