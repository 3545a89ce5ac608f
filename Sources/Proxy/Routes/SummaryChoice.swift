import ChatRequests
import Phases
import Settings
import Summaries

/// What becomes of one request's reasoning: what the request asks for, within what the operator allows.
///
/// A request chooses freely among `concise`, `detailed` and `off`; `auto`, or nothing, is what is configured for its model. Raw thoughts are
/// the operator's to give: `full` is refused where neither the configuration for the model nor `allow_full` gives them. Where
/// `summaries.reasoning` is `off` there is nothing a request could ask for.
struct SummaryChoice {
    let settings: SummarySettings

    /// How the reasoning of a chat request appears.
    func mode(for chat: ChatRequest, model: String) throws(ProxyFailure) -> StreamPlan.ReasoningMode {
        try mode(asked: chat.summaryLevel, for: chat, model: model)
    }

    /// How the reasoning appears; `asked` is what the request wants, in whatever words its API has for it.
    func mode(asked: SummaryLevel?, for chat: ChatRequest, model: String) throws(ProxyFailure) -> StreamPlan.ReasoningMode {
        switch try level(asked ?? .auto, for: chat, model: model) {
        case .off: .off
        case .full: .full
        case .concise: .extractive(options(.concise))
        case .auto: .extractive(options(.auto))
        case .detailed: .extractive(options(.detailed))
        }
    }

    private func level(_ asked: SummaryLevel, for chat: ChatRequest, model: String) throws(ProxyFailure) -> SummaryLevelName {
        let configured = configured(for: model)
        if asked == .full, configured != .full, !settings.allowsFull {
            throw .rawReasoningRefused(param: chat.phases?.summary == nil ? "reasoning.summary" : "phases.summary")
        }
        if settings.reasoning == .off || asked == .auto { return configured }
        return SummaryLevelName(rawValue: asked.rawValue) ?? configured
    }

    /// The level of a request that does not say.
    func configured(for model: String) -> SummaryLevelName {
        switch settings.reasoning {
        case .off: .off
        case .full: settings.levels.first { $0.pattern.matches(model) }?.value ?? .full
        case .extractive: settings.levels.first { $0.pattern.matches(model) }?.value ?? settings.level
        }
    }

    /// A summary of this level, as the settings want it.
    func options(_ level: ReasoningSummaryOptions.Level) -> ReasoningSummaryOptions {
        var options = ReasoningSummaryOptions(level: level, interval: settings.interval, total: settings.maxLength)
        options.repetitionNoticeDelay = settings.repetitionNotice > .zero ? settings.repetitionNotice : nil
        return options
    }
}

extension ProxyFailure {
    /// A request wants the raw reasoning, which the operator does not give.
    static func rawReasoningRefused(param: String) -> ProxyFailure {
        .request(
            code: "summary_level_not_allowed",
            "The summary level \"full\" is not allowed here; use \"auto\", \"concise\", \"detailed\" or \"off\". The operator can allow it with summaries.allow_full.",
            param: param)
    }

    /// A request wants the upstream's stream as it is, raw reasoning included, which the operator does not give.
    static func bypassRefused(param: String) -> ProxyFailure {
        .request(
            code: "style_not_allowed",
            "The style \"off\", the upstream's stream as it is, is not allowed here; use \"reasoning\" with the summary level \"off\" for the answer alone. The operator can allow it with style.allow_off.",
            param: param)
    }
}
