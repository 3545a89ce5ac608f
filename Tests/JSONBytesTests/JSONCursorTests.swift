import JSONBytes
import Testing

@Suite struct JSONCursorTests {
    static let accepted = [
        "null", "true", " false ", "0", "-0", "-1.5e+10", "1E5", "\"\"", "\"a\\u00e9\\n\"", "[]", "[ ]", "{}", "{ }", "[[],{}]",
        "{\"a\":1,\"a\":2}", "[1,2,3]", "{\"a\":{\"b\":[{\"c\":null}]}}", "\"\u{2028}\"", "\t\n\r [1]\n", "\"\\ud800\"", "[\"]\",\"}\"]",
        "123456789012345678901234567890",
    ]
    static let refused = [
        "", " ", "nul", "nulll", "True", "01", "-", "1.", ".5", "1e", "1e+", "+1", "--1", "0x1", "NaN", "Infinity", "\"", "\"\\", "\"\\x\"",
        "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"", "'a'", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "}", "{\"a\"", "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,", "{\"a\":1,}", "{,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "[1}", "{\"a\":1]", "1 2", "[] []", "null,",
        "\u{FEFF}1",
        "[\"a\",", "// c\n1", "[1,,2]", "{\"a\"::1}", "\u{1}",
    ]

    private func check(_ text: String, maximumDepth: Int = 128) throws(JSONError) {
        let bytes = Array(text.utf8)
        var cursor = JSONCursor(bytes.span, maximumDepth: maximumDepth)
        _ = try cursor.skipValue()
        try cursor.finish()
    }

    @Test(arguments: accepted) func passesEveryWellFormedText(_ text: String) throws {
        try check(text)
    }

    @Test(arguments: refused) func refusesEveryIllFormedText(_ text: String) {
        #expect(throws: JSONError.self) { try check(text) }
    }

    @Test(arguments: accepted) func everyProperPrefixOfAContainerOrStringIsRefused(_ text: String) {
        let trimmed = Array(text.utf8)
        guard let first = trimmed.first, [UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\"")].contains(first) else { return }
        for length in 0..<trimmed.count {
            let prefix = Array(trimmed[..<length])
            #expect(throws: JSONError.unexpectedEnd) {
                var cursor = JSONCursor(prefix.span)
                _ = try cursor.skipValue()
                try cursor.finish()
            }
        }
    }

    @Test func depthIsLimitedWhileSkippingAndWhileDescending() throws {
        let nested = String(repeating: "[", count: 8) + String(repeating: "]", count: 8)
        try check(nested, maximumDepth: 8)
        #expect(throws: JSONError.tooDeep(limit: 7)) { try check(nested, maximumDepth: 7) }
        let inObject = Array("{\"a\":[[1]]}".utf8)
        #expect(throws: JSONError.tooDeep(limit: 2)) {
            var cursor = JSONCursor(inObject.span, maximumDepth: 2)
            try cursor.enterObject()
            _ = try cursor.nextKey()
            _ = try cursor.skipValue()
        }
    }

    @Test func aHundredThousandBracketsAreRefusedAndNotRecursedInto() {
        #expect(throws: JSONError.tooDeep(limit: 128)) { try check(String(repeating: "[", count: 100_000)) }
        #expect(throws: JSONError.tooDeep(limit: 256)) { try check(String(repeating: "{\"a\":", count: 100_000), maximumDepth: 1_000) }
    }

    @Test func membersAndElementsAreVisitedInOrderWithTheirRanges() throws {
        let bytes = Array(" {\"a\" : [1, \"x\\\"y\"] , \"b\": {\"c\": -12}, \"d\": true, \"e\": null} ".utf8)
        var cursor = JSONCursor(bytes.span)
        var seen: [String] = []
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            switch text(key.content) {
            case "a":
                try cursor.enterArray()
                #expect(try cursor.nextElement())
                seen.append("\(try cursor.integer() ?? -1)")
                #expect(try cursor.nextElement())
                let string = try cursor.string()
                #expect(string.hasEscapes)
                seen.append(text(string.quoted))
                #expect(try cursor.nextElement() == false)
            case "b":
                seen.append(text(try cursor.skipValue()))
            case "d":
                seen.append("\(try cursor.boolean())")
            default:
                #expect(try cursor.skipNull())
                seen.append("null")
            }
        }
        try cursor.finish()
        #expect(seen == ["1", "\"x\\\"y\"", "{\"c\": -12}", "true", "null"])
    }

    @Test(
        arguments: [
            ("0", 0), ("-7", -7), ("9223372036854775807", Int.max), ("9223372036854775808", nil),
            ("-9223372036854775808", Int.min), ("-9223372036854775809", nil), ("-0", 0), ("1.0", nil), ("1e3", nil),
        ] as [(String, Int?)])
    func wholeNumbersAreReadAndOthersAreNot(_ text: String, _ value: Int?) throws {
        let bytes = Array(text.utf8)
        var cursor = JSONCursor(bytes.span)
        #expect(try cursor.integer() == value)
    }

    @Test func aValueOfAnotherKindIsNamedAsSuch() {
        let bytes = Array("[1]".utf8)
        #expect(throws: JSONError.wrongKind(offset: 0)) {
            var cursor = JSONCursor(bytes.span)
            _ = try cursor.string()
        }
        #expect(throws: JSONError.wrongKind(offset: 0)) {
            var cursor = JSONCursor(bytes.span)
            try cursor.enterObject()
        }
    }

    @Test(
        arguments: [
            ("x", .unexpectedByte(offset: 0)), ("{1:2}", .unexpectedByte(offset: 1)), ("{\"a\":1,}", .unexpectedByte(offset: 7)),
            ("{\"a\":nux}", .malformed(offset: 5)), ("{\"a\":nu}", .malformed(offset: 5)), ("{\"a\":nu", .unexpectedEnd),
            ("{\"a\":\"\\u1\"}", .malformed(offset: 6)), ("{\"a\":\"\\u1", .unexpectedEnd),
        ] as [(String, JSONError)])
    func anErrorTellsACutTextFromAWrongOne(_ text: String, _ error: JSONError) {
        let bytes = Array(text.utf8)
        #expect(throws: error) {
            var cursor = JSONCursor(bytes.span)
            try cursor.enterObject()
            while try cursor.nextKey() != nil { _ = try cursor.skipValue() }
        }
    }

    @Test(arguments: [
        ("{\"a\":1}", false), ("{\"a\\n\":\"\\r\", \t\"b\":[ ]}", false), ("{\n}", true), ("[1,\r2]", true), ("[[{\"a\":\n1}]]", true),
    ])
    func aRawLineBreakIsNoticedWhereverItStands(_ text: String, _ isNoticed: Bool) throws {
        let bytes = Array(text.utf8)
        var cursor = JSONCursor(bytes.span)
        _ = try cursor.skipValue()
        #expect(cursor.hasPassedLineBreak == isNoticed)
    }

    @Test(arguments: ["index", "\\u0069ndex", "inde\\u0078", "\\u0069\\u006e\\u0064\\u0065\\u0078"])
    func aNameIsTheSameHoweverItIsEscaped(_ name: String) throws {
        let bytes = Array("{\"\(name)\":1}".utf8)
        var cursor = JSONCursor(bytes.span)
        try cursor.enterObject()
        let key = try #require(try cursor.nextKey())
        // Read first: the cursor cannot escape into the macro's closure.
        let matches = [cursor.matches(key, "index"), cursor.matches(key, "indeX"), cursor.matches(key, "indexx")]
        let count = cursor.byteCount(key)
        #expect(matches == [true, false, false])
        #expect(count == 5)
    }

    @Test(
        arguments: [("429", 429), ("0", 0), ("007", 7), ("", nil), ("4x", nil), ("-1", nil), ("1234567890123456789", nil)]
            as [(String, Int?)])
    func aStringOfDigitsHasAValue(_ text: String, _ value: Int?) throws {
        let bytes = Array("\"\(text)\"".utf8)
        var cursor = JSONCursor(bytes.span)
        let string = try cursor.string()
        let decimal = cursor.decimal(string)
        #expect(decimal == value)
    }

    @Test(arguments: [
        (JSONError.unexpectedEnd, "ends in the middle"), (.unexpectedByte(offset: 3), "byte 3"), (.malformed(offset: 4), "byte 4"),
        (.controlCharacter(offset: 5), "control character"), (.tooDeep(limit: 128), "128"),
        (.trailingData(offset: 6), "after the JSON value"),
        (.wrongKind(offset: 7), "another kind"),
    ])
    func messagesTellWhatIsWrong(_ error: JSONError, _ part: String) {
        #expect(error.message.contains(part))
    }
}
