import ArgumentParser
import Foundation
import Settings
import Summaries

/// `proxy summarize`: the steps a client would be sent while a model thinks a given text, or what it would be told of a prompt.
struct SummarizeCommand: ConfiguredCommand {
    static let configuration = CommandConfiguration(
        commandName: "summarize",
        abstract: "Show the steps that would be made of a reasoning, with their times on a simulated clock, or a prompt's summary.",
        discussion: """
            The text is a model's reasoning alone, without markers and answer; without a FILE it is read from the standard input. The
            steps are those of the extractive engine, with the interval, length and notice that the settings say; the result comes at once.
            With --engine model the model of summaries.model is really asked, and each call takes on the simulated clock what it took.
            With --of prompt the text is a user's message, and what is said of it comes from both engines: the model's words would be told
            if they came before the head had to leave (stream.commit_delay).

            EXAMPLES:
              proxy summarize thoughts.txt
              proxy summarize thoughts.txt --prompt 'How many r are in strawberry?' --tokens-per-second 20
              proxy summarize --level detailed --json < thoughts.txt
              proxy summarize thoughts.txt --engine model --config proxy.yaml
              proxy summarize question.txt --of prompt --engine model --config proxy.yaml
            """)

    /// The most text that is taken, in bytes.
    static let maximumBytes = 64 << 20

    enum Level: String, CaseIterable, ExpressibleByArgument {
        case concise, auto, detailed
    }

    enum Engine: String, CaseIterable, ExpressibleByArgument {
        case extractive, model
    }

    /// What the text is.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case reasoning, prompt
    }

    @Argument(help: "The reasoning, or the prompt; - or nothing is the standard input.")
    var file: String?

    @Option(help: "What the text is: reasoning, prompt.")
    var of = Subject.reasoning

    @Option(help: ArgumentHelp("What the user asked: its terms weigh more.", valueName: "text"))
    var prompt = ""

    @Option(help: ArgumentHelp("How fast the model thinks.", valueName: "number"))
    var tokensPerSecond = 50.0

    @Option(help: "How much is said: concise, auto, detailed; else as the settings say.")
    var level: Level?

    @Option(help: "Who makes the summary: extractive, model.")
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
        if of == .prompt {
            let report = try await promptReport(of: text, configuration)
            return print(json ? report.json : report.text(color.paint), terminator: "")
        }
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
        let summariser = try summariser(settings, configuration)
        let calls = try RehearsedCalls(summariser)
        defer { calls.end() }
        var options = summariser.steps ?? ModelSummaryOptions()
        options.pace = pace
        return await Rehearsal(of: text, prompt: facts, options: options, tokensPerSecond: tokensPerSecond) {
            await calls.ask($0, within: $1)
        }
    }

    /// The model of these settings, which say that there is one.
    func summariser(_ settings: ProxySettings, _ configuration: Configuration) throws -> Summariser {
        if let summariser = Summariser(settings, profiles: configuration.profiles) { return summariser }
        throw ValidationError(
            "--engine model needs to know the model: set summaries.model.url and summaries.model.name (SUMMARY_URL, SUMMARY_MODEL).")
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
