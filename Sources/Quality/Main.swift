import Foundation
import Summaries

/// Plays the traces of the quality corpus to the summary and prints what it said: one JSON object a line, one line a trace.
///
/// usage: Quality [--tokens-per-second N] [--level concise|auto|detailed] TRACE…
///
/// Measures nothing itself: `Tests/Quality` reads the lines and knows the annotations. Only the prompt and the reasoning of a trace reach
/// the summary.
@main
enum Main {
    static let usage = "usage: Quality [--tokens-per-second N] [--level concise|auto|detailed] TRACE…\n"
    static let levels: [String: ReasoningSummaryOptions.Level] = ["concise": .concise, "auto": .auto, "detailed": .detailed]

    static func main() {
        var paths = Array(CommandLine.arguments.dropFirst())
        var rate = 50.0
        var level = ReasoningSummaryOptions.Level.auto
        while paths.count > 1, paths[0].hasPrefix("--") {
            if paths[0] == "--tokens-per-second", let number = Double(paths[1]), number > 0 {
                rate = number
            } else if paths[0] == "--level", let named = levels[paths[1]] {
                level = named
            } else {
                break
            }
            paths.removeFirst(2)
        }
        guard !paths.isEmpty, !paths.contains(where: { $0.hasPrefix("-") }) else { return fail(usage, status: 64) }
        for path in paths {
            guard let data = FileManager.default.contents(atPath: path) else { return fail("Quality: cannot read \(path)\n", status: 1) }
            guard let trace = Trace(Array(data)) else {
                return fail("Quality: \(path) has no line `---` before the reasoning\n", status: 1)
            }
            let start = ContinuousClock.now
            let rehearsal = Rehearsal(of: trace.reasoning.span, prompt: trace.prompt, options: options(level), tokensPerSecond: rate)
            let line = Line(path: path, trace: trace, rehearsal: rehearsal, cost: ContinuousClock.now - start)
            FileHandle.standardOutput.write(Data(line.json))
        }
    }

    /// What the proxy uses where nothing is configured.
    private static func options(_ level: ReasoningSummaryOptions.Level) -> ReasoningSummaryOptions {
        var options = ReasoningSummaryOptions(level: level, interval: .seconds(3), total: 4_000)
        options.repetitionNoticeDelay = .seconds(10)
        return options
    }

    private static func fail(_ text: String, status: Int32) {
        FileHandle.standardError.write(Data(text.utf8))
        exit(status)
    }
}
