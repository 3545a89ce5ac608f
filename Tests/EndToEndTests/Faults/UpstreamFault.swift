import Foundation

/// A fault of an upstream as data. From one come several rows: streamed with the head held back, streamed with the head out, not streamed, and
/// the same before a second upstream.
struct UpstreamFault: Sendable {
    /// What plays it.
    enum Source: Sendable {
        /// The mock, with a fault and the wall's own words.
        case mock(String, format: String = "reasoning_content")
        /// The mock, with a whole scenario.
        case scenario(String)
        /// Given bytes; for a request that does not stream others, if they are given.
        case bytes([ScriptedUpstream.Step], whole: [ScriptedUpstream.Step]? = nil)
        /// An upstream that is one fault: the model of this name is served by nobody else.
        case address(String)
    }

    /// Where it strikes.
    enum Place: Sendable {
        case head, reasoning, answer
        /// Behind the head and before the first event: the head leaves a moment after the upstream's own, so a status comes too late.
        case afterHead
        /// Nowhere: the client must not see it.
        case nowhere
    }

    /// How a request that does not stream meets it.
    enum Whole: Sendable {
        /// As a stream does before the head.
        case same
        case success
        case status(Int, [String])
        /// It cannot.
        case never
    }

    var name: String
    var source: Source
    var place: Place
    var status = 502
    var codes: [String] = []
    /// What the breaker counts, streamed or not.
    var counts = 1.0
    var countsWhole: Double?
    var row: Int?
    /// Whether another upstream is asked before the answer has begun.
    var moves = true
    var whole = Whole.same
    var styles = ["events"]
    /// The answer of a success; nil for any.
    var answer: String? = ScriptedUpstream.answerText
    /// Whether the only upstream is asked once more, so that the fault has to strike twice.
    var isRetried = false
    /// Whether the first attempt meets a kept connection, whose death says nothing about the upstream.
    var isFirstUncounted = false
    /// The status that may come first where the head leaves at once: some failures are quicker than the head.
    var mayBeQuick = false
    /// The shortest and the longest it may take; a clock in between explains both.
    var atLeast = Duration.zero
    var within = Duration.seconds(2)
    var ways: Set<Way> = Set(Way.allCases)
    /// Further things that must be true of a play; the way is given.
    var also: @Sendable (FaultStage, FaultRun, Reply, Way) throws -> Void = { _, _, _, _ in }

    enum Way: String, Sendable, CaseIterable {
        case late = "stream"
        case early = "stream, head out"
        case whole = "whole"
        case moved = "stream, 2 upstreams"
        case movedWhole = "whole, 2 upstreams"

        var isStream: Bool { self != .whole && self != .movedWhole }
        var stage: FaultStage.Kind {
            switch self {
            case .late, .whole: .late
            case .early: .early
            case .moved, .movedWhole: .pair
            }
        }
    }

    init(_ name: String, _ source: Source, at place: Place, _ change: (inout UpstreamFault) -> Void = { _ in }) {
        (self.name, self.source, self.place) = (name, source, place)
        if place == .nowhere { counts = 0 }
        change(&self)
    }

    // MARK: Rows

    var rows: [FaultRow] {
        Way.allCases.filter(ways.contains).flatMap { way -> [FaultRow] in
            if !way.isStream, case .never = whole { return [] }
            // Another style shows nothing new where no stream begins.
            let styles = way.isStream && way != .late ? self.styles : ["events"]
            return styles.map { row(way, style: $0) }
        }
    }

    func expectation(_ way: Way) -> Expectation {
        if place == .nowhere { return .success(answer: answer) }
        if way == .movedWhole, moves, isWholeMovable { return .success(answer: FaultStage.goodAnswer) }
        if way == .moved, moves, place != .answer { return .success(answer: FaultStage.goodAnswer) }
        guard way.isStream else {
            switch whole {
            case .same, .never: return .status(status, codes)
            case .success: return .success(answer: answer)
            case .status(let status, let codes): return .status(status, codes)
            }
        }
        return place == .head && way == .late ? .status(status, codes) : .inStream(codes)
    }

    /// Not streamed, whatever fails can move, but for what is over (a total clock) and for a success.
    private var isWholeMovable: Bool {
        switch whole {
        case .same: true
        case .status(_, let codes): !codes.contains("stream_too_long")
        case .success, .never: false
        }
    }

    private func row(_ way: Way, style: String) -> FaultRow {
        let expectation = expectation(way)
        return FaultRow(
            .upstream, name, way: way.rawValue + (style == "events" ? "" : ", \(style)"), expected: expectation.text, on: way.stage
        ) { stage, run in
            try play(way, style, expectation, stage, run)
        }
    }

    private func play(_ way: Way, _ style: String, _ expectation: Expectation, _ stage: FaultStage, _ run: FaultRun) throws {
        let attempts = isRetried && !way.stage.hasSecond ? 2 : 1
        // Once, also where it strikes twice: a fault met again because the request was sent again is one fault.
        run.expectedFailures = way.isStream ? counts : countsWhole ?? counts
        if isFirstUncounted, way.stage.hasSecond { run.expectedFailures = 0 }
        run.expectedRow = row
        let model = try prepare(stage, way, times: attempts)
        let connection = try stage.connect()
        var reply: Reply?
        var time = try measured {
            try connection.send(stage.chat(style == "events" ? model : "\(model)#\(style)", stream: way.isStream).bytes)
            // While the fault is under way.
            var fastest = try measured { _ = try stage.health() }
            // Others compute on the machine too: what counts is that nothing here holds the answer up.
            for _ in 0..<4 where fastest > .milliseconds(100) { fastest = try measured { _ = try stage.health() } }
            run.expect(fastest < .milliseconds(100), "health took \(fastest.inMilliseconds) ms meanwhile")
            reply = try connection.reply(within: within + .seconds(3))
        }
        guard let reply else { return }
        stage.told(reply)
        var expected = expectation
        if mayBeQuick, way == .early, reply.status != 200 { expected = .status(status, codes) }
        run.judge(reply, expected, stream: way.isStream, style: style)
        if place == .nowhere, time >= within { time = min(time, try timeOfAnother(way, stage)) }
        run.expect(time >= atLeast || !way.isStream, "it took only \(time.inMilliseconds) ms")
        run.expect(time < within, "it took \(time.inMilliseconds) ms")
        if case .success = expected, place != .nowhere, way.stage == .pair, way.isStream == false || place != .answer {
            run.expect(
                reply.header("x-upstream-attempts") == "2" || way.isStream, "\(reply.header("x-upstream-attempts") ?? "no") attempts")
        }
        if !way.stage.hasSecond, reply.status != 200 {
            let told = reply.header("x-upstream-attempts") ?? "no"
            run.expect(told == String(attempts), "\(told) attempts, not \(attempts)")
        }
        try also(stage, run, reply, way)
        run.afterwards { run.judgeConnection(connection, stage) }
    }

    /// How long the same takes once more: others compute on the machine too, and what is quick has to be quick once.
    private func timeOfAnother(_ way: Way, _ stage: FaultStage) throws -> Duration {
        let model = try prepare(stage, way, times: 1)
        return try measured { stage.told(try stage.connect().exchange(stage.chat(model, stream: way.isStream))) }
    }

    /// Gets the upstream ready. Returns the model to ask for.
    private func prepare(_ stage: FaultStage, _ way: Way, times: Int) throws -> String {
        switch source {
        case .mock(let fault, let format):
            try stage.order(fault, format: format, times: times)
            return "lost"
        case .scenario(let scenario):
            try stage.order(scenario: scenario)
            return "lost"
        case .bytes(let steps, let whole):
            stage.scripted.play(Array(repeating: way.isStream ? steps : whole ?? steps, count: times))
            return "raw"
        case .address(let model):
            return model
        }
    }
}
