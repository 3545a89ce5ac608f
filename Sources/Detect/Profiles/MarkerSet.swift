import PCRE

/// The markers that are looked for at one place, compiled into one pattern.
final class MarkerSet: Sendable {
    let pattern: Pattern
    let roles: [MarkerRole]
    let isEdge: Bool
    /// Every marker is a start, so what may count can be told from the text before it.
    let hasOnlyStarts: Bool
    /// What the scan of a chunk stops at: a first byte of a marker, or what moves the code guard.
    let interest: ByteSet
    /// This set's bit in the detector's record of patterns that hit the match limit.
    let bit: UInt32

    init?(_ markers: [(Marker, MarkerRole)], isEdge: Bool, bit: UInt32) throws(PatternError) {
        guard !markers.isEmpty else { return nil }
        pattern = try Pattern(alternatives: markers.map(\.0.pattern), isAnchored: isEdge)
        roles = markers.map(\.1)
        self.isEdge = isEdge
        hasOnlyStarts = roles.allSatisfy { $0 == .start }
        var interest = pattern.firstBytes
        interest.insert(UInt8(ascii: "`"))
        interest.insert(UInt8(ascii: "\n"))
        self.interest = interest
        self.bit = bit
    }
}

/// Where in the text the detector stands, as far as the choice of markers goes.
///
/// An *edge* set is tried once, where the first payload byte of a segment stands; the other set anywhere after it.
struct MarkerSets: Sendable {
    var undecidedEdge: MarkerSet?
    var undecided: MarkerSet?
    var outsideEdge: MarkerSet?
    var outside: MarkerSet?
    var reasoningEdge: MarkerSet?
    var reasoning: MarkerSet?
    var prose: MarkerSet?
    var betweenEdge: MarkerSet?
    var answer: MarkerSet?
    var framedAnswer: MarkerSet?
    var splitEdge: MarkerSet?
    var header: MarkerSet?
    var body: MarkerSet?
    /// Every byte that stops the scan for starts and ends also stops the one of the place `outside`.
    let endsBeginLikeStarts: Bool

    init(_ profile: Profile) throws(PatternError) {
        let starts = profile.starts.map { ($0, MarkerRole.start) }
        let ends = profile.ends.map { ($0, MarkerRole.end) }
        let implicitEnds = profile.implicitEnds.map { ($0, MarkerRole.implicitEnd) }
        let frameOpens = profile.frames.map { ($0.open, MarkerRole.frameOpen) }
        let frameCloses = profile.frames.map { ($0.close, MarkerRole.frameClose) }
        let strays = profile.strays.map { ($0, MarkerRole.stray) }
        let proseStarts = (profile.prose?.openers ?? []).map { ($0, MarkerRole.proseStart) }
        let proseEnds = (profile.prose?.ends ?? []).map { ($0, MarkerRole.proseEnd) }
        let channels = profile.channels
        let headerStarts = (channels?.headerStarts ?? []).map { ($0, MarkerRole.headerStart) }
        let proseVetoes = (profile.prose?.vetoes ?? []).map { ($0, MarkerRole.proseVeto) }
        let headerEnds = (channels?.headerEnds ?? []).map { ($0, MarkerRole.headerEnd) }
        let bodyEnds = (channels?.bodyEnds ?? []).map { ($0, MarkerRole.bodyEnd) }
        let laterStarts = profile.isInterleaved ? starts : []

        undecidedEdge = try MarkerSet(starts + ends + strays, isEdge: true, bit: 1 << 0)
        undecided = try MarkerSet(starts + ends, isEdge: false, bit: 1 << 1)
        outsideEdge = try MarkerSet(
            headerStarts + headerEnds + starts + ends + frameOpens + strays + proseStarts, isEdge: true, bit: 1 << 2)
        outside = try MarkerSet(headerStarts + starts + strays, isEdge: false, bit: 1 << 3)
        reasoningEdge = try MarkerSet(starts + strays, isEdge: true, bit: 1 << 4)
        reasoning = try MarkerSet(ends + implicitEnds + strays, isEdge: false, bit: 1 << 5)
        prose = try MarkerSet(proseEnds + proseVetoes + starts + ends + implicitEnds, isEdge: false, bit: 1 << 6)
        betweenEdge = try MarkerSet(starts + ends + frameOpens + strays, isEdge: true, bit: 1 << 7)
        answer = try MarkerSet(laterStarts + strays, isEdge: false, bit: 1 << 8)
        framedAnswer = try MarkerSet(frameCloses + laterStarts + strays, isEdge: false, bit: 1 << 9)
        splitEdge = try MarkerSet(ends, isEdge: true, bit: 1 << 10)
        header = try MarkerSet(headerEnds, isEdge: false, bit: 1 << 11)
        body = try MarkerSet(headerStarts + bodyEnds, isEdge: false, bit: 1 << 12)
        var both = outside?.interest ?? ByteSet()
        let outsideAlone = both
        both.formUnion(undecided?.interest ?? ByteSet())
        endsBeginLikeStarts = both == outsideAlone
    }
}
