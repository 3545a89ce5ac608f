import Detect
import Foundation
import Testing

@Suite("Plain words: the first words of an output")
struct OpeningTests {
    struct Opening: Sendable, CustomTestStringConvertible {
        let beginsReasoning: Bool
        let text: String
        var testDescription: String { text }
    }

    static let all: [Opening] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/detect/openings.txt")
        let lines = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n")
        return lines.filter { !$0.hasPrefix("#") }.map { Opening(beginsReasoning: $0.hasPrefix("r "), text: String($0.dropFirst(2))) }
    }()

    @Test(arguments: all)
    func onlyWordsThatAnnounceThinkingBeginReasoning(_ opening: Opening) throws {
        let profile = try #require(TestProfiles.named("default"))
        let text = Array((opening.text + " And so on.").utf8)
        for pieces in [[text], Cutting.bytes(text)] {
            var detector = Detector(profile: profile, start: .outside)
            for piece in pieces { detector.receive(piece.span) { _, _ in } }
            #expect(detector.isInReasoning == opening.beginsReasoning)
        }
    }

    @Test(arguments: all)
    func noWordsAreLostWhateverTheyAre(_ opening: Opening) throws {
        let profile = try #require(TestProfiles.named("default"))
        for end in [TextEnd.stop, .length] {
            let split = Setting(profile: profile, end: end).run(Cutting.bytes(Array(opening.text.utf8)))
            #expect(split.joined(.answer) == Array(opening.text.utf8))
        }
    }

    @Test func thereAreOpenings() {
        #expect(Self.all.filter(\.beginsReasoning).count >= 15)
        #expect(Self.all.count >= 50)
    }
}
