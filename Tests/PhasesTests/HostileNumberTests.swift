import ChatRequests
import Phases
import Testing

/// Numbers and nesting of an upstream's making: arithmetic on them must not end the process, and with it every stream.
@Suite("Numbers from outside never overflow")
struct HostileNumberTests {
    private static let numbers = [
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-1", "-0", "18446744073709551616", "1e400", "-1e400",
        "1e-400", "0.5", "4294967296", "2147483648", "1" + String(repeating: "0", count: 400), "\"7\"", "null", "true",
    ]

    /// Where an upstream's number is read, with `#` in its place.
    private static let places = [
        #"{"choices":[{"index":#,"delta":{"content":"a"}}]}"#,
        #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":#,"function":{"arguments":"{}"}}]}}]}"#,
        #"{"created":#,"choices":[{"index":0,"delta":{"content":"a"}}]}"#,
        #"{"choices":[],"usage":{"prompt_tokens":#,"completion_tokens":#,"total_tokens":#}}"#,
        #"{"error":{"message":"m","code":#,"status":#}}"#,
        #"{"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"a","index":#}]}}]}"#,
        #"{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}],"created":#}"#,
    ]

    @Test(arguments: places)
    func everyStreamEndsOnceWhateverTheNumber(_ place: String) {
        for number in Self.numbers {
            let chunk = place.replacing("#", with: number)
            for style in WireStyle.allCases { #expect(Self.ends(of: chunk, style) == 1, "\(style): \(chunk.prefix(120))") }
        }
    }

    @Test(arguments: ["[", "{\"a\":", "{\"choices\":["])
    func aHundredThousandBracketsOfAnUpstreamEndTheStreamAndNothingElse(_ opening: String) {
        let chunk = "{\"choices\":" + String(repeating: opening, count: 100_000)
        for style in WireStyle.allCases { #expect(Self.ends(of: chunk, style) == 1) }
    }

    @Test func ofRepeatedMembersOfAnUpstreamOneCounts() {
        let chunk = #"{"choices":[{"index":0,"index":1,"delta":{"content":"a","content":"b"},"delta":{"content":"c"}}],"choices":[]}"#
        for style in WireStyle.allCases { #expect(Self.ends(of: chunk, style) == 1) }
    }

    /// How often a stream with this chunk tells its end.
    private static func ends(of chunk: String, _ style: WireStyle) -> Int {
        let text = #"data: {"choices":[{"index":0,"delta":{"content":"Yes."}}]}"#
        let stream = [text, "data: " + chunk, text, "data: [DONE]"].map { Array(($0 + "\n\n").utf8) }
        let playing = Playing(stream, Streams.plan(style, .off))
        // Each style says it in the stream as well, unless the bytes are the upstream's own.
        #expect(style == .off || playing.text.hasSuffix("data: [DONE]\n\n"), "\(style): \(chunk.prefix(120))")
        return playing.ends.count
    }
}
