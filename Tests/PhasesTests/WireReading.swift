/// What a client holds after it has read a whole output: the texts of each choice, by concatenation.
struct WireReading {
    struct ToolCall: Equatable, Decodable {
        var id: String?
        var name: String?
        var arguments = ""
    }

    struct Choice {
        var answer: [UInt8] = []
        var toolCalls: [Int: ToolCall] = [:]
        var refusal = ""
        var finish: String?
        var logprobTokens: [String] = []
        var annotations = 0
        var hasRole = false

        var calls: [ToolCall] { toolCalls.keys.sorted().compactMap { toolCalls[$0] } }
    }

    var choices: [Int: Choice] = [:]
    /// Phases in the order in which they began, by markers or, where the style has none, by tags of choice 0.
    var phases: [String] = []
    /// Text by summary phase, labels included.
    var summaries: [String: String] = [:]
    /// Each chunk of summary text, with its tag.
    var summaryChunks: [(phase: String, text: String)] = []
    var error: [String: Any]?
    var usage: [String: Any]?
    var doneCount = 0
    var commentCount = 0

    /// Answers by index, for comparison with a vector.
    var answers: [Int: [UInt8]] { choices.mapValues(\.answer) }
    /// Finish reasons by index.
    var finishes: [Int: String] { choices.compactMapValues(\.finish) }
}
