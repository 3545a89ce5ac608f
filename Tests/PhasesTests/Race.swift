import ChatRequests
import Phases
import Support
import Testing

/// One run of the machine with two upstreams at once: what the client got, and who won.
struct Race {
    /// What happens, in order.
    enum Step {
        case sent(StreamLane, [UInt8])
        case sentWhole(StreamLane, [UInt8])
        case ended(StreamLane)
        case failed(StreamLane, StreamFailure)
        case passed(Duration)
    }

    private(set) var output: [UInt8] = []
    private(set) var losses: [StreamLane] = []
    private(set) var ends: [StreamEnd] = []
    private(set) var winner: StreamLane?
    private(set) var facts: StreamFacts
    private var now = Duration.zero

    var text: String { String(decoding: output, as: UTF8.self) }

    /// Plays the steps; the second upstream joins before the first of them. Who is lost is dropped, and if both are, the last loss is told.
    init(_ plan: StreamPlan, _ steps: [Step], profile: String = "default") {
        var machine = StreamMachine(plan)
        facts = machine.facts
        machine.opened(at: now, into: &output)
        let joined = machine.upstreamJoined(TextReading(profile: Streams.profile(profile)))
        #expect(joined == .second)
        for step in steps { play(step, &machine) }
        facts = machine.facts
    }

    private mutating func play(_ step: Step, _ machine: inout StreamMachine) {
        let now = now
        switch step {
        case .sent(let lane, let bytes): act(lane, &machine) { $0.upstreamSent(bytes.span, lane: lane, at: now, into: &$1) }
        case .sentWhole(let lane, let bytes): act(lane, &machine) { $0.upstreamSentWhole(bytes.span, lane: lane, at: now, into: &$1) }
        case .ended(let lane): act(lane, &machine) { $0.upstreamEnded(lane: lane, at: now, into: &$1) }
        case .failed(let lane, let failure): act(lane, &machine) { $0.upstreamFailed(failure, lane: lane, at: now, into: &$1) }
        case .passed(let time):
            self.now += time
            machine.ticked(at: self.now, into: &output)
        }
    }

    private mutating func act(
        _ lane: StreamLane, _ machine: inout StreamMachine, _ call: (inout StreamMachine, inout [UInt8]) -> StreamAction
    ) {
        let before = output.count
        let wasRacing = machine.isRacing
        var action = call(&machine, &output)
        if wasRacing, machine.isCommitted {
            winner = lane
            let isRacing = machine.isRacing
            #expect(!isRacing)
        }
        if winner != nil, lane != winner { #expect(output.count == before && action == .proceed, "the loser was heard") }
        if case .lost(let failure) = action {
            losses.append(lane)
            if wasRacing {
                machine.upstreamDropped(lane)
            } else {
                action = machine.gaveUp(failure, at: now, into: &output)
            }
        }
        if case .end(let end) = action { ends.append(end) }
    }
}

extension Race {
    /// A stream of one upstream; its words say whose it is.
    static func stream(_ name: String, thinks: Int = 3, ends: Bool = true) -> [UInt8] {
        var payloads = [Streams.chunk(#"{"role":"assistant","content":""}"#)]
        for step in 0..<thinks {
            payloads.append(Streams.reasoning("The \(name) finds that step \(step) of \(name) leads to \(step * 17). "))
        }
        payloads += [Streams.content("The \(name)"), Streams.content(" says 391. 🐟")]
        return Streams.events(ends ? payloads + [Streams.stop, usage(name)] : payloads, done: ends)
    }

    /// The same with the reasoning between tags.
    static func tagged(_ name: String) -> [UInt8] {
        Streams.events([
            Streams.content("<think>The \(name) finds that 17 of \(name) leads to 391. "), Streams.content("So it is.</think>"),
            Streams.content("The \(name) says 391. 🐟"), Streams.stop, usage(name),
        ])
    }

    static func answer(_ name: String) -> [UInt8] { Array("The \(name) says 391. 🐟".utf8) }

    private static func usage(_ name: String) -> String {
        #"{"id":"u","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"total_tokens":\#(name.count)}}"#
    }

    /// How many of a stream's bytes it takes until its answer begins, read alone.
    static func commitOffset(_ stream: [UInt8], _ plan: StreamPlan) -> Int {
        var machine = StreamMachine(plan)
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        for (offset, byte) in stream.enumerated() {
            let piece = [byte]
            _ = machine.upstreamSent(piece.span, at: .zero, into: &output)
            if machine.isCommitted { return offset + 1 }
        }
        return Int.max
    }

    /// The client got the answer of `name` in an ordinary stream, and no word of the other's answer.
    @discardableResult
    func expectGood(_ name: String, _ style: WireStyle, _ what: String) -> WireReading {
        let validator = WireValidator(output, style: style, usage: true)
        #expect(validator.problems.isEmpty, "\(what): \(validator.problems.joined(separator: "\n"))")
        let reading = validator.reading
        #expect(ends == [.finished] && reading.error == nil, "\(what): \(ends)")
        #expect(reading.answers == [0: Race.answer(name)], "\(what): \(text)")
        #expect(reading.finishes == [0: "stop"] && reading.usage?["total_tokens"] as? Int == name.count, "\(what)")
        Moves.expectNothingTwice(reading, what)
        return reading
    }
}
