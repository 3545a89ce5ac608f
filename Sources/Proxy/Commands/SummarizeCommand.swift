import ArgumentParser
import Foundation
import Settings
import Summaries

/// `proxy summarize`: the steps a client would be sent while a model thinks a given text.
struct SummarizeCommand: ConfiguredCommand {
    static let configuration = CommandConfiguration(
        commandName: "summarize",
        abstract: "Show the steps that would be made of a reasoning, with their times on a simulated clock.",
        discussion: """
            The text is a model's reasoning alone, without markers and answer; without a FILE it is read from the standard input. The
            steps are those of the extractive engine, with the interval, length and notice that the settings say; the result comes at once.
            With --engine model the model of summaries.model is really asked, and each call takes on the simulated clock what it took.

            EXAMPLES:
              proxy summarize thoughts.txt
              proxy summarize thoughts.txt --prompt 'How many r are in strawberry?' --tokens-per-second 20
              proxy summarize --level detailed --json < thoughts.txt
              proxy summarize thoughts.txt --engine model --config proxy.yaml
            """)

    /// The most text that is taken, in bytes.
    static let maximumBytes = 64 << 20

    enum Level: String, CaseIterable, ExpressibleByArgument {
        case concise, auto, detailed
    }

    enum Engine: String, CaseIterable, ExpressibleByArgument {
        case extractive, model
    }

    @Argument(help: "The reasoning; - or nothing is the standard input.")
    var file: String?

    @Option(help: ArgumentHelp("What the user asked: its terms weigh more.", valueName: "text"))
    var prompt = ""

    @Option(help: ArgumentHelp("How fast the model thinks.", valueName: "number"))
    var tokensPerSecond = 50.0

    @Option(help: "How much is said: concise, auto, detailed; else as the settings say.")
    var level: Level?

    @Option(help: "Who makes the steps: extractive, model.")
    var engine = Engine.extractive

    @Flag(help: "Print JSON, one step a line, the totals last.")
    var json = false

    @OptionGroup var source: ConfigurationSource

    @Option(help: "When to use colour: auto, always, never.")
    var color = ColourChoice.auto

    func validate() throws {
        if !(0.1...100_000).contains(tokensPerSecond) { throw ValidationError("--tokens-per-second takes a number from 0.1 to 100000.") }
    }

    func run(flags: [SettingsSources.Flag]) async throws {
        let configuration = try Configuration(file: source.config, flags: flags)
        let settings = configuration.settings.summaries
        let text = try readText()
        let chosen = level ?? Level(rawValue: settings.level.rawValue) ?? .auto
        let pace = SummaryChoice(settings: settings).options(chosen.summaryLevel)
        let rehearsal = try await rehearsal(of: text, pace: pace, configuration)
        let report = SummaryReport(rehearsal, of: text, tokensPerSecond: tokensPerSecond)
        print(json ? report.json : report.text(color.paint), terminator: "")
    }

    private func rehearsal(of text: [UInt8], pace: ReasoningSummaryOptions, _ configuration: Configuration) async throws -> Rehearsal {
        let facts = PromptFacts(lastUserText: Array(prompt.utf8))
        guard engine == .model else {
            return Rehearsal(of: text.span, prompt: facts, options: pace, tokensPerSecond: tokensPerSecond)
        }
        var settings = configuration.settings
        settings.summaries.engine = .model
        guard let summariser = Summariser(settings, profiles: configuration.profiles) else {
            throw ValidationError(
                "--engine model needs to know the model: set summaries.model.url and summaries.model.name (SUMMARY_URL, SUMMARY_MODEL).")
        }
        let calls = try RehearsedCalls(summariser)
        defer { calls.end() }
        var options = summariser.options
        options.pace = pace
        return await Rehearsal(of: text, prompt: facts, options: options, tokensPerSecond: tokensPerSecond) {
            await calls.ask($0, within: $1)
        }
    }

    private func readText() throws -> [UInt8] {
        var text: [UInt8] = []
        let input = try openInput()
        while let data = try input.read(upToCount: 1 << 16), !data.isEmpty {
            text += data
            guard text.count <= Self.maximumBytes else { throw ValidationError("The text is longer than \(Self.maximumBytes) bytes.") }
        }
        return text
    }

    private func openInput() throws -> FileHandle {
        guard let file, file != "-" else { return .standardInput }
        guard let input = FileHandle(forReadingAtPath: file) else { throw ValidationError("Cannot read '\(VisibleText.line(file))'.") }
        return input
    }
}

extension SummarizeCommand.Level {
    fileprivate var summaryLevel: ReasoningSummaryOptions.Level {
        switch self {
        case .concise: .concise
        case .auto: .auto
        case .detailed: .detailed
        }
    }
}
