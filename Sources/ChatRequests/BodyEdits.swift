/// Which bytes of a body are not for the upstream. Ranges are byte offsets into the body that was read.
struct BodyEdits: Sendable {
    /// How long the body was that they belong to.
    var bodyCount = 0
    /// The field `phases` with one comma.
    var phases: [Range<Int>] = []
    /// The member `reasoning.summary` with one comma.
    var summary: [Range<Int>] = []
    /// The field `phases` and that member; the whole field `reasoning` if there is nothing else in it.
    var phasesAndSummary: [Range<Int>] = []
    /// The value of the field `model`, quotes included.
    var model: Range<Int>?
    /// Behind the body's first brace.
    var firstMember = 0
    /// Summaries of ours in the conversation.
    var history: [Range<Int>] = []
}

/// Decides which comma leaves an object together with a member.
///
/// A member that another follows goes up to the name of that one; the last goes from the end of the one before it. So what
/// is left is an object again, and no byte of another member is touched.
struct MemberRemoval {
    /// The bytes to take out; they may overlap.
    private(set) var ranges: [Range<Int>] = []
    private var lastKeptEnd: Int?
    private var pending: Range<Int>?

    /// The name of a member begins.
    mutating func memberBegan(at start: Int) {
        if let pending { ranges.append(pending.lowerBound..<start) }
        pending = nil
    }

    /// A member's value has ended.
    mutating func memberEnded(_ member: Range<Int>, isRemoved: Bool) {
        if isRemoved { pending = member } else { lastKeptEnd = member.upperBound }
    }

    /// The object has ended.
    mutating func objectEnded() {
        if let pending { ranges.append((lastKeptEnd ?? pending.lowerBound)..<pending.upperBound) }
        pending = nil
    }
}
