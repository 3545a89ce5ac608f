extension SettingsCatalogue {
    private typealias Place<Value> = any WritableKeyPath<ProfileSettings, Value> & Sendable

    static let profileKey = "profiles"

    private static func set<Value: Sendable>(
        _ path: String, _ place: Place<Value?>, _ grammar: Grammar<Value>, _ summary: String
    ) -> Setting<ProfileSettings> {
        Setting(path, place, .optional(grammar), prefix: ("", ""), summary)
    }

    /// The keys of one profile, in the order in which they are written. They have neither variables nor flags.
    static let profile: [Setting<ProfileSettings>] = identity + markers + words + channels + rules

    private static var identity: [Setting<ProfileSettings>] {
        [
            Setting("name", \.name, .profileName, prefix: ("", ""), "Its name; that of a built-in profile replaces it."),
            set("summary", \.summary, .text("line of text"), "One line for people."),
            set("extends", \.extends, .profileName, "The profile that says the rest, but for the models. Its own name: the built-in."),
            set("models", \.models, .list(of: .models), "Its models: names with *, or {pattern: …} found anywhere in a name."),
        ]
    }

    private static var markers: [Setting<ProfileSettings>] {
        let list = Grammar<[PatternText]>.list(of: .marker)
        return [
            set("starts", \.starts, list, "What opens reasoning: text as it stands, or {pattern: …}."),
            set("ends", \.ends, list, "What closes it."),
            set("implicit_ends", \.implicitEnds, list, "What closes it and belongs to the answer: tool openers."),
            set("frames", \.frames, .list(of: .frame), "What stands around an answer: {open: …, close: …}."),
            set("strays", \.strays, list, "Tokens dropped wherever they appear."),
            set("interleaved", \.interleaved, .toggle, "Reasoning may come again once the answer has begun."),
            set(
                "later_starts_at_line_start", \.laterStartsAtLineStart, .toggle, "After text, a start marker counts at a line's start only."
            ),
            set("special_tokens", \.specialTokens, .toggle, "The markers are special tokens, which a server may strip."),
        ]
    }

    private static var words: [Setting<ProfileSettings>] {
        let list = Grammar<[PatternText]>.list(of: .marker)
        return [
            set("prose.openers", \.prose.openers, list, "Phrases at the very start that begin reasoning."),
            set("prose.ends", \.prose.ends, list, "Phrases that begin the answer."),
            set("prose.vetoes", \.prose.vetoes, list, "Signs that all of it is the answer."),
            set("prose.bound", \.prose.bound, .size(256...(512 << 10)), "Reasoning that may pass without an end."),
        ]
    }

    private static var channels: [Setting<ProfileSettings>] {
        let list = Grammar<[PatternText]>.list(of: .marker)
        return [
            set("channels.header_starts", \.channels.headerStarts, list, "For messages with headers: what begins a header."),
            set("channels.header_ends", \.channels.headerEnds, list, "What ends it; the body follows."),
            set("channels.body_ends", \.channels.bodyEnds, list, "What ends a body."),
            set("channels.rules", \.channels.rules, .list(of: .channelRule), "What a header's text says: {pattern: …, body: answer}."),
            set("channels.recipient", \.channels.recipient, .barePattern, "The pattern of a tool's name in a header."),
            set("channels.longest_header", \.channels.longestHeader, .size(16...(64 << 10)), "Longest header before it is text."),
        ]
    }

    private static var rules: [Setting<ProfileSettings>] {
        [
            set("start", \.start, .start, "Where the output begins: outside, inside, undecided, or a rule on the request's switches."),
            set(
                "efforts_that_disable", \.effortsThatDisable, .list(of: .text("value of reasoning_effort")),
                "Values of reasoning_effort that mean no thinking."),
            set("whitespace", \.whitespace, .choice, "White space beside markers, where detection.whitespace does not say."),
            set("undecided_window", \.undecidedWindow, .size(0...(1 << 20)), "Text that an undecided start may hold."),
        ]
    }

    /// The keys of a profile in the file, for `--help`: name and meaning.
    public static var profileHelp: String {
        let width = profile.map(\.path.count).max() ?? 0
        return profile.map { "  \($0.path)\(String(repeating: " ", count: width - $0.path.count + 2))\($0.summary)\n" }.joined()
    }
}

extension Grammar where Value == String {
    /// A profile's name: it stands in headers, logs and labels.
    static var profileName: Grammar {
        scalar("profile name", expected: "a name of letters, digits, - _ and .", show: { $0 }) { text throws(ValueFault) in
            guard !text.isEmpty, text.utf8.count <= 64,
                text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
            else { throw .unexpected(hint: nil) }
            return text
        }
    }
}
