import Detect
import Settings

// From the file's words to a profile.

extension Marker {
    init(_ text: PatternText) {
        self = text.form == .literal ? .text(text.text) : .pattern(text.text)
    }
}

extension Profile {
    /// What `settings` says, laid over what it extends.
    ///
    /// Which models a profile is for is its own affair: only a profile that replaces another takes over its models.
    init(_ settings: ProfileSettings, on base: Profile?) {
        self = base ?? Profile(name: settings.name, summary: "")
        let replaces = base?.name == settings.name
        name = settings.name
        summary = settings.summary ?? (replaces ? summary : base.map { "like \($0.name)" } ?? "")
        modelPatterns = settings.models?.map(Profile.modelPattern) ?? (replaces ? modelPatterns : [])
        if let texts = settings.starts { starts = texts.map(Marker.init) }
        if let texts = settings.ends { ends = texts.map(Marker.init) }
        if let texts = settings.implicitEnds { implicitEnds = texts.map(Marker.init) }
        if let texts = settings.strays { strays = texts.map(Marker.init) }
        if let texts = settings.frames { frames = texts.map { AnswerFrame(open: Marker($0.open), close: Marker($0.close)) } }
        if let flag = settings.interleaved { isInterleaved = flag }
        if let flag = settings.laterStartsAtLineStart { laterStartsNeedLineStart = flag }
        if let flag = settings.specialTokens { markersAreSpecialTokens = flag }
        if let start = settings.start { startRule = StartRule(start) }
        if let efforts = settings.effortsThatDisable { effortsThatDisable = efforts }
        if let policy = settings.whitespace { whitespace = policy == .exact ? .exact : .trim }
        if let window = settings.undecidedWindow { undecidedWindow = window }
        prose = ProseMarkers(settings.prose, on: prose)
        channels = ChannelGrammar(settings.channels, on: channels)
    }

    /// A name with stars fits a whole id, a pattern any part of it.
    private static func modelPattern(_ text: PatternText) -> String {
        guard text.form == .literal else { return text.text }
        let parts = text.text.split(separator: "*", omittingEmptySubsequences: false).map { Marker.text(String($0)).pattern }
        return "^" + parts.joined(separator: ".*") + "\\z"
    }
}

extension ProseMarkers {
    fileprivate init?(_ text: ProseText, on base: ProseMarkers?) {
        let markers = { (texts: [PatternText]?, old: [Marker]?) in texts?.map(Marker.init) ?? old ?? [] }
        self.init(
            openers: markers(text.openers, base?.openers), ends: markers(text.ends, base?.ends), vetoes: markers(text.vetoes, base?.vetoes))
        if let bound = text.bound ?? base?.bound { self.bound = bound }
        if openers.isEmpty { return nil }
    }
}

extension ChannelGrammar {
    /// What a tool's name looks like where the file does not say: what follows `to=`.
    private static let usualRecipient = "(?<=to=)[^\\s<{]{1,80}"

    fileprivate init?(_ text: ChannelText, on base: ChannelGrammar?) {
        let markers = { (texts: [PatternText]?, old: [Marker]?) in texts?.map(Marker.init) ?? old ?? [] }
        self.init(
            headerStarts: markers(text.headerStarts, base?.headerStarts), headerEnds: markers(text.headerEnds, base?.headerEnds),
            bodyEnds: markers(text.bodyEnds, base?.bodyEnds),
            rules: text.rules?.map { Rule($0.pattern.text, Body($0.body)) } ?? base?.rules ?? [],
            recipient: text.recipient?.text ?? base?.recipient ?? ChannelGrammar.usualRecipient)
        if let length = text.longestHeader ?? base?.longestHeader { longestHeader = length }
        if headerStarts.isEmpty, headerEnds.isEmpty { return nil }
    }
}

extension ChannelGrammar.Body {
    init(_ name: ChannelBodyName) {
        switch name {
        case .reasoning: self = .reasoning
        case .answer: self = .answer
        case .toolCall: self = .toolCall
        }
    }

    var name: ChannelBodyName {
        switch self {
        case .reasoning: .reasoning
        case .answer: .answer
        case .toolCall: .toolCall
        }
    }
}

extension ThinkingSwitches {
    fileprivate init(_ names: [ThinkingSwitchName]) {
        self.init(names.map { $0 == .thinking ? ThinkingSwitches.thinking : .enableThinking })
    }

    /// The switches by the names that requests know them under.
    var names: [ThinkingSwitchName] {
        ThinkingSwitchName.allCases.filter { contains($0 == .thinking ? .thinking : .enableThinking) }
    }
}

extension StartRule {
    fileprivate init(_ start: StartText) {
        switch start {
        case .outside: self = .outside
        case .inside: self = .inside
        case .undecided: self = .undecided
        case .insideUnlessOff(let names): self = .insideUnlessOff(ThinkingSwitches(names))
        case .insideIfOn(let names): self = .insideIfOn(ThinkingSwitches(names))
        case .insideIfOnOrUndecided(let names): self = .insideIfOrUndecided(ThinkingSwitches(names))
        case .undecidedIfOn(let names): self = .undecidedIfOn(ThinkingSwitches(names))
        case .insideIfEffort(let efforts): self = .insideIfEffort(unless: efforts)
        }
    }

    fileprivate var text: StartText {
        switch self {
        case .outside: .outside
        case .inside: .inside
        case .undecided: .undecided
        case .insideUnlessOff(let switches): .insideUnlessOff(switches.names)
        case .insideIfOn(let switches): .insideIfOn(switches.names)
        case .insideIfOrUndecided(let switches): .insideIfOnOrUndecided(switches.names)
        case .undecidedIfOn(let switches): .undecidedIfOn(switches.names)
        case .insideIfEffort(let efforts): .insideIfEffort(unless: efforts)
        }
    }
}

// From a profile to the file's words.

extension PatternText {
    init(_ marker: Marker) {
        if let text = marker.literalText { self.init(.literal, text) } else { self.init(.pattern, marker.pattern) }
    }
}

extension ProfileSettings {
    /// The profile in the file's words, without what a profile is if nobody says anything: reading them gives the same profile.
    init(_ profile: Profile) {
        self.init()
        let usual = Profile(name: "", summary: "")
        let texts = { (markers: [Marker]) in markers.isEmpty ? nil : markers.map(PatternText.init) }
        name = profile.name
        summary = profile.summary.isEmpty ? nil : profile.summary
        models = profile.modelPatterns.isEmpty ? nil : profile.modelPatterns.map { PatternText(.pattern, $0) }
        starts = texts(profile.starts)
        ends = texts(profile.ends)
        implicitEnds = texts(profile.implicitEnds)
        strays = texts(profile.strays)
        frames =
            profile.frames.isEmpty ? nil : profile.frames.map { FrameText(open: PatternText($0.open), close: PatternText($0.close)) }
        interleaved = profile.isInterleaved ? true : nil
        laterStartsAtLineStart = profile.laterStartsNeedLineStart ? true : nil
        specialTokens = profile.markersAreSpecialTokens ? true : nil
        start = profile.startRule.text
        effortsThatDisable = profile.effortsThatDisable.isEmpty ? nil : profile.effortsThatDisable
        whitespace = profile.whitespace == .exact ? .exact : nil
        undecidedWindow = profile.undecidedWindow == usual.undecidedWindow ? nil : profile.undecidedWindow
        if let markers = profile.prose { prose = ProseText(markers) }
        if let grammar = profile.channels { channels = ChannelText(grammar) }
    }
}

extension ProseText {
    fileprivate init(_ prose: ProseMarkers) {
        self.init()
        openers = prose.openers.map(PatternText.init)
        ends = prose.ends.map(PatternText.init)
        vetoes = prose.vetoes.map(PatternText.init)
        bound = prose.bound
    }
}

extension ChannelText {
    fileprivate init(_ grammar: ChannelGrammar) {
        self.init()
        headerStarts = grammar.headerStarts.map(PatternText.init)
        headerEnds = grammar.headerEnds.map(PatternText.init)
        bodyEnds = grammar.bodyEnds.map(PatternText.init)
        rules = grammar.rules.map { Rule(pattern: PatternText(.pattern, $0.pattern), body: $0.body.name) }
        recipient = PatternText(.pattern, grammar.recipient)
        longestHeader = grammar.longestHeader
    }
}
