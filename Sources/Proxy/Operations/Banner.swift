import Foundation
import Settings

/// What a person at a terminal sees when the proxy has started; a script sees the log line only.
enum Banner {
    /// The banner, or nil when the standard error is not a terminal or the log is for machines.
    static func text(_ context: ServerContext, address: String) -> String? {
        guard isatty(STDERR_FILENO) == 1, context.settings.logging.format == .text else { return nil }
        let environment = ProcessInfo.processInfo.environment
        let isPlain = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        let paint = { (text: String, code: String) in isPlain ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m" }
        var lines = ["\(paint("reasoning proxy", "1")) \(Version.current)  \(paint(address, "36"))"]
        for upstream in context.upstreams.entries { lines.append("  upstream   \(upstream.name)  \(upstream.settings.url)") }
        let settings = context.settings
        lines.append("  style      \(settings.style.standard.rawValue)")
        lines.append(
            "  summaries  prompt \(settings.summaries.prompt ? "on" : "off"), reasoning \(settings.summaries.reasoning.rawValue)\(model(settings.summaries))"
        )
        lines.append("  " + paint("Point an OpenAI client at \(address)/v1, or run: proxy-client --url \(address) --interactive", "2"))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func model(_ summaries: SummarySettings) -> String {
        guard summaries.engine == .model, let name = summaries.model.name, let url = summaries.model.url else { return "" }
        return " by \(name) at \(url)"
    }
}
