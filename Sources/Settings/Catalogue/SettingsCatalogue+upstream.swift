extension SettingsCatalogue {
    private typealias Place<Value> = any WritableKeyPath<UpstreamSettings, Value> & Sendable

    private static func set<Value: Sendable>(
        _ path: String, _ place: Place<Value>, _ grammar: Grammar<Value>, _ summary: String
    ) -> Setting<UpstreamSettings> {
        Setting(path, place, grammar, prefix: ("UPSTREAM_", "upstream-"), summary)
    }

    /// The settings of one upstream, in the order of the file.
    static let upstream: [Setting<UpstreamSettings>] = [
        set("name", \.name, .text("name"), "Its name in logs and metrics; in a file the address's host unless given."),
        set("url", \.url, .address, "Where it listens, with the path in front of its end points."),
        set("api_key", \.apiKey, .optional(.secret), "Its key; in a file env:NAME or ${NAME}."),
        set("auth", \.auth, .optional(.choice), "Whose credentials it sees; key if it has one, else forward."),
        set("models", \.models, .list(of: .modelPattern), "The models it serves; none named means every model."),
        set("model", \.model, .optional(.text("model name")), "The model asked for when a request names none."),
        set("aliases", \.aliases, .aliases, "Its names of models, by the names clients use."),
        set("priority", \.priority, .count(0...1000), "Upstreams with a lower number are tried first."),
        set("headers", \.headers, .headers, "Headers sent with every request; values may be env:NAME or ${NAME}."),
        set("http2", \.http2, .choice, "Whether HTTP/2 is spoken."),
        set("ca_file", \.caFile, .optional(.text("path")), "Certificate authorities in place of the system's."),
        set("profile", \.profile, .optional(.text("profile name")), "Detection profile of its models."),
        set(
            "hedge_after", \.hedgeAfter, .optional(clock, word: "off"),
            "Silence before a first event after which the next upstream is asked, too."),
        set(
            "hedge_whole_after", \.hedgeWholeAfter, .optional(clock, word: "off"),
            "The same for answers that are not streamed, before their head."),
        set("timeouts.connect", \.timeouts.connect, clock, "Until the connection stands."),
        set("timeouts.head", \.timeouts.head, clock, "Until the response head of a stream."),
        set("timeouts.first_event", \.timeouts.firstEvent, clock, "Until the first event that says something; comments do not."),
        set("timeouts.gap_reasoning", \.timeouts.gapReasoning, clock, "Silence of the upstream while it reasons; its comments break it."),
        set("timeouts.gap_answer", \.timeouts.gapAnswer, clock, "Silence of the upstream while it answers, streamed or not."),
        set("timeouts.whole", \.timeouts.whole, clock, "Until the last byte of an answer that is not streamed."),
        set("timeouts.total", \.timeouts.total, clock, "From the first try to the last byte, over all upstreams."),
    ]

    private static var clock: Grammar<Duration> { .duration(.milliseconds(10) ... .seconds(86_400)) }
}
