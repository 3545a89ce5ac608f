import ArgumentParser

/// The command line.
struct Options: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy-client",
        abstract: "Ask a model through the reasoning proxy, and watch it think.",
        discussion: HelpText.discussion,
        version: "proxy-client \(HelpText.version)")

    @Argument(help: "The prompt, as words.")
    var words: [String] = []

    @Option(name: .shortAndLong, help: "The prompt. Unless it is a terminal, standard input is read to its end and added.")
    var prompt: String?

    @Flag(name: .shortAndLong, help: "Hold a conversation; /help lists what can be typed.")
    var interactive = false

    @Option(name: .shortAndLong, help: ArgumentHelp("Attach a text file or an image (png, jpg, gif, webp); repeatable.", valueName: "path"))
    var file: [String] = []

    @Option(help: ArgumentHelp("The system prompt.", valueName: "text"))
    var system: String?

    @Option(help: ArgumentHelp("A file that holds the system prompt.", valueName: "path"))
    var systemFile: String?

    @Option(name: .shortAndLong, help: "The model (PROXY_MODEL); without it, the first one the server lists.")
    var model: String?

    @Option(name: .shortAndLong, help: "How the proxy writes the phases: events, inline, reasoning, think or off.")
    var style: WireStyle?

    @Option(name: .shortAndLong, help: "The server (PROXY_URL; default: \(ServerAddress.standard)).")
    var url: String?

    @Option(help: ArgumentHelp("The most tokens the model may write.", valueName: "count"))
    var maxTokens: Int?

    @Option(help: ArgumentHelp("The sampling temperature, from 0 to 2.", valueName: "number"))
    var temperature: Double?

    @Option(help: ArgumentHelp("How hard the model should think, such as low, medium or high.", valueName: "level"))
    var reasoningEffort: String?

    @Flag(help: "Ask for the reply in one piece.")
    var noStream = false

    @Option(help: ArgumentHelp("The longest a whole request may take (default: no limit).", valueName: "seconds"))
    var timeout: Double?

    @Option(help: ArgumentHelp("The longest a stream may be silent; 0 for no limit.", valueName: "seconds"))
    var idleTimeout: Double = 120

    @Flag(name: .shortAndLong, help: "Show phases, times, speed and request id.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Show the answer only.")
    var quiet = false

    @Flag(help: "Write one JSON object for each event.")
    var json = false

    @Option(help: ArgumentHelp("When to use colour: auto, always or never.", valueName: "when"))
    var color: ColourChoice = .auto

    @Flag(help: "Keep no history of what was typed.")
    var noHistory = false

    @Flag(help: "Show how the proxy and its upstreams are.")
    var health = false

    @Flag(help: "List the models and what the proxy does with them.")
    var models = false

    mutating func validate() throws {
        let purposes = [("--health", health), ("--models", models), ("--interactive", interactive), ("a prompt", hasPrompt)]
        try refuseTogether(purposes, if: health || models)
        try refuseTogether([("--quiet", quiet), ("--verbose", verbose)], if: true)
        try refuseTogether([("--json", json), ("--quiet", quiet)], if: true)
        try refuseTogether([("--json", json), ("--interactive", interactive)], if: true)
        try refuseTogether([("--system", system != nil), ("--system-file", systemFile != nil)], if: true)
        try require(maxTokens.map { $0 > 0 }, "--max-tokens must be at least 1")
        try require(temperature.map { (0...2).contains($0) }, "--temperature must be from 0 to 2")
        try require(timeout.map { $0 > 0 && $0 <= 86_400 }, "--timeout must be more than 0 and at most 86400 seconds")
        try require((0...86_400).contains(idleTimeout), "--idle-timeout must be from 0 to 86400 seconds")
        try require(reasoningEffort.map { !$0.isEmpty }, "--reasoning-effort must not be empty")
    }

    private var hasPrompt: Bool { prompt != nil || !words.isEmpty || !file.isEmpty }

    private func refuseTogether(_ options: [(name: String, isGiven: Bool)], if applies: Bool) throws {
        let given = options.filter(\.isGiven).map(\.name)
        guard applies, given.count > 1 else { return }
        throw ValidationError("\(given[0]) and \(given[1]) cannot be used together")
    }

    private func require(_ holds: Bool?, _ message: String) throws {
        if holds == false { throw ValidationError(message) }
    }
}
