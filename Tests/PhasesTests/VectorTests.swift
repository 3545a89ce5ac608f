import ChatRequests
import Foundation
import Phases
import Support
import Testing

/// Every vector in every style: what the client holds at the end is what the upstream said, and nothing else.
@Suite struct VectorTests {
    @Test(arguments: try PhaseVector.all())
    func everyStyleSaysWhatTheUpstreamSaid(_ vector: PhaseVector) throws {
        let input = try vector.input()
        for style in Streams.styles {
            let playing = Playing([input], vector.plan(style))
            let validator = WireValidator(playing.output, style: style, usage: vector.usage ?? false)
            #expect(validator.problems.isEmpty, "\(style): \(validator.problems.joined(separator: "\n"))")
            check(validator.reading, vector, style)
            #expect(playing.ends.count == 1, "\(style)")
            #expect(code(playing.end) == vector.end, "\(style)")
            #expect(playing.facts.answerIsMissing == (vector.answerIsMissing ?? false), "\(style)")
        }
    }

    private func check(_ reading: WireReading, _ vector: PhaseVector, _ style: WireStyle) {
        let said = reading.answers.filter { reading.choices[$0.key]?.finish != nil || !$0.value.isEmpty }
        let expected = Dictionary(uniqueKeysWithValues: vector.answers.map { (Int($0.key) ?? -1, Array($0.value.utf8)) })
        #expect(said == expected, "\(style): \(said.mapValues { String(decoding: $0, as: UTF8.self) })")
        let finishes = Dictionary(uniqueKeysWithValues: (vector.finish ?? [:]).map { (Int($0.key) ?? -1, $0.value) })
        #expect(reading.finishes == finishes, "\(style)")
        for (index, calls) in vector.toolCalls ?? [:] { #expect(reading.choices[Int(index) ?? -1]?.calls == calls, "\(style)") }
        for (index, text) in vector.refusals ?? [:] { #expect(reading.choices[Int(index) ?? -1]?.refusal == text, "\(style)") }
        for (index, tokens) in vector.logprobTokens ?? [:] {
            #expect(reading.choices[Int(index) ?? -1]?.logprobTokens == tokens, "\(style)")
        }
        if let annotations = vector.annotations { #expect(reading.choices[0]?.annotations == annotations, "\(style)") }
        #expect((reading.usage != nil) == (vector.usage == true && vector.end == "finished"), "\(style)")
        #expect((reading.error?["code"] as? String ?? "finished") == vector.end, "\(style)")
        if let says = vector.says { #expect((reading.error?["message"] as? String)?.contains(says) == true, "\(style)") }
        let note = reading.summaries["reasoning_summary"]?.contains("length limit") ?? false
        #expect(note == (vector.answerIsMissing ?? false), "\(style)")
    }

    @Test(arguments: try PhaseVector.all())
    func rawReasoningStaysInside(_ vector: PhaseVector) throws {
        let input = try vector.input()
        for style in Streams.styles {
            let silent = Playing([input], vector.plan(style, .off))
            let problems = WireValidator(silent.output, style: style, usage: vector.usage ?? false).problems
            #expect(problems.isEmpty, "\(style): \(problems.joined(separator: "\n"))")
            for secret in vector.secrets ?? [] { #expect(!silent.text.contains(secret), "\(style): \(secret)") }
            for event in OutputReader(Playing([input], vector.plan(style)).output).events {
                guard case .json(let chunk) = event.payload, chunk["phase"] as? String != "reasoning_summary" else { continue }
                for secret in vector.secrets ?? [] { #expect(!event.text.contains(secret), "\(style): \(event.text)") }
            }
        }
    }

    @Test(arguments: try PhaseVector.all().filter { $0.thoughts != nil })
    func fullReasoningIsTheUpstreamsOwn(_ vector: PhaseVector) throws {
        for style in Streams.styles {
            let playing = Playing([try vector.input()], vector.plan(style, .full))
            let validator = WireValidator(playing.output, style: style, usage: vector.usage ?? false)
            #expect(validator.problems.isEmpty, "\(style): \(validator.problems.joined(separator: "\n"))")
            let label = Phase.reasoningSummary.label
            var text = validator.reading.summaries["reasoning_summary"] ?? ""
            if text.hasPrefix(label) { text.removeFirst(label.count) }
            if vector.answerIsMissing == true { text = String(text.prefix(vector.thoughts?.count ?? 0)) }
            while style != .reasoning, text.hasSuffix("\n\n") { text.removeLast(2) }
            #expect(Array(text.utf8) == Array((vector.thoughts ?? "").utf8), "\(style)")
        }
    }

    @Test(arguments: try PhaseVector.all())
    func styleOffChangesNothing(_ vector: PhaseVector) throws {
        let input = try vector.input()
        let playing = Playing([input], vector.plan(.off))
        #expect(playing.ends.count == 1)
        if playing.text.contains("data: {\"error\": {") {
            let tail = String(decoding: playing.output.suffix(600), as: UTF8.self)
            #expect(tail.contains(vector.end) && tail.hasSuffix("}}\n\ndata: [DONE]\n\n"), "\(tail)")
            #expect(playing.output.starts(with: input) || vector.eventLimit != nil, "\(tail)")
            #expect(vector.end != "finished" && vector.end != "upstream_error" && vector.passes != true)
        } else {
            #expect(input.starts(with: playing.output), "\(playing.text.suffix(300))")
        }
        if vector.passes != true { #expect(code(playing.end) == vector.end) }
    }

    private func code(_ end: StreamEnd?) -> String {
        switch end {
        case .finished: "finished"
        case .failed(let failure): failure.code
        case .clientLeft: "left"
        case nil: "none"
        }
    }
}
