import AgentAPIs
import AgentChecks
import Foundation
import Testing

/// The validators themselves: they accept what is right, and whatever is taken out, doubled or moved is found.
@Suite struct ValidatorTests {
    @Test(arguments: Kind.allCases, Answers.all.indices)
    func everyAnswerIsValid(_ kind: Kind, _ number: Int) {
        let (problems, reading, _) = Telling(Answers.all[number].said, Answers.plan(kind)).read(kind)
        #expect(problems.isEmpty, "\(Answers.all[number].name): \(problems.joined(separator: "\n"))")
        #expect(reading.ending != nil)
    }

    @Test(arguments: Kind.allCases, Answers.all.indices)
    func everyMutilationIsFound(_ kind: Kind, _ number: Int) {
        let answer = Answers.all[number]
        let events = Telling(answer.said, Answers.plan(kind)).text.components(separatedBy: "\n\n").dropLast()
        for position in events.indices {
            let isHeartbeat =
                events[position].hasPrefix("event: ping") || position > 1 && events[position].hasPrefix("event: response.in_progress")
            var without = Array(events)
            without.remove(at: position)
            if !isHeartbeat, !Self.mayBeMissing(events[position]) { expectFound(without, kind, "without \(events[position])") }
            var doubled = Array(events)
            doubled.insert(events[position], at: position)
            if !isHeartbeat, !events[position].hasPrefix("event: response.in_progress"), !Self.mayBeDoubled(events[position]) {
                expectFound(doubled, kind, "twice \(events[position])")
            }
            guard position + 1 < events.count, events[position] != events[position + 1] else { continue }
            var swapped = Array(events)
            swapped.swapAt(position, position + 1)
            let isFree =
                isHeartbeat || events[position + 1].hasPrefix("event: ping") || Self.isHeartbeat(events[position + 1], position + 1)
            if !isFree, !Self.mayBeSwapped(events[position], events[position + 1]) {
                expectFound(swapped, kind, "swapped \(events[position]) and \(events[position + 1])")
            }
        }
    }

    private static func isHeartbeat(_ event: String, _ position: Int) -> Bool {
        position > 1 && event.hasPrefix("event: response.in_progress")
    }

    /// The Messages API repeats nothing, so a lost piece of text cannot be seen; a signature and what opens or closes can.
    private static func mayBeMissing(_ event: String) -> Bool {
        event.contains("\"thinking_delta\"") || event.contains("\"text_delta\"") || event.contains("\"input_json_delta\"")
    }

    private static func mayBeDoubled(_ event: String) -> Bool { mayBeMissing(event) }

    private static func mayBeSwapped(_ first: String, _ second: String) -> Bool { mayBeMissing(first) && mayBeMissing(second) }

    private func expectFound(_ events: [String], _ kind: Kind, _ what: String) {
        // Numbered anew, so that the numbers alone do not give it away.
        var number = 0
        let text = events.map { event in
            guard let range = event.firstRange(of: /"sequence_number":\d+/) else { return event }
            defer { number += 1 }
            return event.replacingCharacters(in: range, with: "\"sequence_number\":\(number)")
        }
        let output = Array(text.map { $0 + "\n\n" }.joined().utf8)
        let problems = kind == .responses ? ResponsesValidator(output).problems : MessagesValidator(output).problems
        #expect(!problems.isEmpty, "\(what)")
    }

    @Test func aWrongNumberIsFound() {
        let text = Telling(Answers.all[0].said, Answers.plan(.responses)).text.replacing(
            "\"sequence_number\":3,", with: "\"sequence_number\":4,")
        #expect(!ResponsesValidator(Array(text.utf8)).problems.isEmpty)
    }

    @Test(arguments: Kind.allCases, Answers.all.indices)
    func everyIdIsThereOnce(_ kind: Kind, _ number: Int) {
        let ids = Telling(Answers.all[number].said, Answers.plan(kind)).read(kind).reading.ids
        #expect(Set(ids).count == ids.count && !ids.isEmpty)
    }
}
