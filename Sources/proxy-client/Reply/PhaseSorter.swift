/// One stretch of a reply, sorted by the part it belongs to.
enum SortedReply: Equatable, Sendable {
    /// The server named the part, or the first text of it came; sent once per part.
    case began(ReplyPart)
    case text(ReplyPart, String)
}

/// Says for every chunk which part of the reply its text belongs to, in all wire styles.
///
/// A phase tag wins. Without one, `reasoning_content` is thinking and `content` the answer; think tags at the head of the
/// content and the markers at the head of a summary refine that.
struct PhaseSorter {
    private var tags = ThinkTags()
    private var markers = SummaryMarkers()
    private var begun: [ReplyPart] = []
    /// In style `think` even a chunk tagged as the answer may still be inside the tags.
    private let expectsTags: Bool

    init(style: WireStyle?) { expectsTags = style == .think }

    /// Sorts one chunk's text.
    mutating func receive(_ chunk: ReplyChunk, into sorted: inout [SortedReply]) {
        let tag = ReplyPart(tag: chunk.phase)
        if let tag, tag != begun.last { begin(tag, into: &sorted) }
        if let text = chunk.reasoning, !text.isEmpty { think(text, tag: tag, into: &sorted) }
        if let text = chunk.content, !text.isEmpty { speak(text, tag: tag, into: &sorted) }
    }

    /// Sorts a reply that came in one piece. Listed phases win over what the message repeats of them.
    mutating func receive(_ reply: WholeReply, into sorted: inout [SortedReply]) {
        let phases = reply.phases ?? []
        for phase in phases {
            guard let part = ReplyPart(tag: phase.phase), part != .answer else { continue }
            receive(ReplyChunk(phase: phase.phase, reasoning: phase.content ?? ""), into: &sorted)
        }
        guard let message = reply.choices.first(where: { $0.index == 0 })?.message else { return }
        var rest: [SortedReply] = []
        receive(ReplyChunk(content: message.content, reasoning: message.reasoning), into: &rest)
        finish(into: &rest)
        sorted += phases.isEmpty ? rest : rest.filter(\.isOfTheAnswer)
    }

    /// Releases what was held back: the reply has ended.
    mutating func finish(into sorted: inout [SortedReply]) {
        var rest: [(Bool, String)] = []
        tags.finish { rest.append(($0, $1)) }
        for (isInside, text) in rest { place(text, isInside: isInside, tag: nil, into: &sorted) }
        flushMarkers(into: &sorted)
    }

    private mutating func think(_ text: String, tag: ReplyPart?, into sorted: inout [SortedReply]) {
        var found: [(ReplyPart, String)] = []
        markers.receive(text, tag: tag == .answer ? nil : tag) { found.append(($0, $1)) }
        for (part, text) in found { add(part, text, into: &sorted) }
    }

    private mutating func speak(_ text: String, tag: ReplyPart?, into sorted: inout [SortedReply]) {
        if tag == .answer, !expectsTags { tags.answerBegan() }
        var stretches: [(Bool, String)] = []
        tags.receive(text) { stretches.append(($0, $1)) }
        for (isInside, text) in stretches { place(text, isInside: isInside, tag: tag, into: &sorted) }
    }

    private mutating func place(_ text: String, isInside: Bool, tag: ReplyPart?, into sorted: inout [SortedReply]) {
        let isSummary = tag == .promptSummary || tag == .reasoningSummary
        if isInside || isSummary {
            think(text, tag: isSummary ? tag : nil, into: &sorted)
        } else {
            flushMarkers(into: &sorted)
            add(.answer, text, into: &sorted)
        }
    }

    private mutating func flushMarkers(into sorted: inout [SortedReply]) {
        var found: [(ReplyPart, String)] = []
        markers.finish { found.append(($0, $1)) }
        for (part, text) in found { add(part, text, into: &sorted) }
    }

    private mutating func add(_ part: ReplyPart, _ text: String, into sorted: inout [SortedReply]) {
        begin(part, into: &sorted)
        sorted.append(.text(part, text))
    }

    private mutating func begin(_ part: ReplyPart, into sorted: inout [SortedReply]) {
        guard !begun.contains(part) else { return }
        begun.append(part)
        sorted.append(.began(part))
    }
}

extension SortedReply {
    /// True for what concerns the answer itself.
    var isOfTheAnswer: Bool {
        switch self {
        case .began(let part), .text(let part, _): part == .answer
        }
    }
}
