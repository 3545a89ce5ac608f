import JSONBytes
import Testing

@Suite struct AppendTests {
    @Test(arguments: [0, 1, 9, 10, 99, 100, 12_345, 1_700_000_000, Int.max, -1, -10, Int.min])
    func numbersAreWrittenAsStringWritesThem(_ number: Int) {
        var bytes: [UInt8] = [0x20]
        bytes.append(decimal: number)
        #expect(bytes == [0x20] + Array(String(number).utf8))
    }

    @Test(arguments: ["", "a", "fifteen bytes..", "sixteen bytes...", "日本語", "a much longer text that no small form of a string can hold"])
    func textsAreWrittenAsTheyAre(_ text: String) {
        var bytes: [UInt8] = [0x20]
        bytes.append(text)
        #expect(bytes == [0x20] + Array(text.utf8))
    }
}

@Suite struct JSONNameTests {
    private static let names: [StaticString] = [
        "a", "id", "index", "choices", "sevenxx", "eightxxx", "ninexxxxx", "finish_reason", "sixteenxxxxxxxxx", "seventeenxxxxxxxx",
        "chat.completion.chunk", "twentyfourxxxxxxxxxxxxxx", "completion_tokens_details", "prompt_cache_hit_tokens",
        "thirtytwoxxxxxxxxxxxxxxxxxxxxxxx",
    ]

    private static func matches(_ text: String, _ name: JSONName, behind: String) -> Bool {
        let bytes = Array("\"\(text)\"\(behind)".utf8)
        var cursor = JSONCursor(bytes.span)
        guard let string = try? cursor.string() else { return false }  // every text here is a string
        return cursor.matches(string, name)
    }

    @Test(arguments: names.indices) func aNameMatchesItselfAndNothingThatDiffersInOneByte(_ place: Int) {
        let text = Self.names[place].description
        let name = JSONName(Self.names[place])
        for behind in ["", ":1", "                "] {
            #expect(Self.matches(text, name, behind: behind), "\(text)")
            #expect(!Self.matches(text + "x", name, behind: behind) && !Self.matches("x" + text, name, behind: behind), "\(text)")
            #expect(!Self.matches(String(text.dropLast()), name, behind: behind), "\(text)")
            for index in text.indices {
                var other = text
                other.replaceSubrange(index...index, with: "Z")
                #expect(!Self.matches(other, name, behind: behind), "\(other), not \(text)")
            }
        }
    }

    @Test(arguments: names.indices) func anEscapedNameMatches(_ place: Int) {
        let text = Self.names[place].description
        let escaped = text.utf8.map { "\\u00" + String($0, radix: 16) }.joined()
        #expect(Self.matches(escaped, JSONName(Self.names[place]), behind: ""))
    }

    @Test func aNameThatIsTooLongMatchesNothing() {
        let name = JSONName("thirtythreexxxxxxxxxxxxxxxxxxxxxx")
        #expect(!Self.matches("thirtythreexxxxxxxxxxxxxxxxxxxxxx", name, behind: ""))
    }
}
