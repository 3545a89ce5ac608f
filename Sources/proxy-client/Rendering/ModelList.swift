/// What `GET /v1/models` lists.
struct ModelList: Equatable, Sendable {
    let models: [JSONValue]

    /// Nil when the document is no list of models.
    init?(_ json: JSONValue?) {
        guard case .array(let models)? = json?["data"] else { return nil }
        self.models = models
    }

    /// The first model's name.
    var first: String? {
        guard case .string(let id)? = models.first?["id"] else { return nil }
        return id
    }

    func lines(for output: Look.Output) -> [String] {
        if models.isEmpty { return ["The server lists no models."] }
        let preferred = ["id", "detection_profile", "start_state", "prompt_summary", "reasoning_summary", "style", "upstream", "owned_by"]
        return Table(of: models, preferring: preferred, without: ["object", "created"]).lines(for: output)
    }
}
