import Foundation
import Testing

@testable import Summaries

@Suite struct PromptSummaryTests {
    private func summary(_ text: String, limit: Int = 240) -> String {
        PromptSummary.text(of: PromptFacts(lastUserText: Array(text.utf8)), limit: limit)
    }

    @Test(arguments: Fixture.vectors("prompts.txt"))
    func whatIsAskedIsFoundAndTheRestDescribed(_ vector: Fixture.Vector) {
        let limit = vector.name.components(separatedBy: " @ ").dropFirst().first.flatMap { Int($0) }
        #expect([PromptSummary.text(of: facts(vector), limit: limit ?? 240)] == vector.expected)
    }

    /// A name may say more than the text: `[images 2, tools 3]`; a first line `before: …` is the user message before the last one.
    private func facts(_ vector: Fixture.Vector) -> PromptFacts {
        var facts = PromptFacts()
        var lines = vector.input.components(separatedBy: "\n")
        if lines[0].hasPrefix("before: ") {
            facts.previousUserText = Array(lines.removeFirst().dropFirst(8).utf8)
            facts.earlierUserTurns = 1
        }
        facts.lastUserText = Array(lines.joined(separator: "\n").utf8)
        let counts = vector.name.components(separatedBy: "[").dropFirst().first?.dropLast().components(separatedBy: ", ") ?? []
        for count in counts.map({ $0.split(separator: " ") }) {
            let number = Int(count[1]) ?? 0
            switch count[0] {
            case "images": facts.images = number
            case "files": facts.files = number
            case "audio": facts.audio = number
            case "tools": facts.tools = number
            case "results": facts.toolResults = number
            default: facts.earlierUserTurns = number
            }
        }
        return facts
    }

    @Test func theVectorsAreThere() { #expect(Fixture.vectors("prompts.txt").count >= 60) }

    @Test func attachmentsAndToolsAreCounted() {
        let facts = PromptFacts(
            lastUserText: Array("What is in these pictures?".utf8), earlierUserTurns: 2, images: 2, files: 1, audio: 1, tools: 3,
            toolResults: 1)
        #expect(
            PromptSummary.text(of: facts)
                == "What is in these pictures? (2 images, 1 file, 1 audio clip, 1 tool result, 3 tools, message 3)")
    }

    @Test func aMessageWithoutTextIsSaidToBeOne() {
        #expect(PromptSummary.text(of: PromptFacts()) == "A message without text.")
        #expect(PromptSummary.text(of: PromptFacts(images: 1, tools: 2)) == "A message without text: 1 image, 2 tools.")
        #expect(summary(" \n\t\r\n ") == "A message without text.")
    }

    @Test func controlsAndReorderingMarksDoNotPass() {
        #expect(summary("Hello\u{0}\u{7}   what\t\tis\u{202E} this\r\n\r\n  thing?") == "Hello what is this thing?")
    }

    @Test(arguments: Fixture.vectors("prompts.txt"))
    func noLimitIsExceededAndNothingIsEmpty(_ vector: Fixture.Vector) {
        let facts = PromptFacts(lastUserText: Array(vector.input.utf8), earlierUserTurns: 4, images: 2, files: 3, tools: 60)
        for limit in 0...260 {
            let text = PromptSummary.text(of: facts, limit: limit)
            #expect(!text.isEmpty && text.count <= max(1, limit))
        }
    }

    @Test func wordsAreWholeAtEveryLimit() {
        let source =
            "Explain how a compiler turns functions into machine instructions while keeping names readable for debuggers and people"
        let words = Set(source.split(separator: " "))
        // Below the length of the first word and "…" the size is told instead.
        for limit in 8...140 {
            let kept = summary(source, limit: limit).replacing("…", with: "").split(separator: " ")
            #expect(kept.allSatisfy { words.contains($0) })
        }
    }

    @Test func aHugePromptIsReadAtItsEndsOnly() {
        let middle = String(repeating: "Is this a question? Write it down. ", count: 100_000)
        let text = summary("Translate this book into German.\n" + middle + "\nWho is the author?")
        #expect(text == "Translate this book into German. … Who is the author? (2 questions, 3,500,000 bytes in all)")
    }

    @Test func aHugePasteIsCalledByItsSizeNotByLinesItWasNotSeenToHave() {
        let text = summary(String(repeating: "x = 1\n", count: 200_000) + "\nWhat does this code do?")
        #expect(text == "What does this code do? (code, 1,200,000 bytes in all)")
    }

    @Test func anEndlessGraphemeIsBounded() {
        let text = summary("What is " + String(repeating: "a" + String(repeating: "\u{301}", count: 2_000), count: 50) + " this?")
        #expect(text.utf8.count <= 240 * Clip.bytesPerCharacter)
    }

    @Test func anyBytesGiveASummary() {
        var numbers = SeededNumbers(state: 7)
        for round in 0..<400 {
            let bytes = (0..<(round % 300)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            let text = PromptSummary.text(of: PromptFacts(lastUserText: bytes), limit: 60)
            #expect(!text.isEmpty && text.count <= 60)
        }
    }

    @Test(arguments: ["<a\n", "```\n", "(", "[", "**", "\n", "? ", "。", "{\n", "$$", "a,b,c,d\n", "\u{301}"])
    func repeatedMarksAreNoTrouble(_ piece: String) {
        let text = summary(String(repeating: piece, count: 20_000))
        #expect(!text.isEmpty && text.count <= 240)
    }
}
