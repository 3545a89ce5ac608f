import JSONBytes

/// Brings what happens in a stream into the order agents insist on: reasoning first and closed before anything else opens, then one item
/// at a time, each opened, filled and closed.
///
/// States:
/// - *thinking*: the reasoning item may be opened, and closes when the answer begins.
/// - *answering*: the first of the waiting items is open, the others are kept. It closes when it is complete and another waits, or when
///   the answer is over.
/// - *finished*: every item is closed; only the usage is still missing.
/// - *over*: everything was said; all news is ignored.
///
/// Why items wait: upstreams mix the pieces of parallel calls, and send names late. A call is complete when its arguments are a whole JSON
/// object; until then whatever comes behind it is kept.
struct ItemSequence<Writer: ItemWriter> {
    private enum State {
        case thinking, answering, finished, over
    }

    private enum Item {
        /// Text that waits. The text of an open message is not here: it leaves as it comes.
        case message([(kind: TextKind, text: [UInt8])])
        case call(PendingCall)
    }

    private var writer: Writer
    private let plan: AgentPlan
    private var state = State.thinking
    private var isReasoningOpen = false
    /// Raw reasoning for the carrier; nil when there is too much of it, or nobody to carry it.
    private var thoughts: [UInt8]?
    /// Not yet closed, in the order of their first piece; the first is open, unless it is a call without a name.
    private var items: [Item] = []
    private var isFirstOpen = false
    private var closedCalls: [PendingCall] = []
    private var givenIDs: Set<String> = []
    private var end = AnswerEnd.complete
    private var byteCount = 0

    /// Whether the answer is longer than the plan allows.
    var isTooLong: Bool { byteCount > plan.maximumAnswerBytes }

    init(_ writer: Writer, _ plan: AgentPlan) {
        self.writer = writer
        self.plan = plan
        thoughts = plan.carrier == nil ? nil : []
    }

    mutating func tell(_ news: borrowing StreamNews, to output: inout [UInt8]) {
        guard state != .over else { return }
        switch news {
        case .opened: writer.began(to: &output)
        case .promptSummary(let text): summaryPart(title: Writer.promptTitle, text, to: &output)
        case .reasoning(let text): reasoning(text, to: &output)
        case .step(let title, let text): summaryPart(title: title, text, to: &output)
        case .rawReasoning(let text): rawReasoning(text, to: &output)
        case .rawReasoningEnded: if isReasoningOpen { writer.rawReasoningEnded(to: &output) }
        // Half a thought would mislead: it is not carried.
        case .movedOn(let isFromStart): thoughts = plan.carrier != nil && isFromStart ? [] : nil
        case .answerBegan: beginAnswer(to: &output)
        case .text(let text): answer(text, .answer, to: &output)
        case .refusal(let text): answer(text, .refusal, to: &output)
        case .call(let piece): call(piece, to: &output)
        case .finished(let end): finish(end, to: &output)
        case .ended(let usage): conclude(usage, to: &output)
        case .failed(let failure):
            state = .over
            writer.failed(failure, to: &output)
        case .silent: writer.silent(to: &output)
        }
    }

    // MARK: Reasoning

    private mutating func openReasoning(to output: inout [UInt8]) {
        guard !isReasoningOpen else { return }
        isReasoningOpen = true
        writer.reasoningOpened(to: &output)
    }

    private mutating func summaryPart(title: String?, _ text: String, to output: inout [UInt8]) {
        guard state == .thinking, !text.isEmpty else { return }
        openReasoning(to: &output)
        writer.summaryPart(title: title, text: text, to: &output)
    }

    private mutating func reasoning(_ text: Span<UInt8>, to output: inout [UInt8]) {
        guard state == .thinking else { return }
        if plan.showsReasoning { openReasoning(to: &output) }
        guard let carrier = plan.carrier, let count = thoughts?.count else { return }
        if count + text.count <= carrier.maximumBytes { thoughts?.append(text) } else { thoughts = nil }
    }

    private mutating func rawReasoning(_ text: Span<UInt8>, to output: inout [UInt8]) {
        guard state == .thinking, !text.isEmpty else { return }
        openReasoning(to: &output)
        writer.rawReasoning(text, to: &output)
    }

    private mutating func beginAnswer(to output: inout [UInt8]) {
        guard state == .thinking else { return }
        state = .answering
        var sealed: String?
        if let carrier = plan.carrier, let thoughts, !thoughts.isEmpty { sealed = carrier.seal(thoughts) }
        thoughts = nil
        if sealed != nil { openReasoning(to: &output) }
        guard isReasoningOpen else { return }
        isReasoningOpen = false
        writer.reasoningClosed(sealed: sealed, to: &output)
    }

    // MARK: Answer

    private mutating func answer(_ text: Span<UInt8>, _ kind: TextKind, to output: inout [UInt8]) {
        guard !text.isEmpty, isAnswering(to: &output) else { return }
        byteCount += text.count
        guard case .message(var waiting) = items.last else {
            items.append(.message([(kind, Array(copying: text))]))
            return advance(to: &output)
        }
        if items.count == 1 { return writer.text(text, kind, to: &output) }
        if waiting.last?.kind == kind {
            waiting[waiting.count - 1].text.append(text)
        } else {
            waiting.append((kind, Array(copying: text)))
        }
        items[items.count - 1] = .message(waiting)
    }

    private mutating func call(_ piece: borrowing CallPiece, to output: inout [UInt8]) {
        guard isAnswering(to: &output) else { return }
        byteCount += piece.arguments.count
        if let position = position(ofCallFor: piece) {
            guard case .call(var pending) = items[position] else { return }
            pending.learn(piece)
            pending.receive(piece.arguments)
            let isStreamed = position == 0 && pending.isOpen
            items[position] = .call(pending)
            if isStreamed { writer.callArguments(piece.arguments, to: &output) }
        } else if !closedCalls.contains(where: { $0.owns(piece, isLast: false) }) {
            var pending = PendingCall(piece)
            pending.receive(piece.arguments)
            items.append(.call(pending))
        }
        // What still comes for a closed call is no part of its object.
        advance(to: &output)
    }

    /// Text and calls after the end have nowhere to go; text before the thinking was said to be over ends it.
    private mutating func isAnswering(to output: inout [UInt8]) -> Bool {
        beginAnswer(to: &output)
        return state == .answering
    }

    private func position(ofCallFor piece: borrowing CallPiece) -> Int? {
        var isLast = true
        for position in items.indices.reversed() {
            guard case .call(let pending) = items[position] else { continue }
            if pending.owns(piece, isLast: isLast) { return position }
            isLast = false
        }
        return nil
    }

    // MARK: One item at a time

    /// Opens the first item, and closes it as long as it is complete and another waits.
    private mutating func advance(to output: inout [UInt8]) {
        openFirst(isLastChance: false, to: &output)
        while items.count > 1, isFirstOpen, firstIsComplete {
            closeFirst(isCut: false, to: &output)
            openFirst(isLastChance: false, to: &output)
        }
    }

    private var firstIsComplete: Bool {
        switch items.first {
        case .message: true
        case .call(let pending): pending.isWhole
        case nil: false
        }
    }

    /// Opens the first item, if it is not open yet and its name is known; with the last chance in any case.
    private mutating func openFirst(isLastChance: Bool, to output: inout [UInt8]) {
        guard !isFirstOpen, let first = items.first else { return }
        switch first {
        case .message(let waiting):
            writer.messageOpened(to: &output)
            for part in waiting { writer.text(part.text.span, part.kind, to: &output) }
            items[0] = .message([])
        case .call(var pending):
            // A name that is not the request's may go on in the next piece; once arguments come it is whole.
            let isNamed =
                !pending.name.isEmpty && (plan.tools.knows(pending.name) || plan.tools.isEmpty || !pending.isBlank || items.count > 1)
            guard isNamed || isLastChance else { return }
            pending.isOpen = true
            items[0] = .call(pending)
            writer.callOpened(CallHead(id: clientID(for: pending.upstreamID), route: plan.tools.route(of: pending.name)), to: &output)
            if !pending.arguments.isEmpty { writer.callArguments(pending.arguments.span, to: &output) }
        }
        isFirstOpen = true
    }

    private mutating func closeFirst(isCut: Bool, to output: inout [UInt8]) {
        guard isFirstOpen else { return }
        switch items.removeFirst() {
        case .message: writer.messageClosed(isCut: isCut, to: &output)
        case .call(let pending):
            closedCalls.append(pending)
            writer.callClosed(arguments: pending.arguments, isCut: isCut && !pending.isWhole, to: &output)
        }
        isFirstOpen = false
    }

    /// The upstream's id where it has one that was not given yet: clients match results to calls by it.
    private mutating func clientID(for upstreamID: [UInt8]) -> String {
        var id = String(decoding: upstreamID, as: UTF8.self)  // WHY: once per call
        if id.isEmpty || givenIDs.contains(id) { id = "call_\(plan.id)_\(givenIDs.count)" }
        givenIDs.insert(id)
        return id
    }

    // MARK: Endings

    private mutating func finish(_ end: AnswerEnd, to output: inout [UInt8]) {
        beginAnswer(to: &output)
        guard state == .answering else { return }
        self.end = end
        let isCut = end == .length || end == .contentFilter
        while let first = items.first {
            openFirst(isLastChance: true, to: &output)
            // A message that something stands behind was complete; of mixed calls any may be cut.
            if case .message = first, items.count > 1 {
                closeFirst(isCut: false, to: &output)
            } else {
                closeFirst(isCut: isCut, to: &output)
            }
        }
        state = .finished
    }

    private mutating func conclude(_ usage: TokenUsage?, to output: inout [UInt8]) {
        if state != .finished { finish(.complete, to: &output) }
        state = .over
        writer.ended(end, hasCalls: !closedCalls.isEmpty, usage: usage, to: &output)
    }
}
