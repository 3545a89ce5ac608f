import Testing

@testable import Summaries

@Suite struct StepCleanerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var answer: String
        var step: String?
        var isCut = false
        var testDescription: String { answer }

        init(_ answer: String, _ step: String?, isCut: Bool = false) {
            (self.answer, self.step, self.isCut) = (answer, step, isCut)
        }
    }

    static let cases = [
        Case("The model checks whether 91 is prime.", "The model checks whether 91 is prime."),
        Case("  The model checks whether 91 is prime\n", "The model checks whether 91 is prime."),
        Case("**The model** checks whether `91` is *prime*.", "The model checks whether 91 is prime."),
        Case(
            "- The model checks whether 91 is prime.\n- It divides by seven then.\n- And more things follow.",
            "The model checks whether 91 is prime. It divides by seven then."),
        Case("# Summary\n\nThe model checks whether 91 is prime.", "The model checks whether 91 is prime."),
        Case("Here is a summary: The model checks whether 91 is prime.", "The model checks whether 91 is prime."),
        Case("Sure! Here's the next step:\n\n\"The model checks whether 91 is prime.\"", "The model checks whether 91 is prime."),
        Case("Summary: The model checks whether 91 is prime.", "The model checks whether 91 is prime."),
        Case("Step 3: The model checks whether 91 is prime.", "The model checks whether 91 is prime."),
        Case("Zusammenfassung: Das Modell prüft, ob 91 prim ist.", "Das Modell prüft, ob 91 prim ist."),
        Case("“The model checks whether 91 is prime.”", "The model checks whether 91 is prime."),
        Case("「モデルは91が素数かどうかを調べている。」", "モデルは91が素数かどうかを調べている。"),
        Case("总结：模型正在检查91是否是素数。", "模型正在检查91是否是素数。"),
        Case("The model checks a case: 91 divided by seven.", "The model checks a case: 91 divided by seven."),
        Case("```\nlet x = 5\n```\nThe model checks whether 91 is prime.", "The model checks whether 91 is prime."),
        Case("The model checks [the number](http://evil.example/x) once more.", "The model checks the number once more."),
        Case("The model divides by seven, and then it goes on with", "The model divides by seven, and then it goes on with.", isCut: false),
        Case("The model divides by seven. And then it goes on with", "The model divides by seven.", isCut: true),
        Case("The model divides by seven, and then it goes on with", nil, isCut: true),
        Case("Visit http://evil.example/ for more about the number.", nil),
        Case("Visit www.evil.example for more about the number.", nil),
        Case("I'm sorry, but I cannot help with that request.", nil),
        Case("As an AI language model I have no opinion on that.", nil),
        Case("{\"summary\": \"The model checks whether 91 is prime.\"}", nil),
        Case("<div>The model checks whether 91 is prime.</div>", nil),
        Case("OK", nil), Case("", nil), Case("\n\n", nil), Case("Here is the summary:", nil),
        Case(String(repeating: "and then it goes on ", count: 40) + ".", nil),
        Case("The model checks whether 91 is prime.\u{202E}\u{0007}", "The model checks whether 91 is prime."),
    ]

    @Test(arguments: cases)
    func answersBecomePlainStepsOrNothing(_ example: Case) {
        let step = StepCleaner.step(from: Array(example.answer.utf8), isCut: example.isCut, limit: 240)
        #expect(step.map { String(decoding: $0, as: UTF8.self) } == example.step)
    }

    @Test func aStepIsOneLineWithinItsLimitAndEndsAtASentence() {
        let text =
            "The model divides 91 by two and three. It finds no divisor yet.\nThen it tries seven, which works.\n\nDone it is with that."
        for limit in 10...200 {
            for cut in 0...text.utf8.count {
                let answer = Array(text.utf8.prefix(cut))
                guard let step = StepCleaner.step(from: answer, isCut: true, limit: limit) else { continue }
                let told = String(decoding: step, as: UTF8.self)
                #expect(told.count <= limit, "\(told)")
                #expect(!told.contains("\n"))
                #expect(told.hasSuffix("."))
                #expect(text.replacing("\n", with: " ").contains(told), "\(told)")
            }
        }
    }

    @Test func aVeryLongAnswerCostsNoMoreThanItsBeginning() {
        let answer = "The model checks whether 91 is prime. " + String(repeating: "More and more words follow. ", count: 50_000)
        let step = StepCleaner.step(from: Array(answer.utf8), isCut: false, limit: 240)
        #expect(step.map { String(decoding: $0, as: UTF8.self) } == "The model checks whether 91 is prime. More and more words follow.")
    }
}
