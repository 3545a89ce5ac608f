import JSONBytes

extension ChatRequest {
    /// The body for the upstream: the client's bytes without the fields `phases` and `reasoning.summary`, which the proxy obeys
    /// itself, under the upstream's name of the model, and without summaries of our own in the conversation. Every other byte is the client's: spelling of numbers, order of
    /// members, white space, fields nobody knows.
    ///
    /// - Parameters:
    ///   - body: the body this request was read from.
    ///   - model: the model's name at the upstream; nil keeps the client's, without its style suffix.
    ///   - stripHistory: whether summaries of our own are taken out of assistant messages.
    ///   - keepsSummaryLevel: whether `reasoning.summary` goes upstream: where the upstream's own stream passes, it is not for us.
    /// - Returns: the edited body; the same bytes if there is nothing to edit.
    public func upstreamBody(from body: [UInt8], model: String?, stripHistory: Bool, keepsSummaryLevel: Bool = false) -> [UInt8] {
        precondition(body.count == edits.bodyCount, "upstreamBody needs the body that the request was read from")
        var cuts = (keepsSummaryLevel ? edits.phases : edits.phasesAndSummary).map { Cut(range: $0, replacement: []) }
        if let cut = modelCut(model) { cuts.append(cut) }
        if stripHistory { cuts += edits.history.map { Cut(range: $0, replacement: []) } }
        guard !cuts.isEmpty else { return body }
        cuts.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        return Self.apply(cuts, to: body)
    }

    private struct Cut {
        let range: Range<Int>
        let replacement: [UInt8]
    }

    /// What to do about the model; nil if the client's bytes say it already.
    private func modelCut(_ name: String?) -> Cut? {
        guard let wanted = name ?? self.model, wanted != self.model || modelSuffix != nil else { return nil }
        var quoted: [UInt8] = []
        JSONText.appendQuoted(wanted, to: &quoted)
        if let range = edits.model { return Cut(range: range, replacement: quoted) }
        return Cut(range: edits.firstMember..<edits.firstMember, replacement: Array("\"model\":".utf8) + quoted + [UInt8(ascii: ",")])
    }

    /// Copies what is between the cuts; cuts may overlap.
    private static func apply(_ cuts: [Cut], to body: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(body.count + cuts.reduce(0) { $0 + $1.replacement.count })
        var position = 0
        for cut in cuts {
            if cut.range.lowerBound > position { output += body[position..<cut.range.lowerBound] }
            output += cut.replacement
            position = max(position, cut.range.upperBound)
        }
        return output + body[position...]
    }
}
