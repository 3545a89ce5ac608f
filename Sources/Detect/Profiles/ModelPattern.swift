import PCRE

/// Which models' ids belong to a profile.
struct ModelPattern: Sendable {
    let profileIndex: Int
    let pattern: Pattern

    static func all(in profiles: [Profile]) throws(ProfileError) -> [ModelPattern] {
        var patterns: [ModelPattern] = []
        for (index, profile) in profiles.enumerated() where !profile.modelPatterns.isEmpty {
            do throws(PatternError) {
                let pattern = try Pattern(alternatives: profile.modelPatterns, isCaseless: true)
                patterns.append(ModelPattern(profileIndex: index, pattern: pattern))
            } catch {
                throw .invalid(profile: profile.name, pattern: "", reason: error.description)
            }
        }
        return patterns
    }

    static func firstMatch(of patterns: [ModelPattern], in id: String) -> Int? {
        let bytes = Array(id.utf8)
        var scratch = MatchScratch()
        for candidate in patterns {
            let outcome = scratch.search(candidate.pattern, in: bytes.span, from: 0, isTextStart: true, end: .final)
            if case .match = outcome { return candidate.profileIndex }
        }
        return nil
    }
}
