import ChatDelta
import JSONBytes

/// What the last chunk became that had to be written anew: the next one with the same bytes around its text becomes the same around its
/// own.
///
/// That holds because nothing of a chunk's text fields is kept but the text that is given (`ChunkEditor.appendRewritten`). A chunk without
/// text is written in full, and so is one with a finish, which comes once.
struct RewrittenChunk {
    private struct Occasion: Equatable {
        let shape: Int
        let index: Int
        let edit: ChunkEditor.ChoiceEdit
    }

    private var occasion: Occasion?
    /// The event up to its text, and behind it.
    private var beginning: [UInt8] = []
    private var end: [UInt8] = []

    /// Appends the event that `chunk` becomes with `text`. False, and nothing was appended, if its like was not written before.
    func append(
        _ text: Span<UInt8>, likewise chunk: borrowing ChunkAtHand, _ edit: ChunkEditor.ChoiceEdit, to output: inout [UInt8]
    ) -> Bool {
        guard let occasion, !text.isEmpty, occasion == RewrittenChunk.occasion(chunk, edit) else { return false }
        output.append(beginning.span)
        JSONText.appendEscaped(text, to: &output)
        output.append(end.span)
        return true
    }

    /// Keeps the event that was written from `start` on, with its text at `place`.
    mutating func keep(
        _ output: Span<UInt8>, from start: Int, textAt place: Range<Int>, _ chunk: borrowing ChunkAtHand, _ edit: ChunkEditor.ChoiceEdit
    ) {
        occasion = place.isEmpty ? nil : RewrittenChunk.occasion(chunk, edit)
        guard occasion != nil else { return }
        beginning.removeAll(keepingCapacity: true)
        beginning.append(output.extracting(start..<place.lowerBound))
        end.removeAll(keepingCapacity: true)
        end.append(output.extracting(place.upperBound..<output.count))
    }

    private static func occasion(_ chunk: borrowing ChunkAtHand, _ edit: ChunkEditor.ChoiceEdit) -> Occasion? {
        guard let shape = chunk.shape, !edit.withFinish else { return nil }
        return Occasion(shape: shape, index: chunk.choice.index, edit: edit)
    }
}
