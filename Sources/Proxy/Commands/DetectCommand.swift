import ArgumentParser
import Detect
import Foundation
import Settings

/// `proxy detect`: what a profile makes of a text, marker by marker.
struct DetectCommand: ConfiguredCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "Show what a profile makes of a text on the standard input: reasoning, answer, markers, dropped white space.",
        discussion: """
            The text is what a model wrote, without the wire format around it. It is fed byte by byte, which is the hardest way to cut
            it; any other way (--chunk) gives the same segments and may hold less back.

            EXAMPLES:
              printf '<think>2+2 is 4.</think>\\n\\n4' | proxy detect
              proxy detect --model Qwen/Qwen3-8B < output.txt
              proxy detect --config proxy.yaml --profile mine --json < output.txt
            """)

    /// The most text that is taken, in bytes: the trace is kept in memory.
    static let maximumBytes = 64 << 20

    enum Start: String, CaseIterable, ExpressibleByArgument {
        case inside, outside, undecided
    }

    enum Whitespace: String, CaseIterable, ExpressibleByArgument {
        case trim, exact
    }

    @Option(help: ArgumentHelp("The profile; else the one of --model, else default.", valueName: "name"))
    var profile: String?

    @Option(help: ArgumentHelp("The profile of this model.", valueName: "id"))
    var model: String?

    @Option(help: "Where the text begins; else as the profile says for a request that says nothing about thinking.")
    var start: Start?

    @Option(help: "What happens to white space beside markers; else as settings and profile say.")
    var whitespace: Whitespace?

    @Option(help: ArgumentHelp("Bytes fed at once.", valueName: "bytes"))
    var chunk = 1

    @Flag(help: "Print JSON, one segment a line, the summary last.")
    var json = false

    @OptionGroup var source: ConfigurationSource

    @Option(help: "When to use colour: auto, always, never.")
    var color = ColourChoice.auto

    func validate() throws {
        if profile != nil, model != nil { throw ValidationError("Name a profile or a model, not both.") }
        if chunk < 1 { throw ValidationError("--chunk takes a number of bytes from 1.") }
    }

    func run(flags: [SettingsSources.Flag]) async throws {
        let configuration = try Configuration(file: source.config, flags: flags)
        let compiled =
            if let profile { try configuration.profile(named: profile) } else { configuration.choice(forModel: model ?? "").profile }
        let policy = whitespace.map { $0 == .exact ? WhitespacePolicy.exact : .trim }
        let text = try readText()
        let run = DetectionRun(
            profile: compiled, start: start?.state ?? compiled.startState(for: .init()),
            whitespace: policy ?? configuration.settings.whitespacePolicy(of: compiled.profile))
        let report = DetectionReport(run, outcome: run.outcome(of: text, chunk: chunk))
        print(json ? report.json : report.text(color.paint), terminator: "")
    }

    private func readText() throws -> [UInt8] {
        var text: [UInt8] = []
        while let data = try FileHandle.standardInput.read(upToCount: 1 << 16), !data.isEmpty {
            text += data
            guard text.count <= DetectCommand.maximumBytes else {
                throw ValidationError("The text is longer than \(DetectCommand.maximumBytes) bytes.")
            }
        }
        return text
    }
}

extension DetectCommand.Start {
    fileprivate var state: StartState {
        switch self {
        case .inside: .inside
        case .outside: .outside
        case .undecided: .undecided
        }
    }
}

/// One text through one detector.
struct DetectionRun {
    /// What came out.
    struct Outcome {
        var trace: DetectionTrace
        var mostHeld = 0
        var answerIsMissing = false
        var wasPromoted = false
        var sawOrphanEnd = false
    }

    let profile: CompiledProfile
    let start: StartState
    let whitespace: WhitespacePolicy

    /// Runs the text in chunks of this many bytes, as if the model had stopped behind it.
    func outcome(of text: [UInt8], chunk: Int) -> Outcome {
        var detector = Detector(profile: profile, start: start, whitespace: whitespace)
        detector.isTraced = true
        var mostHeld = 0
        var from = 0
        while from < text.count {
            let to = min(from + chunk, text.count)
            detector.receive(text.span.extracting(from..<to)) { _, _ in }
            mostHeld = max(mostHeld, detector.heldByteCount)
            from = to
        }
        detector.finish(.stop) { _, _ in }
        return Outcome(
            trace: detector.trace ?? DetectionTrace(), mostHeld: mostHeld, answerIsMissing: detector.answerIsMissing,
            wasPromoted: detector.wasPromoted, sawOrphanEnd: detector.sawOrphanEnd)
    }
}
