import Phases

/// One run of the machine: what came out, call by call.
struct Playing: Equatable {
    /// How the upstream's body ends.
    enum Ending {
        case ended, nothing
        case failed(StreamFailure)
    }

    private(set) var output: [UInt8] = []
    private(set) var ends: [StreamEnd] = []
    private(set) var facts: StreamFacts
    /// What was appended by each call that appended something.
    private(set) var releases: [[UInt8]] = []

    var end: StreamEnd? { ends.first }
    var text: String { String(decoding: output, as: UTF8.self) }

    /// Plays `pieces` with a clock that stands still.
    init(_ pieces: [[UInt8]], _ plan: StreamPlan, ending: Ending = .ended, at now: Duration = .zero) {
        var machine = StreamMachine(plan)
        facts = machine.facts
        release { machine.opened(at: now, into: &$0) }
        for piece in pieces { act { machine.upstreamSent(piece.span, at: now, into: &$0) } }
        switch ending {
        case .ended: act { machine.upstreamEnded(at: now, into: &$0) }
        case .failed(let failure): act { machine.upstreamFailed(failure, at: now, into: &$0) }
        case .nothing: break
        }
        facts = machine.facts
    }

    private mutating func act(_ call: (inout [UInt8]) -> StreamAction) {
        var action = StreamAction.proceed
        release { action = call(&$0) }
        if case .end(let end) = action { ends.append(end) }
    }

    private mutating func release(_ call: (inout [UInt8]) -> Void) {
        var released: [UInt8] = []
        call(&released)
        guard !released.isEmpty else { return }
        output += released
        releases.append(released)
    }
}
