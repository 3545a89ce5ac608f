/// What was said, as the next request must repeat it. Only answers are kept, never summaries: a model should not read what
/// the proxy wrote about it.
struct Conversation: Equatable, Sendable {
    /// One question and, once it came, its answer.
    struct Turn: Equatable, Sendable {
        var question: MessageContent
        var answer: String?
    }

    var system: String?
    private(set) var turns: [Turn] = []

    /// All messages up to the last question.
    var messages: [ChatMessage] {
        var messages = system.map { [ChatMessage(role: "system", content: .text($0))] } ?? []
        for turn in turns {
            messages.append(ChatMessage(role: "user", content: turn.question))
            if let answer = turn.answer { messages.append(ChatMessage(role: "assistant", content: .text(answer))) }
        }
        return messages
    }

    var lastAnswer: String? { turns.last?.answer }

    mutating func asked(_ question: MessageContent) { turns.append(Turn(question: question)) }

    /// Keeps what came of an answer, also when it was stopped, so that the user may go on from there. A question with no answer
    /// at all is taken back: two questions in a row confuse models, and some servers refuse them.
    mutating func answered(_ text: String) {
        guard !turns.isEmpty else { return }
        if text.isEmpty { turns.removeLast() } else { turns[turns.count - 1].answer = text }
    }

    /// Takes the last turn back and returns its question; nil when there is none.
    mutating func takeBackLastTurn() -> MessageContent? { turns.popLast()?.question }

    mutating func reset() { turns = [] }

    /// The conversation as a text for people.
    var transcript: String {
        var parts = system.map { ["# System\n\n\($0)"] } ?? []
        for turn in turns {
            parts.append("# You\n\n\(turn.question.plainText)")
            if let answer = turn.answer { parts.append("# Answer\n\n\(answer)") }
        }
        return parts.joined(separator: "\n\n") + "\n"
    }
}
