import ChatDelta
import ChatRequests
import Detect

// Tool calls that a model wrote as messages of a channel, from servers that leave the splitting to others.
extension StreamCore {
    /// Sends the calls that have been completed, as clients get them from servers that split.
    mutating func sendWrittenCalls(of track: ChoiceTrack, at now: Duration, into output: inout [UInt8]) {
        guard reading.mayWriteCalls, !isBypass else { return }
        for call in track.text.detector.takeToolCalls() {
            answerBegan(track, at: now, into: &output)
            rendering.writtenCall(call, ordinal: track.writtenCallCount, index: track.index, to: &output)
            track.writtenCallCount += 1
        }
    }
}

extension ToolCall {
    /// Id and name for the client. Ids are short: some servers refuse more than 40 characters when they come back.
    func head(number: Int, of identity: ChunkIdentity) -> ChunkWriter.ToolCallHead {
        ChunkWriter.ToolCallHead(id: "call_\(identity.id.suffix(20))_\(number)", name: recipient)
    }
}
