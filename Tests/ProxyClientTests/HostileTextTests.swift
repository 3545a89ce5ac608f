import Testing

@testable import proxy_client

@Suite("Hostile text")
struct HostileTextTests {
    @Test("Nothing a model writes reaches a terminal as a control character")
    func nothingReachesATerminalAsAControlCharacter() throws {
        let shown = render(try play("hostile.sse"), with: TextRenderer(look(terminal: true, verbose: true)))
        #expect(shown.all.unicodeScalars.allSatisfy { !$0.isControl || $0 == "\n" || $0 == "\t" })
        #expect(shown.answer == "a␛[31mred␛[0m\tb\nc␍d␡␀ <U+202E>desrever<U+0085>\n")
        #expect(shown.decoration.contains("␛]0;owned␇ title<U+009B>31m"))
        #expect(shown.decoration.contains("• ␛[2Jcleared."))
    }

    @Test("Forced colour makes text safe as well: a terminal is behind the pipe")
    func forcedColourMakesTextSafe() throws {
        let shown = render(try play("hostile.sse"), with: TextRenderer(look(colour: true)))
        #expect(shown.answer.contains("\u{1B}") == false)
    }

    @Test("A pipe gets the answer byte for byte")
    func aPipeGetsTheAnswerByteForByte() throws {
        let shown = render(try play("hostile.sse"), with: TextRenderer(look()))
        #expect(shown.answer == "a\u{1B}[31mred\u{1B}[0m\tb\r\nc\rd\u{7F}\0 \u{202E}desrever\u{85}\n")
    }

    @Test("Every scalar of Unicode is either kept or shown as something visible")
    func everyControlIsShownAsSomethingVisible() {
        for value in UInt32(0)...0x2100 {
            guard let scalar = Unicode.Scalar(value), scalar != "\r" else { continue }
            let safe = TerminalText.safe(String(Character(scalar)))
            #expect(!safe.isEmpty)
            if !scalar.isControl, !(0x2028...0x202E).contains(value), !(0x2066...0x2069).contains(value) {
                #expect(safe == String(Character(scalar)))
            }
        }
    }

    @Test("Cutting does not change the safe text", arguments: ["a\r\nb\r\n", "a\rb", "\r\r\n", "x\u{1B}\r", "tab\tline\n"])
    func cuttingDoesNotChangeTheSafeText(text: String) {
        var whole = TerminalText()
        let expected = whole.receive(text)
        for cut in 0...text.unicodeScalars.count {
            var pieces = TerminalText()
            let scalars = Array(text.unicodeScalars)
            let parts = [scalars[..<cut], scalars[cut...]].map { part in
                var view = String.UnicodeScalarView()
                view.append(contentsOf: part)
                return String(view)
            }
            #expect(parts.map { pieces.receive($0) }.joined() == expected)
        }
    }

    @Test("An error message of the server is made safe too")
    func anErrorMessageIsMadeSafe() {
        let fault = Fault.failedInStream(ServerError(message: "\u{1B}[2Jgone", code: "\u{9B}x"))
        let shown = render([.ended(Ending(fault: fault, answer: "", timings: Timings()))], with: TextRenderer(look(terminal: true)))
        #expect(shown.all.contains("(<U+009B>x): ␛[2Jgone"))
    }
}

extension Unicode.Scalar {
    var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
