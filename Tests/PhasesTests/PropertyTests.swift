import ChatRequests
import Phases
import Support
import Testing

/// What holds for every stream, over streams made from seeds.
@Suite struct PropertyTests {
    static let seeds: Range<UInt64> = Cuttings.isThorough ? 0..<4000 : 0..<150

    @Test func theFinalTextIsTheAnswerInEveryStyle() {
        for seed in PropertyTests.seeds {
            let stream = GeneratedStream(seed: seed)
            for style in Streams.styles {
                let playing = Playing([stream.input], Streams.plan(style))
                let validator = WireValidator(playing.output, style: style)
                let answer = validator.reading.choices[0]?.answer ?? []
                #expect(validator.problems.isEmpty, "seed \(seed), \(style): \(validator.problems.joined(separator: "\n"))")
                #expect(answer == Array(stream.answer.utf8), "seed \(seed), \(style), \(stream.dialect)")
                #expect(playing.end == .finished, "seed \(seed), \(style)")
                #expect(playing.facts.reasoningBytes == stream.reasoning.utf8.count, "seed \(seed), \(stream.dialect)")
                #expect(playing.facts.answerBytes == stream.answer.utf8.count, "seed \(seed), \(stream.dialect)")
            }
        }
    }

    @Test func reasoningAppearsOnlyInSummaries() {
        for seed in PropertyTests.seeds {
            let stream = GeneratedStream(seed: seed)
            for style in Streams.styles {
                let silent = Playing([stream.input], Streams.plan(style, .off))
                #expect(!silent.text.contains(GeneratedStream.canary), "seed \(seed), \(style)")
                for event in OutputReader(Playing([stream.input], Streams.plan(style)).output).events {
                    guard case .json(let chunk) = event.payload, chunk["phase"] as? String != "reasoning_summary" else { continue }
                    #expect(!event.text.contains(GeneratedStream.canary), "seed \(seed), \(style): \(event.text)")
                }
            }
        }
    }

    @Test func cutAnywhereOneErrorAndWhatWasSaidBefore() {
        for seed in PropertyTests.seeds {
            let stream = GeneratedStream(seed: seed)
            var random = SeededRandom(seed: seed)
            let place = Int.random(in: 0..<stream.input.count, using: &random)
            let style = Streams.styles[Int(seed) % Streams.styles.count]
            let playing = Playing([Array(stream.input[..<place])], Streams.plan(style))
            let validator = WireValidator(playing.output, style: style)
            #expect(validator.problems.isEmpty, "seed \(seed), \(style): \(validator.problems.joined(separator: "\n"))")
            let answer = validator.reading.choices[0]?.answer ?? []
            // A stream cut inside its first tag leaves text that can no longer become one.
            let isHalfTag = stream.dialect == .thinkTags && Array("<think>".utf8).starts(with: answer)
            #expect(isHalfTag || Array(stream.answer.utf8).starts(with: answer), "seed \(seed), \(style): not the answer's beginning")
            if validator.reading.error == nil { #expect(answer == Array(stream.answer.utf8), "seed \(seed), \(style): cut, and no error") }
        }
    }

    /// What is sent after some of the input is the beginning of what is sent after all of it: nothing is taken back.
    @Test func outputOnlyGrows() {
        for seed in PropertyTests.seeds {
            let stream = GeneratedStream(seed: seed)
            var random = SeededRandom(seed: seed &+ 99)
            let style = WireStyle.allCases[Int(seed) % WireStyle.allCases.count]
            let plan = Streams.plan(style)
            let whole = Playing([stream.input], plan, ending: .nothing).output
            for _ in 0..<4 {
                let place = Int.random(in: 0...stream.input.count, using: &random)
                let part = Playing([Array(stream.input[..<place])], plan, ending: .nothing).output
                #expect(whole.starts(with: part), "seed \(seed), \(style), \(place)")
                guard style != .off else { continue }
                let problems = WireValidator(part, style: style, isComplete: false).problems
                #expect(problems.isEmpty, "seed \(seed), \(style), \(place): \(problems)")
            }
        }
    }

    /// Bytes nobody meant: flipped, doubled, left out. The machine ends well or with one error, and its output stays valid.
    @Test func damagedStreamsGiveValidOutput() {
        for seed in PropertyTests.seeds {
            var random = SeededRandom(seed: seed &+ 7)
            var input = GeneratedStream(seed: seed).input
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<input.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: input[place] = UInt8.random(in: 0...255, using: &random)
                case 1: input.insert(contentsOf: input[place..<min(input.count, place + 40)], at: place)
                default: input.removeSubrange(place..<min(input.count, place + 5))
                }
            }
            for style in Streams.styles {
                let playing = Playing([input], Streams.plan(style))
                // A member that the upstream itself says twice passes with its own bytes.
                let problems = WireValidator(playing.output, style: style).problems.filter { !$0.hasPrefix("the member ") }
                #expect(problems.isEmpty, "seed \(seed), \(style): \(problems.joined(separator: "\n"))")
                #expect(playing.ends.count == 1, "seed \(seed), \(style)")
            }
        }
    }
}
