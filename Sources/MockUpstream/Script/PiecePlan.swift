/// One event to come, not yet rendered.
struct Piece: Sendable, Equatable {
    enum Content: Sendable, Equatable {
        case filterResults
        case role
        case reasoning(String)
        /// Answer text, or any text of an inline dialect.
        case content(String)
        case refusal(String)
        case toolHead(index: Int, ToolCall)
        case toolArguments(index: Int, String)
        case delta(JSON)
        case chunk(JSON)
        case raw(String)
        case recorded(Recording.Line)
        case pause(Nanoseconds)
        case finish(String)
        case usage
    }

    var choice: Int
    var content: Content
    var phase: Phase

    /// Whether the pacing puts a gap before it. Ends come together with the last text.
    var isPaced: Bool {
        switch content {
        case .finish, .usage, .pause: false
        default: true
        }
    }
}

/// Token counts of a whole answer.
struct TokenCounts: Sendable, Equatable {
    var prompt = 0
    var completion = 0
    var reasoning = 0
}

/// The events of one answer in their order: the scenario's texts, cut, with everything around them.
struct PiecePlan: Sendable, Equatable {
    private(set) var pieces: [Piece] = []
    private(set) var counts = TokenCounts()

    init(_ scenario: Scenario, for request: ChatRequest) {
        if let recording = scenario.recording {
            pieces = recording.lines.map { Piece(choice: 0, content: .recorded($0), phase: $0.phase) }
            return
        }
        counts = Self.count(scenario, request)
        let scripts = scenario.scripts(for: request)
        let lists = scripts.enumerated().map { index, script in Self.pieces(script, choice: index, scenario, request) }
        if scenario.envelope.opensWithFilterResults { pieces.append(Piece(choice: 0, content: .filterResults, phase: .opening)) }
        pieces += scenario.interleaves ? Self.interleaved(lists) : Array(lists.joined())
        if scenario.usage.hasChunkOfItsOwn(for: request) { pieces.append(Piece(choice: 0, content: .usage, phase: .ending)) }
    }

    private static func pieces(_ script: ChoiceScript, choice: Int, _ scenario: Scenario, _ request: ChatRequest) -> [Piece] {
        var builder = PieceBuilder(choice: choice, scenario: scenario, request: request)
        if scenario.envelope.opensWithRole { builder.append(.role, .opening) }
        for segment in script.segments { builder.append(segment) }
        builder.closeInlineRun()
        let reason = script.effectiveFinishReason
        if !reason.isEmpty { builder.append(.finish(reason), .ending) }
        return builder.pieces
    }

    private static func interleaved(_ lists: [[Piece]]) -> [Piece] {
        let longest = lists.map(\.count).max() ?? 0
        return (0..<longest).flatMap { row in lists.compactMap { row < $0.count ? $0[row] : nil } }
    }

    private static func count(_ scenario: Scenario, _ request: ChatRequest) -> TokenCounts {
        var counts = TokenCounts(prompt: scenario.usage.promptTokens ?? max(1, request.prompt.utf8.count / 4 + 8))
        for segment in scenario.scripts(for: request).flatMap(\.segments) {
            switch segment {
            case .reasoning(let text):
                let tokens = TextCutter.tokens(of: request.expand(text)).count
                counts.reasoning += tokens
                counts.completion += tokens
            case .answer(let text), .refusal(let text): counts.completion += TextCutter.tokens(of: request.expand(text)).count
            case .content(let pieces, let phase):
                counts.completion += pieces.count
                if phase == .reasoning { counts.reasoning += pieces.count }
            case .toolCalls(let calls): counts.completion += calls.reduce(0) { $0 + 2 + TextCutter.tokens(of: $1.arguments).count }
            case .delta, .chunk, .raw: counts.completion += 1
            case .pause: break
            }
        }
        counts.completion = scenario.usage.completionTokens ?? counts.completion
        counts.reasoning = scenario.usage.reasoningTokens ?? counts.reasoning
        return counts
    }
}

extension Scenario {
    /// The choices for a request: the scenario's own, repeated when the request asks for more; behind results of tools the turn for them.
    func scripts(for request: ChatRequest) -> [ChoiceScript] {
        let choices = request.toolResults.isEmpty ? choices : afterTools.map { [$0] } ?? choices
        guard !choices.isEmpty else { return [] }
        return (0..<max(choices.count, request.choiceCount)).map { choices[$0 % choices.count] }
    }
}

extension UsagePlan {
    func hasChunkOfItsOwn(for request: ChatRequest) -> Bool {
        switch moment {
        case .asked, .everyChunk: request.includesUsage
        case .always: true
        case .onFinish, .never: false
        }
    }
}

/// Cuts the segments of one choice.
private struct PieceBuilder {
    let choice: Int
    let scenario: Scenario
    let request: ChatRequest
    let markers: InlineMarkers
    private(set) var pieces: [Piece] = []
    private var run: [(text: String, phase: Phase, isMarker: Bool)] = []
    private var startMarkerIsDue: Bool

    init(choice: Int, scenario: Scenario, request: ChatRequest) {
        self.choice = choice
        self.scenario = scenario
        self.request = request
        markers = scenario.format.inlineMarkers(custom: scenario.markers)
        startMarkerIsDue = !scenario.isPrefilled
    }

    mutating func append(_ content: Piece.Content, _ phase: Phase) {
        closeInlineRun()
        pieces.append(Piece(choice: choice, content: content, phase: phase))
    }

    mutating func append(_ segment: Segment) {
        switch segment {
        case .reasoning(let text): appendReasoning(request.expand(text))
        case .answer(let text): appendAnswer(request.expand(text))
        case .content(let texts, let phase): for text in texts { append(.content(request.expand(text)), phase) }
        case .refusal(let text): for piece in cut(request.expand(text)) { append(.refusal(piece), .answer) }
        case .toolCalls(let calls):
            for (index, call) in calls.enumerated() {
                append(.toolHead(index: index, call), .answer)
                for piece in cut(call.arguments) { append(.toolArguments(index: index, piece), .answer) }
            }
        case .delta(let delta, let phase): append(.delta(delta), phase)
        case .chunk(let chunk, let phase): append(.chunk(chunk), phase)
        case .raw(let line, let phase): append(.raw(line), phase)
        case .pause(let duration): append(.pause(duration), .opening)
        }
    }

    private mutating func appendReasoning(_ text: String) {
        guard scenario.format.isInline else {
            if scenario.format != .plain { for piece in cut(text) { append(.reasoning(piece), .reasoning) } }
            return
        }
        if startMarkerIsDue { run.append((markers.beforeReasoning, .reasoning, true)) }
        startMarkerIsDue = true
        run.append((text, .reasoning, false))
        run.append((markers.afterReasoning, .reasoning, true))
    }

    private mutating func appendAnswer(_ text: String) {
        guard scenario.format.isInline else {
            for piece in cut(text) { append(.content(piece), .answer) }
            return
        }
        run.append((markers.beforeAnswer, .answer, true))
        run.append((text, .answer, false))
        run.append((markers.afterAnswer, .answer, true))
    }

    private func cut(_ text: String) -> [String] { TextCutter.pieces(of: text, scenario.chunking.text) }

    /// Cuts what stands in `content` with its markers. Tokens keep a marker whole; every other cut goes across.
    mutating func closeInlineRun() {
        guard !run.isEmpty else { return }
        defer { run = [] }
        if scenario.chunking.text == .token {
            for part in run where !part.text.isEmpty {
                for text in part.isMarker ? [part.text] : cut(part.text) {
                    pieces.append(Piece(choice: choice, content: .content(text), phase: part.phase))
                }
            }
            return
        }
        var part = 0
        var end = run.first?.text.utf8.count ?? 0
        var offset = 0
        for text in cut(run.map(\.text).joined()) {
            while offset >= end, part + 1 < run.count {
                part += 1
                end += run[part].text.utf8.count
            }
            pieces.append(Piece(choice: choice, content: .content(text), phase: run[part].phase))
            offset += text.utf8.count
        }
    }
}
