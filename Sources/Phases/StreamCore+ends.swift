import ChatDelta
import ChatRequests
import Detect
import JSONBytes

// How a stream ends. In every way: what is held is sent, each choice is closed, and one end is told.
extension StreamCore {
    /// The upstream's body has ended, as far as the transport can tell, well.
    mutating func upstreamEnded(at now: Duration, into output: inout [UInt8]) {
        broke(reading.eventCount == 0 ? .empty : .truncated, at: now, into: &output)
    }

    /// The upstream's stream broke. If the answer was complete, only the end mark was missing.
    mutating func broke(_ failure: StreamFailure, at now: Duration, into output: inout [UInt8]) {
        guard !isOver, !reading.isLost else { return }
        if isAnswerComplete || reading.notedFailure != nil {
            finished(at: now, into: &output)
        } else {
            fail(failure, at: now, into: &output)
        }
    }

    /// The upstream itself says that something is wrong. In style `off` its own bytes have told the client.
    mutating func reported(_ failure: StreamFailure, at now: Duration, into output: inout [UInt8]) {
        if isBypass {
            reading.notedFailure = reading.notedFailure ?? failure
        } else {
            fail(failure, at: now, into: &output)
        }
    }

    /// The upstream said that it is done.
    mutating func finished(at now: Duration, into output: inout [UInt8]) {
        if isBypass {
            output.append(bypass.missingLineFeed)
            let failure = reading.notedFailure ?? (reading.choices.isEmpty ? .empty : nil)
            end = failure.map(StreamEnd.failed) ?? .finished
            return
        }
        // Agents are told of choice 0 alone.
        let hasFirstChoice = reading.choices.contains { $0.index == 0 }
        guard plan.agent == nil ? !reading.choices.isEmpty : hasFirstChoice else { return fail(.empty, at: now, into: &output) }
        win()
        for track in reading.choices where !track.marks.isFinished {
            // Clients want a finish reason, also from an upstream that gives none.
            closeText(of: track, .stop, at: now, into: &output)
            rendering.finish(track.writtenCallCount > 0 ? .toolCalls : .stop, index: track.index, to: &output)
        }
        beginAnswer(at: now, into: &output)
        rendering.end(usage: reading.usage, hasFirstChoice: hasFirstChoice, to: &output)
        end = .finished
    }

    /// The client is told what went wrong, and no choice is closed.
    mutating func fail(_ failure: StreamFailure, at now: Duration, into output: inout [UInt8]) {
        guard !isOver, !reading.isLost, !keepsForRestart(failure) else { return }
        if isOpen {
            if isBypass {
                output.append(bypass.separator)
            } else {
                for track in reading.choices where !track.marks.isFinished { endText(of: track, .cut, at: now, into: &output) }
            }
            rendering.fail(failure, to: &output)
        }
        end = .failed(failure)
    }

    /// Whether every choice has its finish reason.
    var isAnswerComplete: Bool { !reading.choices.isEmpty && reading.choices.allSatisfy(\.marks.isFinished) }

    /// Everything that stands before a choice's finish: what was held, the final phase.
    mutating func closeText(of track: ChoiceTrack, _ textEnd: TextEnd, at now: Duration, into output: inout [UInt8]) {
        endText(of: track, textEnd, at: now, into: &output)
        if track.index == 0 { beginAnswer(at: now, into: &output) }
    }

    /// The choice's text has ended: what the detector held is sent.
    private mutating func endText(of track: ChoiceTrack, _ textEnd: TextEnd, at now: Duration, into output: inout [UInt8]) {
        guard !track.marks.isFinished else { return }
        track.marks.isFinished = true
        track.text.beginChunk()
        track.text.finish(textEnd)
        facts.note(track)
        reason(of: track, at: now, into: &output)
        if track.index == 0, !track.marks.hasAnswer, track.text.answer.isEmpty, textEnd == .length, track.marks.hasReasoning {
            facts.answerIsMissing = true
        }
        if !track.text.answer.isEmpty {
            answered(track, track.text.answer.count, at: now, into: &output)
            rendering.answer(track.text.answer, index: track.index, to: &output)
        }
        sendWrittenCalls(of: track, at: now, into: &output)
    }
}
