import ChatDelta
public import Detect
import JSONBytes
public import Summaries

/// What a summariser's body says: the step without the model's own reasoning, and the tokens it counted.
public struct SummariserAnswer: Sendable, Equatable {
    /// What came of the call.
    public var outcome: SummaryOutcome
    /// Its tokens, if it said so.
    public var usage: SummaryUsage?

    /// Reads a body.
    ///
    /// A model that thinks all the same does so in a field of its own or between markers; both are taken off, also when its chat
    /// template wrote the first marker. A body that is no completion, or an error, is a failed call.
    ///
    /// - Parameters:
    ///   - body: the response's body, any bytes.
    ///   - profile: which markers the model writes.
    public init(_ body: [UInt8], profile: CompiledProfile) {
        let body = UTF8Repair.isValid(body.span) ? body : UTF8Repair.repaired(body.span)
        var delta = Delta()
        do { try DeltaReader.read(body.span, into: &delta) } catch {
            outcome = .failed
            return
        }
        guard delta.fault == nil, delta.form == .completion, let choice = delta.choices.first else {
            outcome = .failed
            return
        }
        if let range = delta.usage { usage = SummariserAnswer.usage(body[range]) }
        let isCut = choice.finishReason.map { !body.span.extracting($0.content).spells("stop") } ?? false
        let text = SummariserAnswer.text(of: choice, delta, body, profile)
        outcome = text.contains { $0 > 0x20 } ? .text(text, isCut: isCut) : .empty
    }

    private static func text(of choice: Delta.Choice, _ delta: Delta, _ body: [UInt8], _ profile: CompiledProfile) -> [UInt8] {
        let request = ThinkingRequest(enableThinking: false, thinking: false)
        var detector = Detector(profile: profile, start: profile.startState(for: request))
        var answer: [UInt8] = []
        let take = { (kind: SegmentKind, span: Span<UInt8>) in
            if kind == .answer { answer.append(span) }
        }
        for position in choice.texts where delta.texts[position].kind == .content {
            var text: [UInt8] = []
            var decoder = JSONTextDecoder()
            decoder.decode(delta.texts[position].string, in: body.span, to: &text)
            decoder.finish(to: &text)
            detector.receive(text.span, emit: take)
        }
        detector.finish(.stop, emit: take)
        return withoutOrphanedReasoning(answer)
    }

    /// What stands before an end marker that nothing began is reasoning, too.
    private static func withoutOrphanedReasoning(_ text: [UInt8]) -> [UInt8] {
        let mark = Array("</think>".utf8)
        guard text.count >= mark.count else { return text }
        for start in stride(from: text.count - mark.count, through: 0, by: -1) where text[start..<(start + mark.count)].elementsEqual(mark)
        {
            return Array(text[(start + mark.count)...])
        }
        return text
    }

    private static func usage(_ object: ArraySlice<UInt8>) -> SummaryUsage? {
        let bytes = Array(object)
        var usage = SummaryUsage()
        var cursor = JSONCursor(bytes.span)
        do {
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                if cursor.matches(key, "prompt_tokens"), try cursor.peek() == .number {
                    usage.prompt = bounded(try cursor.integer())
                } else if cursor.matches(key, "completion_tokens"), try cursor.peek() == .number {
                    usage.completion = bounded(try cursor.integer())
                } else {
                    _ = try cursor.skipValue()
                }
            }
        } catch { return nil }
        return usage
    }

    /// Somebody else's number: kept where sums of it stay sums.
    private static func bounded(_ count: Int?) -> Int { min(max(count ?? 0, 0), 10_000_000) }
}
