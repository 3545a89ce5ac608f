import Detect
import Settings

/// Models in the form of OpenAI's API, each with what the proxy does for it.
struct OpenAIModelList {
    let server: ServerContext

    func list(_ models: [KnownModel]) -> [UInt8] {
        var list = JSONObjectWriter()
        list.string("object", "list")
        list.array("data", models.map(describe))
        return list.finished()
    }

    func describe(_ model: KnownModel) -> [UInt8] {
        var entry = JSONObjectWriter()
        entry.string("id", model.id)
        entry.string("object", "model")
        entry.number("created", model.created)
        entry.string("owned_by", model.owner)
        entry.raw("reasoning_proxy", capabilities(model))
        return entry.finished()
    }

    private func capabilities(_ model: KnownModel) -> [UInt8] {
        let (id, upstream) = (model.id, model.upstream)
        let profile = server.profile(forModel: id, at: upstream)
        var capabilities = JSONObjectWriter()
        capabilities.string("upstream", upstream.name)
        capabilities.string("detection_profile", profile.profile.name)
        var silent = ThinkingRequest()
        silent.beginsInside = server.settings.detection.learns && server.learned.knows(id, at: upstream.name)
        let start = profile.startState(for: silent)
        capabilities.string("start_state", start.name)
        if silent.beginsInside, start == .inside { capabilities.boolean("learned", true) }
        capabilities.boolean("prompt_summary", server.settings.summaries.prompt)
        capabilities.string("reasoning_summary", server.settings.summaries.reasoning.rawValue)
        capabilities.string("summary_level", SummaryChoice(settings: server.settings.summaries).configured(for: id).rawValue)
        capabilities.string("style", styleName(id))
        if let tokens = model.contextWindow { capabilities.number("context_window", tokens) }
        return capabilities.finished()
    }

    private func styleName(_ model: String) -> String {
        (server.settings.style.models.first { $0.pattern.matches(model) }?.value ?? server.settings.style.standard).rawValue
    }
}
