import AgentAPIs
import ChatRequests
import JSONBytes

/// What the response will say about its request: the client's own bytes, as long as they are of the right kind and short.
extension ResponsesReader {
    /// The longest value that is repeated: every event that holds the response has it once more.
    private static let longestEcho = 16 << 10

    mutating func readEcho() {
        echo("instructions", [.string], \.instructions)
        echo("max_output_tokens", [.number], \.maximumOutputTokens)
        echo("metadata", [.object], \.metadata)
        echo("parallel_tool_calls", [.boolean], \.parallelToolCalls)
        echo("temperature", [.number], \.temperature)
        echo("text", [.object], \.text)
        echo("tool_choice", [.string, .object], \.toolChoice)
        echo("top_p", [.number], \.topP)
        request.echo.reasoning = reasoning
    }

    private mutating func echo(_ name: String, _ kinds: [JSONKind], _ place: WritableKeyPath<RequestEcho, [UInt8]>) {
        guard let value = fields[name], kinds.contains(value.kind), value.range.count <= ResponsesReader.longestEcho else { return }
        request.echo[keyPath: place] = value.raw
    }

    private var reasoning: [UInt8] {
        var output = Array("{\"effort\":".utf8)
        appendWord(request.effort, to: &output)
        output.append(",\"summary\":")
        appendWord(request.summary.flatMap { $0 == .off ? nil : $0.rawValue }, to: &output)
        output.append("}")
        return output
    }

    private func appendWord(_ word: String?, to output: inout [UInt8]) {
        if let word, word.utf8.count <= 32 { JSONText.appendQuoted(word, to: &output) } else { output.append("null") }
    }
}
