/// One streamed response: the plan's pieces, paced, rendered, framed, cut into writes, encoded, and spoilt where a fault says so.
///
/// States: `head` (nothing sent), `events` (the plan's pieces), `filling` (inside one oversize event or comment), `ending` (`[DONE]` and
/// the end of the body), `forever` (a fault that never ends), `over` (the last action is queued).
struct StreamScript: Sendable {
    enum Stage: Sendable, Equatable {
        case head, events, ending
        case filling(Filling)
        case forever(Forever)
        case over
    }

    /// What is left of something too large to be made at once.
    struct Filling: Sendable, Equatable {
        var byteCount: Int
        var end: [UInt8]
        var isEvent: Bool
    }

    /// What is repeated without end.
    enum Forever: Sendable, Equatable {
        case text, line
        case comments(every: Nanoseconds)
    }

    /// Between the last bytes and a reset, so that the client's kernel has handed them over before the reset discards them.
    static let graceBeforeReset: Nanoseconds = 20_000_000

    let scenario: Scenario
    let context: ResponseContext
    let writer: ChunkWriter
    let pieces: [Piece]
    var stage: Stage = .head
    var nextPiece = 0
    var framing: FramingWriter
    var coding: TransferCoding
    var fault: Fault?
    var progress = StreamProgress()
    private var queue = ActionQueue()
    private var pace: PaceMaker
    private var cutter: WriteCutter
    private var gzip: GzipWriter?
    private var textEvents = 0
    private var wroteFirst = false
    /// Events after which a fault in the middle of a phase strikes.
    private let middle: Int?

    init(_ scenario: Scenario, for request: ChatRequest, fault: Fault?, _ context: ResponseContext) {
        self.scenario = scenario
        self.context = context
        let plan = PiecePlan(scenario, for: request)
        pieces = plan.pieces
        writer = ChunkWriter(scenario, for: request, counts: plan.counts, identity: context.identity)
        framing = FramingWriter(scenario.framing)
        self.fault = fault
        coding = context.isHTTP10 || fault?.kind == .http10 ? .untilClose : (fault?.kind == .shortLength ? .length : .chunked)
        pace = PaceMaker(scenario.pacing)
        cutter = WriteCutter(scenario.chunking.writes, seed: scenario.pacing.seed &+ 1)
        gzip = fault?.kind == .gzip ? GzipWriter() : nil
        middle = fault.flatMap { Self.middle(of: plan.pieces, for: $0.trigger) }
    }

    mutating func next() -> WireAction {
        while true {
            if let action = queue.popFirst() { return action }
            advance()
        }
    }

    mutating func queueAction(_ action: WireAction) { queue.append(action) }

    private mutating func advance() {
        switch stage {
        case .head:
            queue.append(.write(head().bytes()))
            stage = .events
        case .events:
            if strikesNow { strike() } else { playNextPiece() }
        case .ending:
            if let fault, fault.kind.strikesMidStream { strike() } else { end() }
        case .filling(let filling):
            fill(filling)
        case .forever(let what):
            repeatForever(what)
        case .over:
            queue.append(.stall)
        }
    }

    private mutating func playNextPiece() {
        guard nextPiece < pieces.count else {
            stage = .ending
            return
        }
        let piece = pieces[nextPiece]
        nextPiece += 1
        if case .pause(let duration) = piece.content { return queue.append(.wait(duration)) }
        waitForPace(piece.isPaced)
        if piece.phase != .ending || progress.phase == .answer { progress.phase = piece.phase }
        send(rendered(piece))
    }

    mutating func waitForPace(_ isPaced: Bool) {
        guard isPaced else { return }
        let gap = pace.gap()
        if gap > 0 { queue.append(.wait(gap)) }
    }

    /// The event for a piece, with its framing.
    mutating func rendered(_ piece: Piece) -> [UInt8] {
        if piece.isPaced { textEvents += 1 }
        if case .recorded(let line) = piece.content, line.isFramed { return line.payload }
        guard let payload = writer.payload(piece, soFar: textEvents) else { return [] }
        var name: String?
        if case .recorded(let line) = piece.content { name = line.eventName }
        let isLast = nextPiece == pieces.count && !wantsDone
        return framing.event(payload, name: name, isLast: isLast)
    }

    var wantsDone: Bool { scenario.framing.done && scenario.recording?.wantsDone ?? true }

    /// Sends one event, or what of it a fault counted in bytes lets through.
    mutating func send(_ event: [UInt8]) {
        if let fault, fault.kind.strikesMidStream, case .bytes(let limit) = fault.trigger, progress.bytes + event.count > limit {
            let cut = limit - progress.bytes
            write(Array(event.prefix(cut)))
            strike()
            guard stage == .events || stage == .ending else { return }
            write(Array(event.dropFirst(cut)))
        } else {
            write(event)
        }
        progress.events += 1
    }

    /// Passes bytes of the event stream through the cutter.
    mutating func write(_ bytes: [UInt8]) {
        progress.bytes += bytes.count
        for (index, piece) in cutter.writes(for: bytes).enumerated() {
            if index > 0, scenario.pacing.writeGap > 0 { queue.append(.wait(scenario.pacing.writeGap)) }
            queue.append(.write(encoded(piece)))
        }
    }

    /// Lets go of events that wait to be joined with others.
    mutating func flush() {
        for piece in cutter.flush() { queue.append(.write(encoded(piece))) }
    }

    private mutating func encoded(_ piece: [UInt8]) -> [UInt8] {
        guard gzip != nil else { return coding.encode(piece) }
        let blocks = gzip?.blocks(piece) ?? []
        defer { wroteFirst = true }
        return coding.encode(wroteFirst ? blocks : GzipWriter.header + blocks)
    }

    /// Ends the body as HTTP wants it.
    mutating func finishBody() {
        flush()
        if let gzip { queue.append(.write(coding.encode(gzip.finish()))) }
        switch coding {
        case .chunked:
            queue.append(.write(coding.terminator))
            queue.append(context.keepsAlive ? .complete(keepAlive: true) : .close)
        case .untilClose, .length:
            queue.append(.close)
        }
        stage = .over
    }

    private var strikesNow: Bool {
        guard let fault, fault.kind.strikesMidStream else { return false }
        return switch fault.trigger {
        case .events(let count): progress.events >= count
        case .bytes(let count): progress.bytes >= count
        case .middle: middle.map { nextPiece >= $0 } ?? (nextPiece >= pieces.count)
        }
    }

    /// The number of pieces up to the middle of a phase, at least one of the phase among them.
    private static func middle(of pieces: [Piece], for trigger: Fault.Trigger) -> Int? {
        guard case .middle(let phase) = trigger else { return nil }
        let indices = pieces.indices.filter { pieces[$0].phase == phase }
        return indices.isEmpty ? nil : indices[indices.count / 2] + (indices.count == 1 ? 1 : 0)
    }
}
