import ChatRequests
import Phases
import Testing

/// One run of the machine over several upstreams: what the client got, and what the owner was told.
struct Moves {
    /// How an upstream's body ends.
    enum Ending {
        case ended
        case failed(StreamFailure)
        /// It does not: what it sent is enough.
        case open
        /// The last piece is a whole completion instead of a stream.
        case whole
    }

    /// One upstream's answer.
    struct Attempt {
        var pieces: [[UInt8]]
        var ending = Ending.open
        var profile = "default"
    }

    private(set) var output: [UInt8] = []
    private(set) var losses: [StreamFailure] = []
    private(set) var ends: [StreamEnd] = []
    private(set) var facts: StreamFacts
    /// What had been sent when each loss was told.
    private(set) var sentBeforeLoss: [Int] = []

    var text: String { String(decoding: output, as: UTF8.self) }

    /// Plays the attempts, each later one after the loss of the one before; then, if the last is lost too, gives up.
    init(_ plan: StreamPlan, _ attempts: [Attempt], isOpen: Bool = true) {
        var machine = StreamMachine(plan)
        machine.mayRestart = true
        facts = machine.facts
        if isOpen { machine.opened(at: .zero, into: &output) }
        for (position, attempt) in attempts.enumerated() {
            let now = Duration.seconds(position * 10)
            if position > 0 {
                guard losses.count == position else { break }
                machine.upstreamRestarted(profile: Streams.profile(attempt.profile))
            }
            play(attempt, &machine, now)
        }
        if let loss = losses.last, losses.count == attempts.count { act { machine.gaveUp(loss, at: .seconds(100), into: &$0) } }
        facts = machine.facts
    }

    private mutating func play(_ attempt: Attempt, _ machine: inout StreamMachine, _ now: Duration) {
        for piece in attempt.pieces {
            if case .whole = attempt.ending {
                act { machine.upstreamSentWhole(piece.span, at: now, into: &$0) }
            } else {
                act { machine.upstreamSent(piece.span, at: now, into: &$0) }
            }
        }
        switch attempt.ending {
        case .ended: act { machine.upstreamEnded(at: now, into: &$0) }
        case .failed(let failure): act { machine.upstreamFailed(failure, at: now, into: &$0) }
        case .open, .whole: break
        }
    }

    private mutating func act(_ call: (inout [UInt8]) -> StreamAction) {
        let action = call(&output)
        switch action {
        case .proceed: break
        case .lost(let failure):
            losses.append(failure)
            sentBeforeLoss.append(output.count)
        case .end(let end): ends.append(end)
        }
    }
}

extension Moves {
    /// The client got the replacement's answer in an ordinary stream.
    @discardableResult
    func expectGood(_ style: WireStyle, _ name: String, usage: Bool = true) -> WireReading {
        let validator = WireValidator(output, style: style, usage: usage)
        #expect(validator.problems.isEmpty, "\(name): \(validator.problems.joined(separator: "\n"))")
        #expect(ends == [.finished], "\(name): \(ends)")
        let reading = validator.reading
        #expect(reading.error == nil && reading.answers == [0: Array(MoveTests.answer.utf8)], "\(name): \(text)")
        #expect(reading.finishes == [0: "stop"], "\(name)")
        if usage, let told = reading.usage { #expect(told["total_tokens"] as? Int == 7, "\(name)") }
        return reading
    }

    static func expectNothingTwice(_ reading: WireReading, _ name: String) {
        let texts = reading.summaryChunks.map(\.text).filter { !$0.hasPrefix("<") }
        #expect(Set(texts).count == texts.count, "\(name): \(texts)")
    }
}
