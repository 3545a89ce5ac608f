extension Profile {
    /// The last resort for models nobody described: the common tags, and phrases in plain words.
    static let `default`: Profile = {
        var profile = Profile(name: "default", summary: "unknown model: common reasoning tags, then plain words")
        profile.starts = [
            .pattern(#"<(?:think|thinking|reason|reasoning|thought|Thought)(?:\s[^<>\n]{0,80})?>"#),
            .text("[THINK]"), .text("◁think▷"), .text("<seed:think>"), .text("<mm:think>"), .text("<|begin_of_thought|>"),
            .text("<|START_THINKING|>"), .text("<|inner_prefix|>"),
        ]
        profile.ends = [
            .pattern("</(?:think|thinking|reason|reasoning|thought|Thought)>"),
            .text("[/THINK]"), .text("◁/think▷"), .text("</seed:think>"), .text("</mm:think>"), .text("<|end_of_thought|>"),
            .text("<|END_THINKING|>"), .text("<|inner_suffix|>"),
        ]
        profile.laterStartsNeedLineStart = true
        profile.prose = .default
        profile.startRule = .undecidedIfOn([.enableThinking, .thinking])
        return profile
    }()
}

extension ProseMarkers {
    /// English phrases. Chosen to miss rather than to be wrong: an opener speaks of the thinking to come, an end of its result.
    static let `default` = ProseMarkers(
        openers: [
            .pattern(
                "(?:(?:Okay|OK|Ok|Alright|All right|Hmm|Well|So|First)(?:,|\\.|\\.\\.\\.|,? so,?) )?"
                    + "[Ll]et(?:'s|’s| me| us)(?: just| first| carefully| now| quickly)? (?:think\\b(?! you)|reason\\b|analy[sz]e\\b"
                    + "|work (?:through|out|this out)\\b|break (?:this|it|that) down\\b|consider\\b|go (?:through|over)\\b"
                    + "|figure (?:this|it|that) out\\b|start by (?:think|analy|reason|consider))")
        ],
        ends: [
            .pattern(
                "(?<![^\\n])(?:Therefore,|In conclusion,|To conclude,|In summary, the answer|Thus, the (?:final )?answer"
                    + "|So,? the (?:final )?answer|The (?:final )?answer(?: is|:)|(?:\\*\\*|#{1,4} )?(?:Final [Aa]nswer|Answer:))")
        ])
}

extension Profile {
    /// Every built-in profile, in the order in which they are tried.
    static let builtIn = channelFamilies + ownTagFamilies + thinkTagFamilies + [.default]
}
