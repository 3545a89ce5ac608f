import Testing

@testable import proxy_client

@Suite("What a person sees")
struct RendererTests {
    @Test("The answer alone goes to standard output, the rest beside it")
    func theAnswerAloneGoesToStandardOutput() throws {
        let shown = render(try play("events.sse", style: "events"), with: TextRenderer(look()))
        #expect(shown.answer == "There are eight: 2, 3, 5, 7,\n 11, 13, 17 and 19 — ✓.\n")
        #expect(
            shown.decoration == """
                Prompt summary
                  Processing: how many primes lie below twenty?

                Reasoning summary
                  • Lists the odd numbers below twenty.
                  • Strikes out 9 and 15.

                """)
    }

    @Test("On one coloured terminal both streams make one picture")
    func onOneTerminalBothStreamsMakeOnePicture() throws {
        let shown = render(try play("events.sse"), with: TextRenderer(look(colour: true, terminal: true)))
        let expected = """
            {1;36}Prompt summary{0}
            {2;36}  Processing: how many primes lie below twenty?{0}

            {1;33}Reasoning summary{0}
            {3;33}  • Lists the odd numbers below twenty.{0}
            {3;33}  • Strikes out 9 and 15.{0}

            {1;32}Answer{0}
            There are eight: 2, 3, 5, 7,
             11, 13, 17 and 19 — ✓.

            """
        #expect(shown.all == expected.withEscapes)
    }

    @Test("Quiet shows the answer and nothing else", arguments: ["events.sse", "think.sse", "whole-events.json", "length.sse"])
    func quietShowsTheAnswer(name: String) throws {
        let shown = render(try play(name), with: TextRenderer(look(terminal: true, quiet: true)))
        #expect(shown.decoration == "")
    }

    @Test("Every style looks the same", arguments: ["inline.sse", "reasoning.sse", "think.sse", "think-untagged.sse"])
    func everyStyleLooksTheSame(name: String) throws {
        let shown = render(try play(name), with: TextRenderer(look()))
        let reference = render(try play("events.sse"), with: TextRenderer(look()))
        #expect(shown.answer == reference.answer)
        #expect(shown.decoration == reference.decoration)
    }

    @Test("An error after text closes the line and says that the answer is not complete")
    func anErrorAfterTextIsDistinct() throws {
        let shown = render(try play("error-in-stream.sse"), with: TextRenderer(look(terminal: true)))
        #expect(
            shown.all.hasSuffix(
                """
                Answer
                There are \

                ✗ The answer above is not complete: the server failed (gap_timeout): The upstream stopped answering after 30 s.
                  hint: ask again; --health shows how the upstreams are

                """))
    }

    @Test("Verbose shows the phases, the times, the tokens and the request id")
    func verboseShowsThePhases() throws {
        let shown = render(try play("events.sse", style: "events"), with: TextRenderer(look(verbose: true)))
        #expect(
            shown.decoration == """
                · status 200 after 5.0 ms, style events, request req-1
                · prompt_summary begins at 5.0 ms

                Prompt summary
                  Processing: how many primes lie below twenty?
                · reasoning_summary begins at 5.0 ms

                Reasoning summary
                  • Lists the odd numbers below twenty.
                  • Strikes out 9 and 15.
                · final_output begins at 5.0 ms
                · tokens: 12 in the prompt, 90 completed, 60 of them thinking

                · first frame 5.0 ms · first reasoning 5.0 ms · first answer 5.0 ms · total 5.0 ms
                · finish reason stop

                """)
    }

    @Test("The spinner is erased before anything else is written")
    func theSpinnerIsErased() {
        let commands: [RenderCommand] = [
            .waiting(.head, elapsed: .milliseconds(100)), .waiting(.head, elapsed: .milliseconds(400)),
            .waiting(.moreThinking, elapsed: .seconds(3)), .text(.answer, "Hi", at: .seconds(4)),
        ]
        let shown = render(commands, with: TextRenderer(look(terminal: true)))
        let eraser = "\r\u{1B}[K"
        #expect(
            shown.all == "\(eraser)⠋ waiting for the server · 0 s\(eraser)⠙ thinking · 3 s\(eraser)Answer\nHi")
    }

    @Test("The spinner is erased also when the answer goes into a pipe, where no heading is")
    func theSpinnerIsErasedForAPipe() {
        var split = look(terminal: true)
        split.answer.isTerminal = false
        let commands: [RenderCommand] = [.waiting(.head, elapsed: .seconds(1)), .text(.answer, "Hi", at: .seconds(2))]
        let shown = render(commands, with: TextRenderer(split))
        #expect(shown.answer == "Hi")
        #expect(shown.all == "\r\u{1B}[K⠋ waiting for the server · 1 s\r\u{1B}[KHi")
    }

    @Test("Without a terminal there is no spinner")
    func withoutATerminalThereIsNoSpinner() {
        #expect(render([.waiting(.head, elapsed: .seconds(9))], with: TextRenderer(look())).all == "")
    }

    @Test("The spinner closes an open step and the step goes on below it")
    func theSpinnerClosesAnOpenStep() {
        let commands: [RenderCommand] = [
            .text(.reasoningSummary, "half a", at: .zero), .waiting(.moreThinking, elapsed: .seconds(1)),
            .text(.reasoningSummary, " step", at: .seconds(2)),
        ]
        let shown = render(commands, with: TextRenderer(look(terminal: true)))
        #expect(shown.all == "Reasoning summary\n  • half a\n\r\u{1B}[K⠋ thinking · 1 s\r\u{1B}[K  • step")
    }

    @Test("Bullets and numbers of the text do not double ours")
    func bulletsOfTheTextDoNotDoubleOurs() {
        let pieces = ["- First step", " goes on.", " * Second: 3.", "14.\n\n• Third: -5 degrees", "\n**Bold** fourth\n-7 is the fifth"]
        let commands = pieces.map { RenderCommand.text(.reasoningSummary, $0, at: .zero) }
        let shown = render(commands, with: TextRenderer(look()))
        #expect(
            shown.decoration == """
                Reasoning summary
                  • First step goes on.
                  • Second: 3.14.
                  • Third: -5 degrees
                  • **Bold** fourth
                  • -7 is the fifth
                """)
    }

    @Test("A remark after the answer begins on a line of its own, also in a file")
    func aRemarkBeginsOnALineOfItsOwn() {
        let ending = Ending(answer: "Half", timings: Timings())
        let shown = render([.text(.answer, "Half", at: .zero), .note(.filtered), .ended(ending)], with: TextRenderer(look()))
        #expect(shown.all == "Half\n· The server's content filter ended the answer.\n")
    }

    @Test("A stopped answer is no fault to be marked in red")
    func aStoppedAnswerIsNoFault() {
        let ending = Ending(fault: .interrupted, answer: "Half", timings: Timings())
        let shown = render([.text(.answer, "Half", at: .zero), .ended(ending)], with: TextRenderer(look()))
        #expect(shown.answer == "Half\n")
        #expect(shown.decoration == "Stopped; the answer above is not complete.\n")
    }
}

extension String {
    /// `{1;36}` written out as the escape sequence for that colour.
    var withEscapes: String {
        var text = ""
        var rest = self[...]
        while let brace = rest.firstIndex(of: "{"), let end = rest[brace...].firstIndex(of: "}") {
            text += rest[..<brace] + "\u{1B}[" + rest[rest.index(after: brace)..<end] + "m"
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }
}
