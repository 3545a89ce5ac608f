/// What a server says of a conversation that is longer than its model's context, read from the words of OpenAI, vLLM, SGLang, llama.cpp, TGI
/// and Anthropic.
///
/// Servers use nearly the same words when it is the answer's wished length that does not fit. A client that took that for a long conversation
/// would shorten it in vain; so where the words count the prompt, and it fills less than half of the context, this is no such complaint.
struct ContextComplaint {
    /// How many tokens there were; nil if the words do not say.
    var tokens: Int?
    /// How many there may be; nil if the words do not say.
    var maximum: Int?

    /// In lower case.
    private static let phrases = [
        "context_length_exceeded", "context length", "context window", "context size", "prompt is too long", "input is too long",
        "`inputs` tokens + `max_new_tokens`",
    ]
    /// Behind them stands the size of the context.
    private static let sizePhrases = ["context length", "context window", "context size", "must be <="]
    /// Before them stands the size of the prompt.
    private static let promptPhrases = ["in the messages", "in the prompt", "input tokens"]

    /// Nil if `text`, an error's text or code, says no such thing.
    init?(_ text: String) {
        let text = text.lowercased()
        guard ContextComplaint.phrases.contains(where: { text.contains($0) }) else { return nil }
        maximum = ContextComplaint.first(ContextComplaint.sizePhrases, in: text) {
            ContextComplaint.numbers(in: text[$0.upperBound...]).first
        }
        guard let maximum else { return }
        let prompt = ContextComplaint.first(ContextComplaint.promptPhrases, in: text) {
            ContextComplaint.numbers(in: text[..<$0.lowerBound]).last
        }
        if let prompt, prompt < maximum / 2 { return nil }
        tokens = [prompt, ContextComplaint.numbers(in: text[...]).max()].compactMap { $0 }.first { $0 > maximum }
    }

    private static func first(_ phrases: [String], in text: String, _ read: (Range<String.Index>) -> Int?) -> Int? {
        for phrase in phrases {
            if let place = text.ranges(of: phrase).first, let number = read(place) { return number }
        }
        return nil
    }

    private static func numbers(in text: Substring) -> [Int] {
        text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
    }
}
