import PCRE

/// What may be wrong with a profile from configuration, piece by piece, so that every fault of a file can be told at once.
///
/// ``CompiledProfile/init(_:)`` applies the same rules and stops at the first.
public enum ProfileCheck {
    /// Why a marker may not be used; nil if it may.
    public static func fault(in marker: Marker) -> String? {
        PatternLint.fault(inMarker: marker.pattern).map(alone)
    }

    /// Why a pattern that is searched in a model's id or in a header may not be used; nil if it may.
    public static func fault(inSearched pattern: String) -> String? {
        PatternLint.fault(inSearched: pattern).map(alone)
    }

    /// A reason without the number of the alternative: there is only one.
    private static func alone(_ reason: String) -> String {
        let number = "alternative 0, "
        return reason.hasPrefix(number) ? String(reason.dropFirst(number.count)) : reason
    }

    /// Why a profile whose pieces are all right cannot work as a whole; nil if it can.
    public static func fault(in profile: Profile) -> String? {
        let hasEnd = !profile.ends.isEmpty || !profile.implicitEnds.isEmpty || profile.channels != nil
        if !profile.starts.isEmpty, !hasEnd { return "reasoning can begin but nothing ends it; name its ends" }
        if profile.startRule.mayBeginInside, !hasEnd {
            return "the output may begin inside reasoning but nothing ends it; name its ends"
        }
        do throws(ProfileError) { _ = try CompiledProfile(profile) } catch {
            guard case .invalid(_, _, let reason) = error else { return error.description }
            return reason
        }
        return nil
    }
}

extension StartRule {
    /// Whether some request lets the output begin inside reasoning.
    var mayBeginInside: Bool {
        switch self {
        case .outside: false
        case .inside, .undecided, .insideUnlessOff, .insideIfOn, .insideIfOrUndecided, .insideIfEffort, .undecidedIfOn: true
        }
    }
}

extension Marker {
    /// The text that the marker is looked for as, if its pattern is nothing but that text; nil for a real pattern.
    public var literalText: String? {
        var text = ""
        var isEscaped = false
        for scalar in pattern.unicodeScalars {
            if scalar == "\\", !isEscaped {
                isEscaped = true
            } else {
                text.unicodeScalars.append(scalar)
                isEscaped = false
            }
        }
        return !isEscaped && !text.isEmpty && Marker.text(text) == self ? text : nil
    }
}

extension Profile {
    /// Which of the profile's patterns is found in a model's id; nil if none is.
    public func modelPattern(foundIn id: String) -> String? {
        let bytes = Array(id.utf8)
        var scratch = MatchScratch()
        return modelPatterns.first { text in
            // A pattern that does not compile was refused when the profile was loaded.
            guard let pattern = try? Pattern(alternatives: [text], isCaseless: true) else { return false }
            guard case .match = scratch.search(pattern, in: bytes.span, from: 0, isTextStart: true, end: .final) else { return false }
            return true
        }
    }
}
