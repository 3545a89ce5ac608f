import Foundation
import JSONBytes
import Testing

@Suite struct JSONTextTests {
    /// Decodes the strings one after another as one text.
    private func decode(_ strings: [String]) throws -> [UInt8] {
        var decoder = JSONTextDecoder()
        var output: [UInt8] = []
        for string in strings {
            let bytes = Array("\"\(string)\"".utf8)
            var cursor = JSONCursor(bytes.span)
            decoder.decode(try cursor.string(), in: bytes.span, to: &output)
        }
        decoder.finish(to: &output)
        return output
    }

    @Test(arguments: [
        (["plain"], "plain"), (["a\\nb\\t\\\"\\\\\\/\\b\\f\\r"], "a\nb\t\"\\/\u{8}\u{c}\r"), (["\\u00e9\\u4e2d"], "é中"),
        (["\\uD83D\\uDE00"], "😀"), (["\\uD83D", "\\uDE00"], "😀"), (["x\\ud83d", "", "\\ude00y"], "x😀y"), (["\\uD83D"], "\u{FFFD}"),
        (["\\uD83D", "a"], "\u{FFFD}a"), (["\\uDE00"], "\u{FFFD}"), (["\\uD83D\\uD83D\\uDE00"], "\u{FFFD}😀"),
        (["\\uD83D\\n"], "\u{FFFD}\n"),
        (["\\u0000"], "\u{0}"),
    ])
    func escapesBecomeTextAlsoWhenASurrogatePairIsCut(_ strings: [String], _ text: String) throws {
        #expect(try decode(strings) == Array(text.utf8))
    }

    @Test func aHalfCharacterIsReportedWhileItWaits() throws {
        let bytes = Array("\"\\ud83d\"".utf8)
        var cursor = JSONCursor(bytes.span)
        var decoder = JSONTextDecoder()
        var output: [UInt8] = []
        decoder.decode(try cursor.string(), in: bytes.span, to: &output)
        #expect(decoder.isHoldingHalfCharacter)
        #expect(output.isEmpty)
    }

    @Test func whatIsEscapedIsReadBackByAnIndependentParser() throws {
        var text = "\u{0}\u{1f}\"\\\u{7f}\u{2028}\u{2029}\u{2027}é中😀</script>"
        for value in 0..<0x180 { if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) } }
        var output: [UInt8] = []
        JSONText.appendQuoted(text, to: &output)
        let parsed = try JSONSerialization.jsonObject(with: Data(output), options: .fragmentsAllowed) as? String
        #expect(parsed == text)
        #expect(!output.contains { $0 < 0x20 || $0 == 0x7F })
        #expect(!String(decoding: output, as: UTF8.self).unicodeScalars.contains { $0.value == 0x2028 || $0.value == 0x2029 })
    }

    @Test(
        arguments: [
            [0x61, 0xFF, 0x62], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80], [0x80],
            [0xE2, 0x28, 0xA1], [0xC3, 0xA9],
            [0xF0, 0x90, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xE1, 0x80, 0xE2, 0xF0, 0x91, 0x92, 0xF1, 0xBF, 0x41],
        ] as [[UInt8]])
    func repairAgreesWithTheStandardLibrary(_ bytes: [UInt8]) {
        #expect(UTF8Repair.repaired(bytes.span) == Array(String(decoding: bytes, as: UTF8.self).utf8))
        #expect(UTF8Repair.isValid(bytes.span) == (String(validating: bytes, as: UTF8.self) != nil))
    }
}
