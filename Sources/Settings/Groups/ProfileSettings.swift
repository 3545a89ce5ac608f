/// A detection profile as the file says it: plain data. Nil is what it does not say, and takes from the profile it extends.
///
/// What a key means stands in ``SettingsCatalogue/profileHelp``; whether a pattern may be used is not judged here.
public struct ProfileSettings: Sendable {
    /// What it is called.
    public var name = ""
    /// One line for people.
    public var summary: String?
    /// The profile that says the rest.
    public var extends: String?
    /// Which models it is for.
    public var models: [PatternText]?
    /// What opens reasoning.
    public var starts: [PatternText]?
    /// What closes it.
    public var ends: [PatternText]?
    /// What closes it and belongs to the answer.
    public var implicitEnds: [PatternText]?
    /// What stands around the answer.
    public var frames: [FrameText]?
    /// What is dropped wherever it appears.
    public var strays: [PatternText]?
    /// Whether reasoning may come again once the answer has begun.
    public var interleaved: Bool?
    /// Whether the first start marker must stand at a line's start once text has come before it.
    public var laterStartsAtLineStart: Bool?
    /// Reasoning in plain words.
    public var prose = ProseText()
    /// Messages with headers.
    public var channels = ChannelText()
    /// Whether the markers are special tokens, which a server may strip.
    public var specialTokens: Bool?
    /// Where the output begins.
    public var start: StartText?
    /// Values of `reasoning_effort` that switch thinking off.
    public var effortsThatDisable: [String]?
    /// White space beside markers, where the settings do not say.
    public var whitespace: MarkerWhitespace?
    /// How much text an undecided start may hold, in bytes.
    public var undecidedWindow: Int?
    /// Where it stands, and its path (`profiles[0]`).
    public var place = SettingPlace()

    /// A profile that says nothing.
    public init() {}
}

/// Where a value stands: for complaints about it that come later.
public struct SettingPlace: Sendable {
    /// The place in the file.
    public var origin = SettingOrigin.standard
    /// The full path, for example `profiles[0].ends[1]`.
    public var path = ""

    /// Nowhere in particular.
    public init() {}

    /// A place in a source.
    ///
    /// - Parameters:
    ///   - origin: the place in the file.
    ///   - path: the full path.
    public init(_ origin: SettingOrigin, _ path: String) {
        self.origin = origin
        self.path = path
    }
}

/// A text that is looked for: as it stands, or a PCRE2 pattern.
public struct PatternText: Sendable {
    /// How the text is meant.
    public enum Form: Sendable {
        /// As it stands; in a model's name `*` stands for any characters.
        case literal
        /// A PCRE2 pattern.
        case pattern
    }

    /// How the text is meant.
    public var form: Form
    /// The text or the pattern.
    public var text: String
    /// Where it was written.
    public var place: SettingPlace

    /// A text and how it is meant.
    ///
    /// - Parameters:
    ///   - form: how it is meant.
    ///   - text: the text or the pattern.
    ///   - place: where it was written.
    public init(_ form: Form, _ text: String, at place: SettingPlace = SettingPlace()) {
        self.form = form
        self.text = text
        self.place = place
    }
}

/// What stands around an answer.
public struct FrameText: Sendable {
    /// At the answer's start.
    public var open: PatternText
    /// At its end.
    public var close: PatternText

    /// A frame.
    ///
    /// - Parameters:
    ///   - open: at the answer's start.
    ///   - close: at its end.
    public init(open: PatternText, close: PatternText) {
        self.open = open
        self.close = close
    }
}

/// Reasoning announced and ended in plain words.
public struct ProseText: Sendable {
    /// Phrases at the very start that begin reasoning; an empty list switches plain words off.
    public var openers: [PatternText]?
    /// Phrases that begin the answer.
    public var ends: [PatternText]?
    /// Signs that all of it is the answer.
    public var vetoes: [PatternText]?
    /// How much reasoning may pass without an end, in bytes.
    public var bound: Int?

    /// Nothing said.
    public init() {}
}

/// Messages with headers.
public struct ChannelText: Sendable {
    /// What a header says about its body.
    public struct Rule: Sendable {
        /// What the header contains.
        public var pattern: PatternText
        /// What the body is then.
        public var body: ChannelBodyName

        /// A rule.
        ///
        /// - Parameters:
        ///   - pattern: what the header contains.
        ///   - body: what the body is then.
        public init(pattern: PatternText, body: ChannelBodyName) {
            self.pattern = pattern
            self.body = body
        }
    }

    /// What begins a header; an empty list switches channels off.
    public var headerStarts: [PatternText]?
    /// What ends it.
    public var headerEnds: [PatternText]?
    /// What ends a body.
    public var bodyEnds: [PatternText]?
    /// What headers say about their bodies, tried in order.
    public var rules: [Rule]?
    /// What names a tool call's recipient in its header.
    public var recipient: PatternText?
    /// How long a header may be, in bytes.
    public var longestHeader: Int?

    /// Nothing said.
    public init() {}
}

/// What a channel's body is.
public enum ChannelBodyName: String, Sendable, CaseIterable {
    case reasoning, answer
    case toolCall = "tool_call"
}

/// A switch of the request that chat templates obey.
public enum ThinkingSwitchName: String, Sendable, CaseIterable {
    case enableThinking = "enable_thinking"
    case thinking
}

/// Where the output begins.
public enum StartText: Sendable, Equatable {
    /// In the answer.
    case outside
    /// In the reasoning.
    case inside
    /// Not known; text is held until a marker tells.
    case undecided
    /// Inside, unless one of the switches is false.
    case insideUnlessOff([ThinkingSwitchName])
    /// Outside, unless one of the switches is true.
    case insideIfOn([ThinkingSwitchName])
    /// As the switches say; undecided if the request has none.
    case insideIfOnOrUndecided([ThinkingSwitchName])
    /// Outside, but undecided if one of the switches is true.
    case undecidedIfOn([ThinkingSwitchName])
    /// Inside if `reasoning_effort` is given and is none of these.
    case insideIfEffort(unless: [String])
}
