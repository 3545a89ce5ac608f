extension Profile {
    /// A family with one pair of tags.
    static func tags(
        _ name: String, _ summary: String, models: [String] = [], start: Marker = .text("<think>"), end: Marker = .text("</think>"),
        _ rule: StartRule, implicitEnds: [Marker] = [], change: (inout Profile) -> Void = { _ in }
    ) -> Profile {
        var profile = Profile(name: name, summary: summary)
        profile.modelPatterns = models
        profile.starts = [start]
        profile.ends = [end]
        profile.startRule = rule
        profile.implicitEnds = implicitEnds
        change(&profile)
        return profile
    }

    /// Families whose tags are `<think>` and `</think>`. More special ids stand before more general ones.
    static let thinkTagFamilies: [Profile] = [
        tags(
            "deepseek-r1", "DeepSeek-R1, its distills, QwQ: begins inside <think>", models: ["deepseek.?r1|r1-distill|qwq"], .inside),
        tags(
            "deepseek-v3", "DeepSeek V3.1 and later: <think> if asked for", models: ["deepseek.?v(?:3\\.[12]|4)"],
            .insideIfOn([.thinking, .enableThinking]), implicitEnds: [.deepSeekCalls, .dsml]
        ) {
            $0.effortsThatDisable = ["none"]
            $0.strays = [.text("<｜end▁of▁sentence｜>")]
        },
        tags(
            "ernie-4.5", "ERNIE-4.5 thinking: <think>, the answer perhaps in <response>", models: ["ernie-?4\\.5.*(?:thinking|vl)"],
            .inside
        ) {
            $0.frames = [.response]
        },
        tags(
            "qwen3-instruct", "Qwen3 without thinking (Instruct, Coder, Max): tags only if the model writes them",
            models: ["qwen-?3.*(?:instruct|coder)", "qwen-?3(?:\\.[0-9])?-max(?!.*thinking)"], .outside),
        tags(
            "qwen3-thinking", "Qwen3-Thinking, Intern-S1: always begins inside <think>",
            models: ["thinking-2507|qwen-?3.*thinking|vl.*thinking|intern-?s1"], .inside, implicitEnds: [.toolCallTag]),
        tags(
            "qwen3", "Qwen3 hybrid and later: begins inside <think> unless switched off", models: ["qwen-?3"],
            .insideUnlessOff(.enableThinking), implicitEnds: [.toolCallTag]),
        tags(
            "mimo", "MiMo: <think>, as the request says; servers disagree when it says nothing", models: ["mimo"],
            .insideIfOrUndecided(.enableThinking), implicitEnds: [.toolCallTag]),
        tags(
            "laguna", "Poolside Laguna: <think> if asked for", models: ["laguna|poolside"], .insideIfOn(.enableThinking),
            implicitEnds: [.toolCallTag]),
        tags(
            "glm", "GLM-4.5 and later, Holo2, Ling 3: begins inside <think> unless switched off",
            models: ["glm-?4\\.[5-9]|glm-?5|holo2|ling-?3"], .insideUnlessOff([.enableThinking, .thinking]),
            implicitEnds: [.toolCallTag]),
        tags(
            "kimi-k2-instruct", "Kimi K2 Instruct: no thinking", models: ["kimi.?k2.*(?:instruct|base)"], .outside),
        tags(
            "kimi-k2", "Kimi K2 Thinking, K2.5: begins inside <think> unless switched off", models: ["kimi.?k2"],
            .insideUnlessOff(.thinking), implicitEnds: [.kimiCalls]),
        tags("minimax-m2", "MiniMax M2: always begins inside <think>", models: ["minimax.?m2"], .inside),
        tags("step3", "Step3: everything before the first </think>", models: ["step-?3(?!\\.)"], .inside),
        tags("step3.5", "Step-3.5: begins inside <think>", models: ["step-?3\\.5"], .inside),
        tags("olmo3-think", "OLMo 3 Think: begins inside <think>", models: ["olmo-?3.*think"], .inside),
        tags(
            "nemotron3", "Nemotron 3, Nano v2: begins inside <think> unless switched off",
            models: ["nemotron-?(?:3|v3|nano-(?:9b|12b)-v2|nano-v2|super-v2)"], .insideUnlessOff(.enableThinking),
            implicitEnds: [.toolCallTag]),
        tags("nemotron", "older Nemotron: the model writes <think> if its system prompt says so", models: ["nemotron"], .outside),
        tags("granite", "Granite 3.3 and later: <think>, the answer in <response>", models: ["granite-?(?:3\\.3|4)"], .outside) {
            $0.frames = [.response]
        },
        tags("hunyuan-a13b", "Hunyuan A13B: <think>, the answer in <answer>", models: ["hunyuan.?a13b"], .outside) {
            $0.frames = [AnswerFrame(open: .text("<answer>"), close: .pattern("\\n?</answer>"))]
        },
        tags("hyperclovax", "HyperCLOVAX SEED Think: begins inside <think> if asked for", models: ["hyperclova"], .insideIfOn(.thinking)),
        tags(
            "openpangu", "openPangu v2: begins inside <think> unless switched off", models: ["pangu"],
            .insideUnlessOff([.thinking, .enableThinking])),
        tags("lfm2-thinking", "LFM2 thinking: the model decides each turn", models: ["lfm-?2.*think"], .outside),
        tags("cogito", "Cogito: begins inside <think> if asked for", models: ["cogito"], .insideIfOn([.thinking, .enableThinking])),
        tags("exaone4", "EXAONE 4: begins inside <think> if asked for", models: ["exaone-?4"], .insideIfOn(.enableThinking)),
        tags("phi-4-reasoning", "Phi-4-reasoning: <think>", models: ["phi-?4.*reason"], .outside),
        tags("think", "any model: <think> written by the model", .outside),
        tags("think-inside", "any model: <think> written by the chat template", .inside),
        tags("think-interleaved", "any model: several <think> blocks in one answer", .outside) { $0.isInterleaved = true },
    ]
}

extension Marker {
    /// `<tool_call>` before a payload: a line, an object, a nested tag or a function's name; never before a space or punctuation.
    static let toolCallTag = Marker.pattern("<tool_call>(?=\\n|[{<A-Za-z_])")
    /// Kimi K2's call section.
    static let kimiCalls = Marker.pattern("<\\|tool_calls_section_begin\\|>(?=[<\\n])")
    /// DeepSeek V3's call section.
    static let deepSeekCalls = Marker.pattern("<｜tool▁calls▁begin｜>(?=[<\\n])")
    /// DeepSeek V3.2's and V4's call markup.
    static let dsml = Marker.pattern("<｜DSML｜(?=[a-z])")
}

extension AnswerFrame {
    static let response = AnswerFrame(open: .text("<response>"), close: .pattern("\\n?</response>"))
}
