extension Profile {
    /// Families with tags of their own.
    static let ownTagFamilies: [Profile] = ownTags.map { family in
        var family = family
        family.markersAreSpecialTokens = specialTokenFamilies.contains(family.name)
        return family
    }

    private static let specialTokenFamilies: Set = ["kimi-k3", "mistral", "cohere", "apertus", "gemma4", "solar-open"]

    private static let ownTags: [Profile] = [
        tags(
            "kimi-k3", "Kimi K3: think and response channels", models: ["kimi.?k3"],
            start: .pattern("<\\|open\\|> ?think ?<\\|sep\\|>"), end: .pattern("<\\|close\\|> ?think ?<\\|sep\\|>"),
            .insideUnlessOff(.thinking), implicitEnds: [.pattern("<\\|open\\|> ?tools ?<\\|sep\\|>")]
        ) {
            let close = Marker.pattern("<\\|close\\|> ?response ?<\\|sep\\|>")
            $0.frames = [AnswerFrame(open: .pattern("<\\|open\\|> ?response ?<\\|sep\\|>"), close: close)]
            $0.strays = [.pattern("<\\|close\\|> ?message ?<\\|sep\\|>")]
        },
        tags(
            "kimi-vl", "Kimi-VL and the first Kimi thinking models: ◁think▷", models: ["kimi.?(?:vl|k1)"], start: .text("◁think▷"),
            end: .text("◁/think▷"), .outside),
        tags(
            "minimax-m3", "MiniMax M3: <mm:think> if asked for", models: ["minimax.?m3"], start: .text("<mm:think>"),
            end: .text("</mm:think>"), .insideIfOn(.thinking)),
        tags(
            "hy-v3", "HY v3: <think> with a suffix, by reasoning effort", models: ["hy.?v3|hunyuan.?v?3"],
            start: .pattern("<think[A-Za-z0-9:_\\-]{0,32}>"), end: .pattern("</think[A-Za-z0-9:_\\-]{0,32}>"),
            .insideIfEffort(unless: ["no_think", "none"])),
        tags(
            "mistral", "Magistral, Ministral reasoning, Small 4: [THINK]", models: ["magistral|ministral.*reason|mistral.*small.?4"],
            start: .text("[THINK]"), end: .text("[/THINK]"), .outside,
            implicitEnds: [.pattern("\\[TOOL_CALLS\\](?=[\\[{A-Za-z_])")]),
        tags(
            "seed-oss", "Seed-OSS: <seed:think>", models: ["seed-?oss"], start: .text("<seed:think>"), end: .text("</seed:think>"),
            .inside, implicitEnds: [.pattern("<seed:tool_call>(?=[\\n<])")]),
        tags(
            "cohere", "Command A Reasoning, Command 4: thinking tokens, the answer in a frame",
            models: ["command-?a.*(?:reason|think)|command-?4|cohere.*(?:reason|think)"], start: .text("<|START_THINKING|>"),
            end: .text("<|END_THINKING|>"), .insideUnlessOff([.enableThinking, .thinking]),
            implicitEnds: [.pattern("<\\|START_ACTION\\|>(?=[\\n\\[{])")]
        ) {
            $0.effortsThatDisable = ["none"]
            $0.frames = ["RESPONSE", "TEXT"].map { AnswerFrame(open: .text("<|START_\($0)|>"), close: .text("<|END_\($0)|>")) }
        },
        tags(
            "apertus", "Apertus: inner blocks, several an answer", models: ["apertus"], start: .text("<|inner_prefix|>"),
            end: .text("<|inner_suffix|>"), .outside
        ) { $0.isInterleaved = true },
        tags(
            "gemma4", "Gemma 4: a thought channel", models: ["gemma-?4"],
            start: .pattern("<\\|channel>(?:thought(?![A-Za-z])\\n?)?"), end: .text("<channel|>"), .outside,
            implicitEnds: [.pattern("<\\|tool_call>(?=[a-z])")]),
        tags(
            "muse-glimmer", "Muse Glimmer: messages to self (from a proposed parser)", models: ["glimmer"],
            start: .pattern("(?:<\\|start\\|>[a-z]{0,12} ?)?to=self<\\|message\\|>"), end: .text("<|eom|>"), .outside
        ) {
            $0.isInterleaved = true
            let open = Marker.pattern("(?:<\\|start\\|>[a-z]{0,12} ?)?(?:to=(?:user|all))?<\\|message\\|>")
            $0.frames = [AnswerFrame(open: open, close: .text("<|eom|>"))]
        },
        tags(
            "k2-horizon", "K2 Horizon: <ifm|think> and its faster forms (from a proposed parser)", models: ["k2.?horizon"],
            start: .pattern("<ifm\\|think(?:_fast(?:er)?)?>"), end: .pattern("</ifm\\|think(?:_fast(?:er)?)?>"), .inside),
        tags(
            "plamo3", "PLaMo 3 (from a proposed parser)", models: ["plamo-?3"], start: .text("<|plamo:begin_think:plamo|>"),
            end: .text("<|plamo:end_think:plamo|>"), .inside),
        tags(
            "solar-open", "Solar Open: thinking tokens, by reasoning effort (from a proposed parser)", models: ["solar-?open"],
            start: .text("<|think:start|>"), end: .text("<|think:end|>"), .inside
        ) { $0.effortsThatDisable = ["none", "minimal"] },
        tags(
            "exaone-deep", "EXAONE Deep: <thought>", models: ["exaone.?deep"], start: .text("<thought>"), end: .text("</thought>"),
            .outside),
        tags(
            "reka-flash", "Reka Flash 3: <reasoning>", models: ["reka.?flash"], start: .text("<reasoning>"), end: .text("</reasoning>"),
            .outside),
        tags(
            "granite-3.2", "Granite 3.2: 'Here is my thought process:'", models: ["granite-?3\\.2"],
            start: .pattern("Here(?: is|'s) my thought process:"), end: .pattern("Here(?: is|'s) my response:"), .outside
        ) { $0.laterStartsNeedLineStart = true },
        tags(
            "apriel", "Apriel: reasoning steps, then [BEGIN FINAL RESPONSE]", models: ["apriel"],
            start: .text("Here are my reasoning steps:"), end: .text("[BEGIN FINAL RESPONSE]"), .inside
        ) { $0.strays = [.pattern("\\n?\\[END FINAL RESPONSE\\]"), .text("<|end|>")] },
        tags(
            "openthinker", "OpenThinker: thought and solution tokens", models: ["openthink"], start: .text("<|begin_of_thought|>"),
            end: .text("<|end_of_thought|>"), .outside
        ) {
            $0.frames = [AnswerFrame(open: .text("<|begin_of_solution|>"), close: .pattern("\\n?\\n?<\\|end_of_solution\\|>"))]
        },
    ]
}
