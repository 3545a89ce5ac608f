import PCRE

/// A profile whose patterns were checked and compiled, once, for every stream that uses it.
public final class CompiledProfile: Sendable {
    /// The longest look-behind a marker may have, in bytes: so much emitted text a detector keeps as left context.
    public static let maximumLookBehind = 16

    /// The data it was made from.
    public let profile: Profile
    let sets: MarkerSets
    let headerRules: [Pattern]
    let recipient: Pattern?
    /// How many emitted bytes the patterns may look back at: 0 for plain markers.
    let contextLength: Int

    /// Checks and compiles.
    ///
    /// - Parameter profile: built in or from configuration.
    /// - Throws: ``ProfileError`` naming the profile, the pattern and the reason.
    public init(_ profile: Profile) throws(ProfileError) {
        self.profile = profile
        try PatternLint(profile.name).check(profile)
        do throws(PatternError) {
            sets = try MarkerSets(profile)
            var rules: [Pattern] = []
            for rule in profile.channels?.rules ?? [] { rules.append(try Pattern(alternatives: [rule.pattern])) }
            headerRules = rules
            recipient = if let channels = profile.channels { try Pattern(alternatives: [channels.recipient]) } else { nil }
        } catch {
            throw .invalid(profile: profile.name, pattern: "", reason: error.description)
        }
        contextLength = profile.allMarkers.contains(where: \.looksBack) ? Self.maximumLookBehind : 0
    }

    /// Where the output of a model of this family begins, given what the request says.
    ///
    /// A prefill that the model continues decides by its last marker; without one it is an answer that was begun, because the
    /// template writes no start marker then.
    public func startState(for request: ThinkingRequest) -> StartState {
        if let prefill = request.prefill, !prefill.isEmpty { return endsInReasoning(prefill) ? .inside : .outside }
        if let effort = request.reasoningEffort, profile.effortsThatDisable.contains(effort) { return .outside }
        let state = profile.startRule.startState(for: request)
        let isLearned = state == .outside && request.beginsInside && !request.switchesThinkingOff && profile.channels == nil
        return isLearned ? .inside : state
    }

    private func endsInReasoning(_ prefill: [UInt8]) -> Bool {
        guard let set = sets.undecided else { return false }
        var scratch = MatchScratch()
        var from = 0
        var isInside = false
        while case .match(_, let end, let index) = scratch.search(
            set.pattern, in: prefill.span, from: from, isTextStart: true, end: .final)
        {
            isInside = set.roles[index] == .start
            from = end
        }
        return isInside
    }
}

extension Profile {
    var allMarkers: [Marker] {
        starts + ends + implicitEnds + strays + frames.flatMap { [$0.open, $0.close] }
            + (prose.map { $0.openers + $0.ends + $0.vetoes } ?? [])
            + (channels.map { $0.headerStarts + $0.headerEnds + $0.bodyEnds } ?? [])
    }
}

extension Marker {
    /// Whether the pattern may look at text before its match; over-cautious, an escaped `^` counts.
    var looksBack: Bool {
        ["(?<", "^", "\\b", "\\B", "\\A", "\\G", "$"].contains { pattern.contains(substring: $0) }
    }
}

extension String {
    /// Foundation's and the standard library's `contains(_: String)` without either's cost or import.
    func contains(substring: String) -> Bool {
        let text = Array(utf8)
        let wanted = Array(substring.utf8)
        guard !wanted.isEmpty, text.count >= wanted.count else { return wanted.isEmpty }
        return (0...(text.count - wanted.count)).contains { text[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }
}
