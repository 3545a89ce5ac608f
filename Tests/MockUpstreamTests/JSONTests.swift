import Testing

@testable import MockUpstream

@Suite struct JSONTests {
    @Test(arguments: [
        "null", "true", "[]", "{}", #"{"b":1,"a":[1.50,-0,1e9,"x"],"b":2}"#, #""tab\t \"quoted\" \\ \u0000 line\n""#, #"["é","😀"]"#,
    ])
    func whatIsReadIsWrittenAgainInTheSameOrderAndSpelling(text: String) throws {
        #expect(try JSON(parsing: text).rendered() == text)
    }

    @Test func escapesAreDecoded() throws {
        #expect(try JSON(parsing: #""\u00e9\ud83d\ude00\/\b\f\r""#) == .string("é😀/\u{8}\u{C}\r"))
        #expect(try JSON(parsing: #""\ud83d!""#) == .string("\u{FFFD}!"))
        #expect(try JSON(parsing: #""\ud83d\u0041""#) == .string("\u{FFFD}A"))
    }

    @Test func unicodeCanBeEscaped() {
        #expect(JSON.string("é😀").rendered(JSONSpelling(escapesUnicode: true)) == #""\u00e9\ud83d\ude00""#)
        #expect(JSON.object([.init(key: "a", value: [1, 2])]).rendered(JSONSpelling(spaced: true)) == #"{"a": [1, 2]}"#)
    }

    @Test(arguments: [
        ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), ("{\"a\" 1}", 1, 6), ("[1]\n x", 2, 2), ("\"a\nb\"", 2, 1), ("[tru]", 1, 2), ("1-1", 1, 4),
        (#""\x""#, 1, 4), (#""\u12""#, 1, 4), ("{\n  \"a\": 01x\n}", 2, 10),
    ])
    func mistakesAreReportedWithTheirPlace(text: String, line: Int, column: Int) {
        let problem = #expect(throws: JSONProblem.self) { try JSON(parsing: text) }
        #expect(problem?.line == line)
        #expect(problem?.column == column)
    }

    @Test func nestingHasALimit() {
        #expect(throws: JSONProblem.self) { try JSON(parsing: String(repeating: "[", count: 100_000)) }
    }
}
