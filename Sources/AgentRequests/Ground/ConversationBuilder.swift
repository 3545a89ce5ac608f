/// Puts a conversation's events into messages that every upstream takes.
///
/// A turn is gathered until the assistant speaks again: its message, then a tool message for each of its calls, then everything of the user,
/// images of the tools' results first. Nothing can come between a call and its result, because the results are looked up by their calls.
///
/// Linear in events and bytes.
struct ConversationBuilder {
    private let events: [ConversationEvent]
    private let names: ToolNames
    private let pairs: CallPairs
    private let opensReasoning: (@Sendable ([UInt8]) -> [UInt8]?)?
    /// The index of the user's last own words: reasoning before them is not wanted back.
    private let lastQuestion: Int

    private var system: [[UInt8]] = []
    private var messages: [ChatMessage] = []
    /// The turn's message of the assistant, its calls, and what the user says after it.
    private var assistant = AssistantMessage()
    private var user: [ContentPiece] = []
    private var callIDs: Set<[UInt8]> = []
    /// The next number to try behind an id that is taken.
    private var idNumbers: [[UInt8]: Int] = [:]
    private var hasAnswers = false
    private var hasSpoken = false
    private var reasoning: [[UInt8]] = []

    init(_ events: [ConversationEvent], names: ToolNames, opensReasoning: (@Sendable ([UInt8]) -> [UInt8]?)?) {
        self.events = events
        self.names = names
        self.opensReasoning = opensReasoning
        pairs = CallPairs(events)
        lastQuestion =
            events.lastIndex {
                if case .user(let pieces) = $0 { Question.isAsked(in: pieces) } else { false }
            } ?? -1
    }

    /// The messages; empty if nobody has said anything.
    mutating func build() -> [ChatMessage] {
        for index in events.indices { receive(events[index], at: index) }
        endTurn()
        // Templates insist on somebody to answer: the last words of whoever runs the model are the question then.
        if messages.isEmpty, let question = system.popLast() { messages.append(.user([.text(question)])) }
        if !system.isEmpty { messages.insert(.system(Array(system.joined(separator: Array("\n\n".utf8)))), at: 0) }
        return messages
    }

    private mutating func receive(_ event: ConversationEvent, at index: Int) {
        switch event {
        case .system(let text): receiveSystem(text)
        case .user(let pieces):
            reasoning.removeAll()
            addUser(pieces)
        case .assistant(let said):
            let text = ThoughtTags.removed(from: said)
            guard !text.isEmpty else { return }
            beginSpeaking()
            assistant.texts.append(text)
        case .reasoning(let value):
            guard index > lastQuestion, let text = opensReasoning?(value), !text.isEmpty else { return }
            reasoning.append(text)
        case .call(let call): receiveCall(call, at: index)
        case .result(let result):
            if pairs.answering.contains(index) {
                hasAnswers = hasAnswers || !assistant.calls.isEmpty
            } else {
                addUser([.text(Notes.orphan())] + resultPieces(result))
            }
        }
    }

    private mutating func receiveSystem(_ text: [UInt8]) {
        guard !text.isEmpty else { return }
        if hasSpoken { addUser([.text(Notes.reminder(text))]) } else { system.append(text) }
    }

    private mutating func receiveCall(_ call: ToolCall, at index: Int) {
        beginSpeaking()
        let arguments = call.tool.isCustom ? ToolArguments.wrapped(call.arguments) : ToolArguments.object(call.arguments)
        assistant.calls.append(
            ChatCall(id: unusedID(call.id), name: names.name(of: call.tool), arguments: arguments, result: pairs.results[index]))
    }

    /// The first id free in this turn: some clients repeat them.
    private mutating func unusedID(_ id: [UInt8]) -> [UInt8] {
        let id = id.isEmpty ? Array("call".utf8) : id
        if callIDs.insert(id).inserted { return id }
        // The number goes on where it stopped for this id: a thousand equal ids stay linear.
        var number = idNumbers[id] ?? 2
        while true {
            let candidate = id + Array("_\(number)".utf8)
            number += 1
            guard callIDs.insert(candidate).inserted else { continue }
            idNumbers[id] = number
            return candidate
        }
    }

    private mutating func addUser(_ pieces: [ContentPiece]) {
        var isFirst = true
        for var piece in pieces where !piece.isEmpty {
            piece.beginsParagraph = isFirst
            isFirst = false
            user.append(piece)
        }
    }

    private mutating func beginSpeaking() {
        if !user.isEmpty || hasAnswers { endTurn() }
        hasSpoken = true
        assistant.reasoning += reasoning
        reasoning.removeAll()
    }
}

// MARK: - Turns

extension ConversationBuilder {
    private mutating func endTurn() {
        let turn = assistant
        let words = user
        assistant = AssistantMessage()
        user = []
        callIDs = []
        idNumbers = [:]
        hasAnswers = false
        if !turn.texts.isEmpty || !turn.calls.isEmpty { messages.append(.assistant(turn)) }
        var images: [ContentPiece] = []
        for call in turn.calls { answer(call, &images) }
        if !images.isEmpty || !words.isEmpty { messages.append(.user(images + words)) }
    }

    private mutating func answer(_ call: ChatCall, _ images: inout [ContentPiece]) {
        guard let index = call.result, case .result(let result) = events[index] else {
            messages.append(.tool(id: call.id, text: Notes.aborted))
            return
        }
        messages.append(.tool(id: call.id, text: text(of: result)))
        let shown = result.pieces.filter(\.isImage)
        guard !shown.isEmpty else { return }
        images.append(ContentPiece(kind: .text(Notes.images(of: call.name)), beginsParagraph: true))
        images += shown
    }

    private func text(of result: ToolResult) -> [UInt8] {
        var output = result.isError ? Array("ERROR: ".utf8) : []
        let prefix = output.count
        for piece in result.pieces where !piece.isEmpty {
            if output.count > prefix { output.append(UInt8(ascii: "\n")) }
            switch piece.kind {
            case .text(let text): output += text
            case .image: output += Notes.imageFollows
            }
        }
        if output.count == prefix { output += Notes.noOutput }
        return output
    }

    /// A result that stands alone, with its images where they were.
    private func resultPieces(_ result: ToolResult) -> [ContentPiece] {
        let pieces = result.pieces.filter { !$0.isEmpty }
        return (result.isError ? [.text(Array("ERROR:".utf8))] : []) + (pieces.isEmpty ? [.text(Notes.noOutput)] : pieces)
    }
}
