/// What came of asking for a line.
enum TypedLine: Equatable, Sendable {
    case line(String)
    /// Ctrl-C; what had been typed is gone.
    case interrupted(hadText: Bool)
    /// Ctrl-D, or the end of the input.
    case ended
}

/// Where the lines of a conversation come from.
protocol LineSource: AnyObject {
    /// Waits for a line. `prompt` may hold colour.
    func next(prompt: Prompt) -> TypedLine

    /// Offers an entry for recall with the arrow keys.
    func remember(_ entry: String)
}

/// The text before the cursor; a space follows it.
struct Prompt: Equatable, Sendable {
    var text: String
    var tint: Tint
}

/// Lines from a pipe or a file: no prompt, no editing.
final class PlainLines: LineSource {
    func next(prompt: Prompt) -> TypedLine { readLine().map(TypedLine.line) ?? .ended }

    func remember(_ entry: String) {}
}
