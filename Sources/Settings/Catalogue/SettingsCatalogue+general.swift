extension SettingsCatalogue {
    private typealias Place<Value> = any WritableKeyPath<ProxySettings, Value> & Sendable

    private static func set<Value: Sendable>(
        _ path: String, _ place: Place<Value>, _ grammar: Grammar<Value>, environment: String? = nil, flag: String? = nil, _ summary: String
    ) -> Setting<ProxySettings> {
        Setting(path, place, grammar, prefix: ("PROXY_", ""), environment: environment, flag: flag, summary)
    }

    /// The settings of the process, in the order of the file.
    static let general: [Setting<ProxySettings>] =
        server + styles + summaries + summaryModel + detection + models + agents + resilience + limits + processes

    private static var server: [Setting<ProxySettings>] {
        [
            set("server.host", \.server.host, .text("host name or address"), environment: "HOST", flag: "host", "Address to listen on."),
            set(
                "server.port", \.server.port, .count(0...65535), environment: "PORT", flag: "port", "Port to listen on; 0 takes a free one."
            ),
            set(
                "server.threads", \.server.threads, .optional(.count(1...1024), word: "auto"),
                "Threads for connections (also --threads); auto: one per core it may use."),
            set(
                "server.readiness", \.server.readiness, .choice,
                "How loops learn that upstreams have sent something; auto: from the kernel where it may."),
            set(
                "server.api_tokens", \.server.apiTokens, .list(of: .secret), environment: "API_TOKENS",
                "Tokens that clients may show; if there are any, one is wanted."),
            set(
                "server.require_auth", \.server.requiresTokens, .toggle, environment: "REQUIRE_AUTH",
                "Refuse to start without api_tokens."),
            set(
                "server.admin_token", \.server.adminToken, .optional(.secret), environment: "ADMIN_TOKEN",
                "Token for /admin; without one there is no such path."),
        ]
    }

    private static var styles: [Setting<ProxySettings>] {
        [
            set(
                "style.default", \.style.standard, .choice, environment: "PROXY_STYLE", flag: "style",
                "Wire style of requests that choose none."),
            set("style.models", \.style.models, .byPattern(.choice), "Wire style by model; the first pattern that fits wins."),
            set("style.reasoning_field", \.style.reasoningField, .choice, "Field of reasoning text in the style reasoning."),
            set(
                "style.user_agent_table", \.style.usesUserAgentTable, .toggle,
                "Give clients that stumble over named events the style inline."),
            set(
                "style.allow_off", \.style.allowsOff, .toggle,
                "Let requests ask for the style off, which shows the raw reasoning."),
            set(
                "stream.commit_delay", \.stream.commitDelay, .duration(.zero ... .seconds(30)),
                "How long the status line waits for the upstream's status; 0 for not at all."),
            set(
                "stream.heartbeat.interval", \.stream.heartbeatInterval, .duration(.seconds(1) ... .seconds(3600)),
                "Longest silence before a heartbeat."),
            set("stream.heartbeat.form", \.stream.heartbeatForm, .choice, "What a heartbeat is: a comment line, or an empty chunk."),
        ]
    }

    private static var summaries: [Setting<ProxySettings>] {
        [
            set("summaries.prompt", \.summaries.prompt, .toggle, "Say first what was asked."),
            set(
                "summaries.prompt_engine", \.summaries.promptEngine, .choice,
                "Who says it: the prompt's own sentences, or a small model if it is quick enough."),
            set(
                "summaries.reasoning", \.summaries.reasoning, .choice, "What becomes of the reasoning: short steps, nothing, or all of it."),
            set(
                "summaries.level", \.summaries.level, .choice, "How much is said of the reasoning where neither model nor request says."),
            set(
                "summaries.levels", \.summaries.levels, .byPattern(.choice), "Level by model; the first pattern that fits wins."),
            set("summaries.allow_full", \.summaries.allowsFull, .toggle, "Let requests ask for the raw reasoning, level full."),
            set(
                "summaries.titles", \.summaries.titles, .toggle,
                "Put a short title in front of steps, in the styles reasoning and think."),
            set(
                "summaries.repetition_notice", \.summaries.repetitionNotice, .duration(.zero ... .seconds(3600)),
                "How long a model may repeat itself before a step says so; 0 for ever."),
            set(
                "summaries.interval", \.summaries.interval, .duration(.milliseconds(100) ... .seconds(600)),
                "Shortest time between two steps."),
            set("summaries.max_length", \.summaries.maxLength, .count(80...1_000_000), "Longest text of all steps, in characters."),
        ]
    }

    private static var summaryModel: [Setting<ProxySettings>] {
        [
            set("summaries.engine", \.summaries.engine, .choice, "Who makes the steps: the reasoning's own sentences, or a small model."),
            set(
                "summaries.model.url", \.summaries.model.url, .optional(.address), environment: "SUMMARY_URL",
                "Where the small model listens, with the path in front of its end points."),
            set("summaries.model.api_key", \.summaries.model.apiKey, .optional(.secret), environment: "SUMMARY_API_KEY", "Its key."),
            set(
                "summaries.model.name", \.summaries.model.name, .optional(.text("model name")), environment: "SUMMARY_MODEL",
                "Its name there."),
            set(
                "summaries.model.ca_file", \.summaries.model.caFile, .optional(.text("path")),
                "Certificate authorities in place of the system's."),
            set(
                "summaries.model.prompt", \.summaries.model.prompt, .optional(.instructions),
                "What it is told, with {language} and {limit}; built in if not given."),
            set(
                "summaries.model.prompt_instructions", \.summaries.model.promptInstructions, .optional(.instructions),
                "What it is told of prompt summaries, with {language} and {limit}; built in if not given."),
            set(
                "summaries.model.language", \.summaries.model.language, .optional(.text("language"), word: "auto"),
                "Language of the summaries, such as German; auto: the user's."),
            set(
                "summaries.model.thinking", \.summaries.model.thinking, .choice, "How it is kept from thinking; auto: as its family has it."
            ),
            set(
                "summaries.model.deadline", \.summaries.model.deadline, .duration(.milliseconds(100) ... .seconds(60)),
                "How long a call may take before the extractive step takes its place."),
            set(
                "summaries.model.prompt_deadline", \.summaries.model.promptDeadline, .duration(.milliseconds(20) ... .seconds(60)),
                "How long the call about the prompt may take; nothing ever waits for it."),
            set("summaries.model.max_tokens", \.summaries.model.maxTokens, .count(16...4096), "Tokens of one of its answers."),
            set(
                "summaries.model.window", \.summaries.model.windowBytes, .size(512...(256 << 10)),
                "Most new reasoning that one call shows."),
            set(
                "summaries.model.prompt_window", \.summaries.model.promptWindowBytes, .size(256...(256 << 10)),
                "Most of the prompt that the call about it shows; of a longer one both ends."),
            set(
                "summaries.model.budget_tokens", \.summaries.model.budgetTokens, .count(10...10_000_000),
                "Tokens all calls for one answer may take, questions included."),
            set(
                "summaries.model.concurrency", \.summaries.model.concurrency, .count(1...10_000),
                "Calls under way at the same time, of all streams together."),
        ]
    }

    private static var detection: [Setting<ProxySettings>] {
        [
            set("detection.profile", \.detection.profile, .text("profile name"), "Detection profile of models that nothing else names."),
            set("detection.whitespace", \.detection.whitespace, .choice, "White space around reasoning markers."),
            set(
                "detection.models", \.detection.models, .byPattern(.text("profile name")),
                "Detection profile by model; the first pattern that fits wins."),
            set(
                "detection.learn", \.detection.learns, .toggle,
                "Remember models whose output ends reasoning that it never began."),
            set("strip_history", \.stripsHistory, .toggle, "Take summaries made here out of the conversation before the model sees it."),
        ]
    }

    private static var models: [Setting<ProxySettings>] {
        [
            set(
                "models.cache_ttl", \.models.cacheLifetime, .duration(.zero ... .seconds(86_400)), "How long a list of models is kept."),
            set(
                "models.map", \.models.map, .byPattern(.text("model name")),
                "Models by the names clients use; the first that fits wins, * is for names nobody lists."),
        ]
    }

    private static var resilience: [Setting<ProxySettings>] {
        let times: ClosedRange<Duration> = .milliseconds(10) ... .seconds(3600)
        return [
            set("breaker.failures", \.breaker.failures, .count(1...1000), "Failures in a row after which an upstream is left alone."),
            set("breaker.share", \.breaker.percent, .percent(1...100), "Share of failed calls after which it is left alone."),
            set("breaker.window", \.breaker.window, .duration(.seconds(1) ... .seconds(3600)), "How far back calls are counted."),
            set("breaker.minimum_calls", \.breaker.minimumCalls, .count(1...100_000), "Calls there must be before their share counts."),
            set("breaker.open_time", \.breaker.openTime, .duration(times), "How long it is left alone at first; doubled each time."),
            set("breaker.max_open_time", \.breaker.maximumOpenTime, .duration(times), "The most it is left alone."),
            set(
                "breaker.when_all_open", \.breaker.whenAllOpen, .choice,
                "Refuse a request whose upstreams are all left alone, or try one."),
            set("retries.share", \.retries.percent, .percent(0...100), "Further attempts, as a share of the requests."),
            set("retries.per_second", \.retries.perSecond, .count(0...1000), "Further attempts a second on top of that."),
            set(
                "retries.last_attempt_grace", \.retries.lastAttemptGrace, .percent(0...1000),
                "How much longer the clocks before the answer are at the last of several upstreams."),
        ]
    }

    private static var limits: [Setting<ProxySettings>] {
        let sizes = 1024...(1 << 30)
        return [
            set("limits.body_bytes", \.limits.bodyBytes, .size(sizes), "Largest request body."),
            set("limits.head_bytes", \.limits.headBytes, .size(1024...(1 << 20)), "Largest request head."),
            set("limits.header_count", \.limits.headerCount, .count(8...10_000), "Most header fields of a request."),
            set("limits.uri_bytes", \.limits.uriBytes, .size(256...(1 << 20)), "Longest request target."),
            set("limits.json_depth", \.limits.jsonDepth, .count(8...256), "Deepest nesting of a JSON text."),
            set("limits.messages", \.limits.messages, .count(1...1_000_000), "Most messages of a conversation."),
            set("limits.event_bytes", \.limits.eventBytes, .size(sizes), "Largest upstream event."),
            set("limits.line_bytes", \.limits.lineBytes, .size(sizes), "Longest line of an upstream's stream."),
            set("limits.queue_bytes", \.limits.queueBytes, .size(sizes), "Bytes waiting for a slow client before its upstream is paused."),
            set("limits.reasoning_kept_bytes", \.limits.reasoningKeptBytes, .size(sizes), "Reasoning text kept for one summary."),
            set(
                "limits.reasoning_carried_bytes", \.limits.reasoningCarriedBytes, .size(1024...(1 << 20)),
                "Longest reasoning of one turn that travels through an agent's client and back."),
            set("limits.error_body_bytes", \.limits.errorBodyBytes, .size(sizes), "What is read of an upstream's error body."),
            set("limits.concurrent_streams", \.limits.concurrentStreams, .count(1...1_000_000), "Requests served at the same time."),
            set(
                "limits.queue_length", \.limits.queueLength, .count(0...1_000_000),
                "Requests that wait for a place when all are taken; 0 refuses them at once."),
            set(
                "limits.queue_wait", \.limits.queueWait, .duration(.milliseconds(10) ... .seconds(600)),
                "How long a request waits for a place."),
            set(
                "limits.streams_per_client", \.limits.streamsPerClient, .optional(.count(1...1_000_000), word: "off"),
                "Requests served at the same time for one token; without tokens, for one address."),
            set(
                "limits.requests_per_minute", \.limits.requestsPerMinute, .optional(.count(1...1_000_000), word: "off"),
                "Requests a minute for one token; without tokens, for one address."),
            set(
                "limits.connections", \.limits.connections, .count(1...1_000_000),
                "Client connections; beyond, the longest idle one makes room, else 503."),
            set(
                "limits.connections_per_address", \.limits.connectionsPerAddress, .optional(.count(1...1_000_000), word: "off"),
                "Client connections from one address."),
            set(
                "limits.memory_bytes", \.limits.memoryBytes, .optional(.size((16 << 20)...(1 << 40)), word: "off"),
                "Resident memory above which new requests are refused (Linux)."),
            set("limits.models_bytes", \.limits.modelsBytes, .size(sizes), "Largest list of models of one upstream."),
        ]
    }

    private static var processes: [Setting<ProxySettings>] {
        let range: ClosedRange<Duration> = .milliseconds(10) ... .seconds(3600)
        return [
            set(
                "cors.origins", \.cors.origins, .list(of: .origin),
                "Origins of web pages that may ask, such as https://chat.example.com."),
            set("client_timeouts.head", \.clientTimeouts.head, .duration(range), "Deadline of a whole request head."),
            set("client_timeouts.body", \.clientTimeouts.body, .duration(range), "Deadline of a whole request body."),
            set("client_timeouts.idle", \.clientTimeouts.idle, .duration(range), "Longest pause between two requests of a connection."),
            set(
                "client_timeouts.progress", \.clientTimeouts.progress, .duration(range),
                "Longest time a client may take no byte while some are waiting."),
            set("shutdown.grace", \.shutdown.grace, .duration(.zero ... .seconds(3600)), "How long open streams may go on after SIGTERM."),
            set(
                "logging.level", \.logging.level, .choice, environment: "LOG_LEVEL", flag: "log-level",
                "Least severe message that is logged."),
            set("logging.format", \.logging.format, .choice, environment: "LOG_FORMAT", flag: "log-format", "Form of log lines."),
            set("logging.access_log", \.logging.accessLog, .toggle, "One line per request."),
        ]
    }
}
