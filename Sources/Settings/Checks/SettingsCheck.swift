/// Rules between settings, after each of them has been read.
struct SettingsCheck {
    let settings: ProxySettings
    let knownProfiles: Set<String>?

    /// Runs every rule.
    func run(_ reading: inout Reading) {
        checkNames(&reading)
        checkTokens(&reading)
        checkSummaries(&reading)
        checkAgents(&reading)
        for index in settings.upstreams.indices { checkUpstream(index, &reading) }
        for index in settings.profiles.indices { checkConfiguredProfile(index, &reading) }
        checkProfile(settings.detection.profile, at: "detection.profile", &reading)
        for choice in settings.detection.models { checkProfile(choice.value, at: "detection.models", &reading) }
        if settings.limits.eventBytes > settings.limits.lineBytes {
            complain(.warning, "limits.event_bytes", "an event of one line cannot be larger than limits.line_bytes", nil, &reading)
        }
    }

    private func checkNames(_ reading: inout Reading) {
        var seen: [String: Int] = [:]
        for (index, upstream) in settings.upstreams.enumerated() where hasName(index) {
            if let first = seen[upstream.name] {
                let problem = "two upstreams have the name \(Quoted.excerpt(upstream.name)), the first is \(path(first, nil))"
                complain(.error, path(index, "name"), problem, "give this one a name of its own", &reading)
            } else {
                seen[upstream.name] = index
            }
        }
    }

    private func checkTokens(_ reading: inout Reading) {
        let tokens = settings.server.apiTokens
        if settings.server.requiresTokens, tokens.isEmpty {
            complain(.error, "server.require_auth", "there is no token that a client could show", "set API_TOKENS", &reading)
        }
        for token in tokens + [settings.server.adminToken].compactMap({ $0 }) {
            let path = token == settings.server.adminToken ? "server.admin_token" : "server.api_tokens"
            if token.exposed.utf8.count > AccessTokens.maximumByteCount {
                complain(.error, path, "a token is longer than \(AccessTokens.maximumByteCount) bytes", "use a shorter one", &reading)
            } else if token.exposed.utf8.count < AccessTokens.safeByteCount {
                let problem = "a token has fewer than \(AccessTokens.safeByteCount) characters and can be guessed"
                complain(.warning, path, problem, "use a random one, for example of openssl rand -hex 24", &reading)
            }
        }
        guard !tokens.isEmpty else { return }
        for index in settings.upstreams.indices where settings.upstreams[index].auth == .forward {
            complain(
                .error, path(index, "auth"), "the client's token would be sent to this upstream, for server.api_tokens is set",
                "set api_key, or auth: none", &reading)
        }
    }

    private func checkSummaries(_ reading: inout Reading) {
        let model = settings.summaries.model
        if settings.summaries.engine == .model {
            checkModel("summaries.engine", &reading)
        } else if settings.summaries.promptEngine == .model {
            checkModel("summaries.prompt_engine", &reading)
        }
        checkPromptEngine(&reading)
        if model.apiKey != nil, let url = model.url, !url.isSecure, !url.isLocal {
            complain(.warning, "summaries.model.url", "the key travels unencrypted", "use https", &reading)
        }
    }

    /// An engine that is a model has one.
    private func checkModel(_ engine: String, _ reading: inout Reading) {
        let model = settings.summaries.model
        if model.url == nil, !reading.given.contains("summaries.model.url") {
            complain(.error, engine, "the engine model needs an address", "set summaries.model.url or SUMMARY_URL", &reading)
        }
        if model.name == nil, !reading.given.contains("summaries.model.name") {
            complain(.error, engine, "the engine model needs a model's name", "set summaries.model.name or SUMMARY_MODEL", &reading)
        }
    }

    private func checkPromptEngine(_ reading: inout Reading) {
        guard settings.summaries.promptEngine == .model else { return }
        if !settings.summaries.prompt, !settings.agents.showsPrompt {
            complain(
                .warning, "summaries.prompt_engine", "the model is never asked, for summaries.prompt is off", "switch one of them",
                &reading)
        } else if settings.stream.commitDelay == .zero {
            complain(
                .warning, "summaries.prompt_engine", "the model is never asked: stream.commit_delay leaves it no time",
                "make stream.commit_delay longer", &reading)
        }
    }

    private func checkAgents(_ reading: inout Reading) {
        let (keys, path) = (settings.agents.reasoningKeys, "agents.reasoning_keys")
        let shortest = AgentSettings.minimumKeyLength
        for (index, key) in keys.enumerated() where key.exposed.utf8.count < shortest {
            complain(
                .error, path, "key \(index + 1) has fewer than \(shortest) characters and can be guessed",
                "use a random one, for example of openssl rand -base64 32", &reading)
        }
        if keys.isEmpty, settings.agents.carriesReasoning.contains(where: \.value), !reading.given.contains(path) {
            complain(
                .warning, "agents.carry_reasoning", "without a key, reasoning sealed before a restart or by another process is dropped",
                "set agents.reasoning_keys or REASONING_KEYS", &reading)
        }
    }

    /// Whether an upstream has a name that somebody gave, or an address to take one from.
    private func hasName(_ index: Int) -> Bool {
        settings.origins[path(index, nil)] == nil || settings.origins[path(index, "name")] != nil
            || settings.origins[path(index, "url")] != nil
    }

    private func checkUpstream(_ index: Int, _ reading: inout Reading) {
        let upstream = settings.upstreams[index]
        // Only an entry of the file has a place of its own; without a file the address has a default.
        if settings.origins[path(index, nil)] != nil, !reading.given.contains(path(index, "url")) {
            complain(.error, path(index, "url"), "an upstream needs an address", "add \"url: https://…\"", &reading)
        }
        if upstream.auth == .key, upstream.apiKey == nil, !reading.given.contains(path(index, "api_key")) {
            complain(.error, path(index, "auth"), "the key is wanted but there is none", "add api_key: env:NAME", &reading)
        }
        if upstream.authorization != .none, upstream.headers.contains(where: { $0.name.lowercased() == "authorization" }) {
            complain(.error, path(index, "headers"), "two Authorization headers would be sent", "set auth: none", &reading)
        }
        if upstream.authorization == .key, !upstream.url.isSecure, !upstream.url.isLocal {
            complain(.warning, path(index, "url"), "the key travels unencrypted", "use https", &reading)
        }
        if let profile = upstream.profile { checkProfile(profile, at: path(index, "profile"), &reading) }
        checkClocks(index, &reading)
    }

    private func checkClocks(_ index: Int, _ reading: inout Reading) {
        let clocks = settings.upstreams[index].timeouts
        let others = [
            ("connect", clocks.connect), ("head", clocks.head), ("first_event", clocks.firstEvent),
            ("gap_reasoning", clocks.gapReasoning), ("gap_answer", clocks.gapAnswer), ("whole", clocks.whole),
        ]
        // A default that outlasts a short total is cut by it and harms nobody.
        for (name, clock) in others where clock > clocks.total && reading.given.contains(path(index, "timeouts.\(name)")) {
            let problem = "it can never end: the total is \(DurationText.show(clocks.total))"
            complain(.error, path(index, "timeouts.\(name)"), problem, "make timeouts.total longer", &reading)
        }
    }

    private func checkConfiguredProfile(_ index: Int, _ reading: inout Reading) {
        let profile = settings.profiles[index]
        let base = "\(SettingsCatalogue.profileKey)[\(index)]"
        if !reading.given.contains("\(base).name") {
            complain(.error, "\(base).name", "a profile needs a name", "add \"name: …\"", &reading)
        }
        if !profile.name.isEmpty, let first = settings.profiles[..<index].firstIndex(where: { $0.name == profile.name }) {
            let problem =
                "two profiles have the name \(Quoted.excerpt(profile.name)), the first is \(SettingsCatalogue.profileKey)[\(first)]"
            complain(.error, "\(base).name", problem, "give this one a name of its own", &reading)
        }
        if let extended = profile.extends {
            if extended == profile.name, let knownProfiles, !knownProfiles.contains(extended) {
                complain(.error, "\(base).extends", "a profile extends its own name only to change a built-in one", nil, &reading)
            }
            checkProfile(extended, at: "\(base).extends", &reading)
        }
        checkEnd(ofExtensionsFrom: index, &reading)
    }

    /// A chain of `extends` must end, at a profile that extends none or at a built-in one.
    private func checkEnd(ofExtensionsFrom index: Int, _ reading: inout Reading) {
        var seen: [String] = []
        var next = settings.profiles[index]
        while let extended = next.extends, extended != next.name {
            seen.append(next.name)
            if seen.contains(extended) {
                // Told once, at the first of them.
                guard !settings.profiles[..<index].contains(where: { seen.contains($0.name) }) else { return }
                let chain = (seen + [extended]).joined(separator: " → ")
                let path = "\(SettingsCatalogue.profileKey)[\(index)].extends"
                return complain(.error, path, "the profiles extend each other in a circle: \(chain)", nil, &reading)
            }
            guard let found = settings.profiles.first(where: { $0.name == extended }) else { return }
            next = found
        }
    }

    private func checkProfile(_ name: String, at path: String, _ reading: inout Reading) {
        guard let builtIn = knownProfiles else { return }
        let knownProfiles = builtIn.union(settings.profiles.map(\.name).filter { !$0.isEmpty })
        guard !knownProfiles.contains(name) else { return }
        let meant = NearestName.of(name, among: Array(knownProfiles))
        let names = knownProfiles.count > 12 ? "`proxy profiles` lists them" : "there are \(knownProfiles.sorted().joined(separator: ", "))"
        let hint = meant.map { "did you mean \"\($0)\"?" } ?? names
        complain(.error, path, "there is no detection profile \(Quoted.excerpt(name))", hint, &reading)
    }

    private func path(_ index: Int, _ key: String?) -> String {
        "\(SettingsCatalogue.upstreamKey)[\(index)]" + (key.map { ".\($0)" } ?? "")
    }

    /// Complains at the setting's own place, else at that of the upstream it belongs to.
    private func complain(
        _ severity: SettingsIssue.Severity, _ path: String, _ problem: String, _ hint: String?, _ reading: inout Reading
    ) {
        let owner = path.prefix { $0 != "]" }
        let origin = settings.origins[path] ?? settings.origins[owner + "]"]
        reading.complain(severity, at: origin, path: path, problem, hint: hint)
    }
}
