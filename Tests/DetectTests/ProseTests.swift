import Detect
import Foundation
import Testing

/// The plain words of the default profile against labelled outputs; see `Fixtures/prose/README.md`.
@Suite("Plain words: measured on labelled outputs")
struct ProseTests {
    struct Output: Sendable {
        var name: String
        var text: [UInt8]
        /// Where the answer begins, nil for an output that is all answer.
        var answerStart: Int?
    }

    /// Ordinary answers that are called reasoning at first and given out once more when they end.
    static let mostDelayed = 12
    /// Outputs with reasoning whose answer is found where it begins.
    static let fewestFound = 13

    static let answers = read("answers.txt")
    static let reasoning = read("reasoning.txt")

    static func read(_ name: String) -> [Output] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/prose/\(name)").standardized
        let lines = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        var outputs: [Output] = []
        for line in lines.dropLast() {
            if line.hasPrefix("=== ") {
                outputs.append(Output(name: String(line.dropFirst(4)), text: []))
            } else if line == "@@" {
                outputs[outputs.count - 1].answerStart = outputs[outputs.count - 1].text.count
            } else {
                outputs[outputs.count - 1].text += Array(line.utf8) + [0x0A]
            }
        }
        for index in outputs.indices { outputs[index].text.removeLast() }
        return outputs
    }

    private func split(_ output: Output) throws -> Split {
        let profile = try #require(TestProfiles.named("default"))
        let setting = Setting(profile: profile, start: profile.startState(for: ThinkingRequest()))
        let whole = setting.run([output.text])
        #expect(setting.run(Cutting.bytes(output.text)) == whole, "\(output.name)")
        return whole
    }

    @Test func anOrdinaryAnswerLosesNothing() throws {
        var delayed: [String] = []
        for output in Self.answers {
            let split = try split(output)
            let isWhole = split.joined(.answer) == output.text
            #expect(isWhole, "\(output.name): \(split)")
            if !split.joined(.reasoning).isEmpty { delayed.append(output.name) }
        }
        let rate = 100 * Double(delayed.count) / Double(Self.answers.count)
        print("prose: \(delayed.count) of \(Self.answers.count) ordinary answers come late (\(Int(rate.rounded())) %): \(delayed)")
        #expect(delayed.count <= Self.mostDelayed)
    }

    @Test func reasoningInPlainWordsIsFoundOrMissedButNothingIsLost() throws {
        var displaced: [String] = []
        var missed: [String] = []
        for output in Self.reasoning {
            let split = try split(output)
            let answer = split.joined(.answer)
            let start = try #require(output.answerStart, "\(output.name) has no label")
            if answer == output.text { missed.append(output.name) }
            if answer.count < output.text.count, answer.count != output.text.count - start { displaced.append(output.name) }
            #expect(output.text.suffix(answer.count).elementsEqual(answer), "\(output.name): the answer is not the text's end")
        }
        let found = Self.reasoning.count - missed.count - displaced.count
        let counts = "\(found) found, \(displaced.count) displaced, \(missed.count) missed"
        print("prose: of \(Self.reasoning.count) outputs with reasoning \(counts)")
        print("prose: displaced \(displaced); missed \(missed)")
        #expect(displaced.isEmpty)
        #expect(found >= Self.fewestFound)
    }

    @Test func theSetIsLargeEnough() {
        #expect(Self.answers.count >= 60)
        #expect(Self.reasoning.count >= 40)
    }
}
