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
    /// English phrases. Chosen to miss rather than to be wrong: an opener speaks of thinking that follows, an end of its result, and
    /// layout (headings, lists, tables, bold or numbered paragraphs, displayed formulas, code) is a sign of a written-out answer. Without
    /// the last, 6 of the 84 ordinary answers in `Fixtures/prose` lost all but their last paragraph.
    static let `default` = ProseMarkers(
        openers: [
            .pattern(
                "(?:(?:Okay|OK|Ok|Alright|All right|Hmm|Well|So|First|[Ll]et(?:'s|’s| me) see)(?:[,.]{1,3}|,? so,?)? ){0,2}"
                    + "(?:[Ll]et(?:'s|’s| me| us)|I(?:'ll|’ll| will| need to| should| have to))"
                    + "(?: just| first| carefully| now| quickly| start by| begin by)?"
                    + " (?:think(?:ing)?\\b(?! of\\b| you\\b)|reason(?:ing)?\\b(?! for\\b| with\\b| you\\b)"
                    + "|analy[sz](?:e|ing)\\b|work(?:ing)? (?:through|this out|it out)\\b"
                    + "|break(?:ing)? (?:this|it|that) down\\b|figur(?:e|ing) (?:this|it|that) out\\b)")
        ],
        ends: [
            .pattern(
                "(?<![^\\n])(?:\\*\\*|#{1,4} )?(?:Therefore,|In conclusion,|To conclude,|Thus, the (?:final )?answer"
                    + "|So,? the (?:final )?answer|The (?:final )?answer(?: is|:)|Final [Aa]nswer|Answer:)")
        ],
        vetoes: [
            .pattern("(?<![^\\n]) {0,3}(?:#{1,6} |```|[-*+•] |[0-9]{1,2}[.)] |\\*\\*|\\\\\\[|\\$\\$|\\||Step [0-9])")
        ])
}

extension Profile {
    /// Every built-in profile, in the order in which they are tried.
    static let builtIn = channelFamilies + ownTagFamilies + thinkTagFamilies + [.default]
}
