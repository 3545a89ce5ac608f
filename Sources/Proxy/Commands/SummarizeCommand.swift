import ArgumentParser
import Foundation
import Settings
import Summaries

/// `proxy summarize`: the steps a client would be sent while a model thinks a given text.
struct SummarizeCommand: ConfiguredCommand {
    static let configuration = CommandConfiguration(
        commandName: "summarize",
        abstract: "Show the steps that would be made of a reasoning, with their times: the clock is simulated, the result comes at once.",
        discussion: """
            The text is a model's reasoning alone, without markers and answer; without a FILE it is read from the standard input. The
            steps are those of the extractive engine, with the interval, length and notice that the settings say.

            EXAMPLES:
              proxy summarize thoughts.txt
              proxy summarize thoughts.txt --prompt 'How many r are in strawberry?' --tokens-per-second 20
              proxy summarize --level detailed --json < thoughts.txt
            """)

    /// The most text that is taken, in bytes.
    static let maximumBytes = 64 << 20

    enum Level: String, CaseIterable, ExpressibleByArgument {
        case concise, auto, detailed
    }

    @Argument(help: "The reasoning; - or nothing is the standard input.")
    var file: String?

    @Option(help: ArgumentHelp("What the user asked: its terms weigh more.", valueName: "text"))
    var prompt = ""

    @Option(help: ArgumentHelp("How fast the model thinks.", valueName: "number"))
    var tokensPerSecond = 50.0

    @Option(help: "How much is said: concise, auto, detailed; else as the settings say.")
    var level: Level?

    @Flag(help: "Print JSON, one step a line, the totals last.")
    var json = false

    @OptionGroup var source: ConfigurationSource

    @Option(help: "When to use colour: auto, always, never.")
    var color = ColourChoice.auto

    func validate() throws {
        if !(0.1...100_000).contains(tokensPerSecond) { throw ValidationError("--tokens-per-second takes a number from 0.1 to 100000.") }
    }

    func run(flags: [SettingsSources.Flag]) async throws {
        let settings = try Configuration(file: source.config, flags: flags).settings.summaries
        let text = try readText()
        let chosen = level ?? Level(rawValue: settings.level.rawValue) ?? .auto
        let rehearsal = Rehearsal(
            of: text.span, prompt: PromptFacts(lastUserText: Array(prompt.utf8)),
            options: SummaryChoice(settings: settings).options(chosen.summaryLevel), tokensPerSecond: tokensPerSecond)
        let report = SummaryReport(rehearsal, of: text, tokensPerSecond: tokensPerSecond)
        print(json ? report.json : report.text(color.paint), terminator: "")
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
