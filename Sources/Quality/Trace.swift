import Foundation
import Summaries

/// What the summary may know of a trace: the user's prompt and the reasoning.
struct Trace {
    var prompt: PromptFacts
    var reasoning: [UInt8]

    /// Reads a corpus file; nil when the line that ends the annotations is missing.
    init?(_ file: [UInt8]) {
        let text = String(decoding: file, as: UTF8.self)
        guard let line = text.range(of: "\n---\n") else { return nil }
        var prompt: [Substring] = []
        var isPrompt = false
        for line in text[..<line.lowerBound].split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("prompt:") {
                isPrompt = true
                prompt.append(line.dropFirst("prompt:".count).drop { $0 == " " })
            } else if line.first != " " {
                isPrompt = false
            } else if isPrompt {
                prompt.append(line.dropFirst(2))
            }
        }
        self.prompt = PromptFacts(lastUserText: Array(prompt.joined(separator: "\n").utf8))
        var reasoning = text[line.upperBound...]
        while reasoning.last == "\n" { reasoning.removeLast() }
        self.reasoning = Array(reasoning.utf8)
    }
}
