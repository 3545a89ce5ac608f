import ChatRequests
import Foundation
import Phases
import Support
import Testing

/// Real shapes: every recording in every style, as recorded and with its reasoning written into the content.
@Suite struct RecordingTests {
    @Test(arguments: try Recording.all())
    func everyStyleDeliversTheRecordedAnswer(_ recording: Recording) {
        for style in Streams.styles {
            for wantsUsage in [false, true] {
                var plan = Streams.plan(style)
                plan.includesUsage = wantsUsage
                let playing = Playing([recording.input], plan)
                let validator = WireValidator(playing.output, style: style, usage: wantsUsage)
                #expect(validator.problems.isEmpty, "\(style): \(validator.problems.joined(separator: "\n"))")
                let reading = validator.reading
                #expect(String(decoding: reading.choices[0]?.answer ?? [], as: UTF8.self) == recording.content, "\(style)")
                #expect(reading.choices[0]?.toolCalls ?? [:] == recording.calls, "\(style)")
                #expect(reading.finishes == [0: recording.finish ?? ""], "\(style)")
                #expect((reading.usage != nil) == (wantsUsage && recording.hasUsage), "\(style)")
                #expect(playing.end == .finished && reading.error == nil, "\(style)")
                #expect(playing.facts.reasoningBytes == recording.reasoning.utf8.count, "\(style)")
            }
        }
    }

    @Test(arguments: try Recording.all())
    func nothingOfTheReasoningLeavesUnlessItIsWanted(_ recording: Recording) {
        for style in Streams.styles {
            let silent = Playing([recording.input], Streams.plan(style, .off))
            for piece in RecordingTests.sentences(recording.reasoning, notIn: recording.content) {
                #expect(!silent.text.contains(piece), "\(style): \(piece)")
            }
            let full = Playing([recording.input], Streams.plan(style, .full))
            let validator = WireValidator(full.output, style: style)
            #expect(validator.problems.isEmpty, "\(style): \(validator.problems.joined(separator: "\n"))")
            #expect(RecordingTests.thoughts(validator.reading, style) == recording.reasoning, "\(style)")
        }
    }

    @Test(arguments: try Recording.all())
    func anyCuttingGivesTheSameBytes(_ recording: Recording) {
        let chopper = Cuttings.chopper(for: recording.input, budget: 150_000)
        for style in WireStyle.allCases {
            let plan = Streams.plan(style)
            let whole = Playing([recording.input], plan)
            for cutting in chopper.cuttings(of: recording.input) where cutting.pieces.count < 30_000 {
                let playing = Playing(cutting.pieces, plan)
                #expect(playing.output == whole.output && playing.ends == whole.ends, "\(style), \(cutting)")
            }
        }
    }

    /// The reasoning stands in the content between tags, and the content is cut in two between any two characters.
    @Test(arguments: try Recording.all().filter { !$0.reasoning.isEmpty && !$0.content.isEmpty })
    func inlinedReasoningGivesTheSamePhasesAndTexts(_ recording: Recording) {
        // White space beside a tag goes with the tag.
        let reasoning = recording.reasoning.trimmingCharacters(in: .whitespacesAndNewlines)
        let answer = String(recording.content.trimmingPrefix { $0.isWhitespace })
        let text = Array("<think>\n\(reasoning)\n</think>\n\n\(answer)".unicodeScalars)
        var random = SeededRandom(seed: 3)
        let sample = (0..<60).map { _ in Int.random(in: 1..<text.count, using: &random) } + [1, 8, text.count - 1]
        let places = Cuttings.isThorough || text.count < 400 ? Array(1..<text.count) : sample
        for (number, place) in places.enumerated() {
            let style = Streams.styles[number % Streams.styles.count]
            let parts = [text[..<place], text[place...]].map { String(String.UnicodeScalarView($0)) }
            let input = Streams.events(parts.map { Streams.content($0) } + [Streams.stop])
            let bytePlace = Int.random(in: 1..<input.count, using: &random)
            let playing = Playing([Array(input[..<bytePlace]), Array(input[bytePlace...])], Streams.plan(style, .full))
            let validator = WireValidator(playing.output, style: style)
            #expect(validator.problems.isEmpty, "\(style), cut at \(place): \(validator.problems.joined(separator: "\n"))")
            #expect(validator.reading.phases.suffix(2) == ["reasoning_summary", "final_output"], "\(style), cut at \(place)")
            #expect(String(decoding: validator.reading.choices[0]?.answer ?? [], as: UTF8.self) == answer, "\(style), cut at \(place)")
            #expect(RecordingTests.thoughts(validator.reading, style) == reasoning, "\(style), cut at \(place)")
        }
    }

    /// The raw thoughts of a reading in mode `full`, without label and closing blank line.
    static func thoughts(_ reading: WireReading, _ style: WireStyle) -> String {
        var text = reading.summaries["reasoning_summary"] ?? ""
        let label = Phase.reasoningSummary.label
        if text.hasPrefix(label) { text.removeFirst(label.count) }
        if style != .reasoning, text.hasSuffix("\n\n") { text.removeLast(2) }
        return text
    }

    /// Pieces of the reasoning, some words long each, that the answer does not hold; spelled as they stand inside JSON.
    static func sentences(_ reasoning: String, notIn content: String) -> [String] {
        let words = reasoning.split(separator: " ")
        return stride(from: 0, to: max(0, words.count - 4), by: 4).map { words[$0..<$0 + 4].joined(separator: " ") }
            .filter { !content.contains($0) && $0.allSatisfy { $0.isASCII && $0 != "\"" && $0 != "\\" && !$0.isNewline } }
    }
}
