import Detect
import Settings

/// A profile in words for people.
struct ProfileWords {
    let profile: Profile

    // MARK: In short

    /// Where the output begins, in a few words.
    var shortStart: String {
        switch profile.startRule {
        case .outside: profile.channels == nil ? "outside" : "headers"
        case .inside: "inside"
        case .undecided: "undecided"
        case .insideUnlessOff: "inside unless off"
        case .insideIfOn: "inside if on"
        case .insideIfOrUndecided: "as switched"
        case .insideIfEffort: "by effort"
        case .undecidedIfOn: "undecided if on"
        }
    }

    /// The first markers, and how many more there are.
    var shortMarkers: String {
        if let channels = profile.channels { return ProfileWords.short(channels.headerStarts.first) + " …" }
        guard !profile.ends.isEmpty else { return profile.prose == nil ? "none" : "plain words" }
        let pair = (profile.starts.first.map { ProfileWords.short($0) + " " } ?? "") + "… " + ProfileWords.short(profile.ends.first)
        let more = max(profile.starts.count, profile.ends.count) - 1
        return pair + (more > 0 ? " +\(more)" : "") + (profile.prose == nil ? "" : ", words")
    }

    private static func short(_ marker: Marker?) -> String {
        guard let marker else { return "" }
        let text = shown(marker)
        return text.count > 20 ? text.prefix(19) + "…" : text
    }

    /// A marker as it stands, or a pattern between slashes.
    static func shown(_ marker: Marker) -> String {
        marker.literalText.map(VisibleText.line) ?? "/\(VisibleText.line(marker.pattern))/"
    }

    // MARK: At length

    /// The start rule as a sentence.
    var start: String {
        func names(_ switches: ThinkingSwitches) -> String { switches.names.map(\.rawValue).joined(separator: " or ") }
        let rule =
            switch profile.startRule {
            case .outside where profile.channels != nil: "each message's header says what it is"
            case .outside: "in the answer; the model writes its start marker itself"
            case .inside: "inside reasoning, always: the chat template writes the start marker"
            case .undecided: "undecided: text is held until a marker tells"
            case .insideUnlessOff(let switches): "inside reasoning, unless the request says \(names(switches)): false"
            case .insideIfOn(let switches): "in the answer, or inside reasoning if the request says \(names(switches)): true"
            case .insideIfOrUndecided(let switches):
                "as the request's \(names(switches)) says; undecided without it, because servers disagree"
            case .insideIfEffort(let efforts):
                "inside reasoning if the request gives a reasoning_effort other than \(efforts.joined(separator: ", ")), else in the answer"
            case .undecidedIfOn(let switches): "in the answer, or undecided if the request says \(names(switches)): true"
            }
        guard !profile.effortsThatDisable.isEmpty else { return rule }
        return rule + "; in the answer with reasoning_effort \(profile.effortsThatDisable.joined(separator: " or "))"
    }

    /// What else there is to know, one sentence each.
    var quirks: [String] {
        var quirks: [String] = []
        if profile.isInterleaved { quirks.append("Reasoning may come again once the answer has begun.") }
        if profile.laterStartsNeedLineStart { quirks.append("After some text, a start marker counts at the start of a line only.") }
        if profile.markersAreSpecialTokens {
            quirks.append("The markers are special tokens: a server that strips them (skip_special_tokens) leaves nothing to see.")
        }
        if profile.starts.isEmpty, !profile.ends.isEmpty { quirks.append("The model writes no start marker.") }
        if let prose = profile.prose {
            quirks.append("Plain words count until a marker is seen; after \(prose.bound) bytes without an end all of it is the answer.")
        }
        if profile.startRule.mayBeUndecided {
            quirks.append("While undecided, at most \(profile.undecidedWindow) bytes are held; then they are the answer.")
        }
        if profile.whitespace == .exact { quirks.append("White space beside markers is kept.") }
        return quirks
    }

    /// What is looked for, by what it does.
    var markers: [(name: String, texts: [String])] {
        var rows: [(String, [String])] = [
            ("starts", profile.starts.map(ProfileWords.shown)), ("ends", profile.ends.map(ProfileWords.shown)),
            ("ends, kept", profile.implicitEnds.map(ProfileWords.shown)),
            ("frames", profile.frames.map { ProfileWords.shown($0.open) + " … " + ProfileWords.shown($0.close) }),
            ("strays", profile.strays.map(ProfileWords.shown)),
        ]
        if let prose = profile.prose {
            rows += [
                ("words, start", prose.openers.map(ProfileWords.shown)), ("words, end", prose.ends.map(ProfileWords.shown)),
                ("words, veto", prose.vetoes.map(ProfileWords.shown)),
            ]
        }
        if let channels = profile.channels {
            rows += [
                ("header starts", channels.headerStarts.map(ProfileWords.shown)),
                ("header ends", channels.headerEnds.map(ProfileWords.shown)), ("body ends", channels.bodyEnds.map(ProfileWords.shown)),
                ("header says", channels.rules.map { "/\($0.pattern)/ → \($0.body.name.rawValue)" } + ["anything else → reasoning"]),
                ("recipient", ["/\(channels.recipient)/"]),
            ]
        }
        return rows.filter { !$0.1.isEmpty }
    }
}

extension StartRule {
    fileprivate var mayBeUndecided: Bool {
        switch self {
        case .undecided, .insideIfOrUndecided, .undecidedIfOn: true
        case .outside, .inside, .insideUnlessOff, .insideIfOn, .insideIfEffort: false
        }
    }
}
