/// One request and its reply, as a machine without clock, connection or terminal.
///
/// States:
/// - `waiting`: the request is on its way; nothing has come back.
/// - `reading`: the head came; the body is being read.
/// - `over`: the reply has ended, one way or another. Every further input is legal and does nothing.
///
/// Inputs are events with the time they happened, counted from the request's start. Each appends render commands; the
/// last one is always `.ended`, exactly once.
struct Session: ~Copyable {
    enum State: Equatable { case waiting, reading, over }

    /// What the request asked for, as far as reading the reply depends on it.
    struct Expectation: Equatable, Sendable {
        var asksForStream = true
        var style: WireStyle?
        /// The whole request may take this long; nil for no limit.
        var totalLimit: Duration?
        /// A stream may be silent this long, heartbeats counted as sound; nil for no limit.
        var silenceLimit: Duration?
    }

    /// How long the server may take to close the body after `[DONE]`. Waiting for it keeps a complete reply from
    /// looking like a client that left.
    static let farewell = Duration.seconds(1)

    private(set) var state = State.waiting
    private let expectation: Expectation
    /// The limit on the whole request, for an owner that sees a stream without pauses.
    var totalLimit: Duration? { expectation.totalLimit }

    private var reader: ReplyReader?
    private var sorter: PhaseSorter
    private var facts: ReplyFacts?
    private var retryAfter: String?
    private var timings = Timings()
    private var usage: TokenUsage?
    private var finishReason: String?
    private var isDone = false
    private var sawUnreadable = false
    private var answer = ""
    private var lastSound = Duration.zero
    private var wait = Wait.head

    init(_ expectation: Expectation) {
        self.expectation = expectation
        sorter = PhaseSorter(style: expectation.style)
    }

    /// The reply's status and headers came.
    mutating func headArrived(_ head: ReplyHead, at now: Duration, into commands: inout [RenderCommand]) {
        switch state {
        case .waiting, .reading:  // A second head follows an interim one (100 Continue); the last one counts.
            state = .reading
            lastSound = now
            timings.head = now
            wait = .firstText
            let known = ReplyFacts(status: head.status, style: head.value(of: "x-phases"), requestID: head.value(of: "x-request-id"))
            facts = known
            retryAfter = head.value(of: "retry-after")
            if let style = known.style.flatMap(WireStyle.init(rawValue:)) { sorter = PhaseSorter(style: style) }
            reader = ReplyReader(head: head, asksForStream: expectation.asksForStream)
            commands.append(.head(known, at: now))
        case .over: break
        }
    }

    /// Bytes of the body came.
    mutating func bytesArrived(_ bytes: Span<UInt8>, at now: Duration, into commands: inout [RenderCommand]) {
        switch state {
        case .waiting, .over: break  // Bytes before a head do not occur; bytes after the end are of no interest.
        case .reading:
            lastSound = now
            var items: [ReplyItem] = []
            reader?.receive(bytes) { items.append($0) }
            for item in items { take(item, at: now, into: &commands) }
        }
    }

    /// The server closed the reply in good order.
    mutating func bodyEnded(at now: Duration, into commands: inout [RenderCommand]) {
        switch state {
        case .over: break
        case .waiting: end(.cutOff("the server closed the connection without a reply"), at: now, into: &commands)
        case .reading:
            var items: [ReplyItem] = []
            reader?.finish { items.append($0) }
            for item in items { take(item, at: now, into: &commands) }
            guard state == .reading else { return }
            end(isComplete ? nil : .cutOff("the stream ended without a finish reason"), at: now, into: &commands)
        }
    }

    /// The connection failed.
    mutating func connectionFailed(_ failure: TransportFailure, at now: Duration, into commands: inout [RenderCommand]) {
        switch state {
        case .over: break
        case .waiting: end(Fault(failure), at: now, into: &commands)
        case .reading: end(isDone ? nil : Fault(failure), at: now, into: &commands)
        }
    }

    /// The user wants no more of this answer.
    mutating func interrupted(at now: Duration, into commands: inout [RenderCommand]) {
        switch state {
        case .over: break
        case .waiting, .reading: end(.interrupted, at: now, into: &commands)
        }
    }

    /// Time went by.
    mutating func ticked(at now: Duration, into commands: inout [RenderCommand]) {
        switch state {
        case .over: return
        case .waiting, .reading: break
        }
        if let limit = expectation.totalLimit, now >= limit {
            return end(.timedOut("The whole request took longer than \(limit.inWords)."), at: now, into: &commands)
        }
        if expectation.asksForStream, let limit = expectation.silenceLimit, now - lastSound >= limit {
            return end(.timedOut("Nothing came from the server for \(limit.inWords)."), at: now, into: &commands)
        }
        if isDone, now - lastSound >= Self.farewell { return end(nil, at: now, into: &commands) }
        if timings.firstAnswer == nil { commands.append(.waiting(wait, elapsed: now)) }
    }

    /// True when the server said in some way that the answer is complete.
    private var isComplete: Bool { isDone || finishReason != nil }

    private mutating func take(_ item: ReplyItem, at now: Duration, into commands: inout [RenderCommand]) {
        guard state == .reading else { return }
        switch item {
        case .chunk(let chunk): take(chunk, at: now, into: &commands)
        case .whole(let reply): take(reply, at: now, into: &commands)
        case .done: isDone = true
        case .refusal(let error, let text): refuse(error, text: text, at: now, into: &commands)
        case .unreadable: noteUnreadable(into: &commands)
        case .broken(let why): end(.cutOff(why), at: now, into: &commands)
        }
    }

    private mutating func take(_ chunk: ReplyChunk, at now: Duration, into commands: inout [RenderCommand]) {
        if let error = chunk.error { return end(.failedInStream(error), at: now, into: &commands) }
        var sorted: [SortedReply] = []
        sorter.receive(chunk, into: &sorted)
        show(sorted, at: now, into: &commands)
        if let usage = chunk.usage { self.usage = usage }
        if let reason = chunk.finishReason { finishReason = reason }
    }

    private mutating func take(_ reply: WholeReply, at now: Duration, into commands: inout [RenderCommand]) {
        var sorted: [SortedReply] = []
        sorter.receive(reply, into: &sorted)
        show(sorted, at: now, into: &commands)
        usage = reply.usage
        finishReason = reply.choices.first { $0.index == 0 }?.finishReason
        isDone = true
    }

    private mutating func show(_ sorted: [SortedReply], at now: Duration, into commands: inout [RenderCommand]) {
        for stretch in sorted {
            switch stretch {
            case .began(let part):
                timings.firstFrame = timings.firstFrame ?? now
                commands.append(.began(part, at: now))
            case .text(let part, let text):
                timings.sawText(of: part, at: now)
                if part == .answer { answer += text }
                if part != .promptSummary { wait = .moreThinking }
                commands.append(.text(part, text, at: now))
            }
        }
    }

    private mutating func refuse(_ error: ServerError?, text: String, at now: Duration, into commands: inout [RenderCommand]) {
        let error = error ?? ServerError(message: text.gist)
        end(.refused(status: facts?.status ?? 0, error, retryAfter: retryAfter), at: now, into: &commands)
    }

    private mutating func noteUnreadable(into commands: inout [RenderCommand]) {
        // Once per reply: a server that sends one unreadable event usually sends many.
        if !sawUnreadable { commands.append(.note(.unreadableEvent)) }
        sawUnreadable = true
    }

    private mutating func end(_ fault: Fault?, at now: Duration, into commands: inout [RenderCommand]) {
        var rest: [SortedReply] = []
        sorter.finish(into: &rest)
        show(rest, at: now, into: &commands)
        state = .over
        timings.total = now
        if fault == nil, let note = closingNote { commands.append(.note(note)) }
        if let usage { commands.append(.usage(usage)) }
        let rate = TokenRate(usage: usage, answerByteCount: answer.utf8.count, timings: timings)
        commands.append(
            .ended(
                Ending(
                    fault: fault, answer: answer, finishReason: finishReason, usage: usage, facts: facts, timings: timings, rate: rate)))
    }

    private var closingNote: Note? {
        switch finishReason {
        case "length": .lengthReached(hadAnswer: !answer.isEmpty)
        case "content_filter": .filtered
        case "tool_calls", "function_call": .toolsAsked
        default: answer.isEmpty ? .emptyAnswer : nil
        }
    }
}

extension Duration {
    /// This duration for a sentence: `5 s`, `2 min 30 s`, `250 ms`.
    var inWords: String {
        let whole = Int(seconds.rounded(.down))
        if whole < 1 { return "\(Int(milliseconds)) ms" }
        if whole < 120 { return "\(whole) s" }
        if whole >= 7200 { return "\(whole / 3600) h \(whole % 3600 / 60) min" }
        return whole % 60 == 0 ? "\(whole / 60) min" : "\(whole / 60) min \(whole % 60) s"
    }
}

extension String {
    /// The beginning of a text that is not what was expected, for an error message: one line, bounded.
    var gist: String {
        let line = split(whereSeparator: \.isNewline).joined(separator: " ")
        if line.isEmpty { return "an empty body" }
        return line.count > 200 ? line.prefix(200) + "…" : line
    }
}
