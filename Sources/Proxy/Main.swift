import ArgumentParser
import CMalloc
import Descriptors
import Foundation
import Logging
import NIOCore
import Settings

/// The program `proxy`.
@main
struct Main {
    static func main() async {
        StandardDescriptors.ensureOpen()
        let (flags, rest) = SettingsCatalogue.takeFlags(from: Array(CommandLine.arguments.dropFirst()))
        do {
            var command = try ProxyCommand.parseAsRoot(rest)
            if let command = command as? any ConfiguredCommand {
                try await command.run(flags: flags)
            } else {
                try command.run()
            }
        } catch {
            ProxyCommand.exit(withError: error)
        }
    }
}

struct ProxyCommand: ConfiguredCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Turns the stream of any reasoning model into a prompt summary, a live reasoning summary and the answer.",
        discussion: """
            Without options it listens on http://127.0.0.1:8080 and talks to http://localhost:9000. Settings come from flags, then the
            environment, then the file, then the defaults.

            EXAMPLES:
              proxy
              UPSTREAM_URL=https://api.deepseek.com/v1 UPSTREAM_API_KEY=… proxy
              proxy --config proxy.yaml --port 8081
              proxy --config proxy.yaml --check-config

            SETTINGS:
            \(SettingsCatalogue.help)
            EXIT STATUS:
              0   stopped after a signal, or the configuration is good
              1   the configuration is bad, or the server failed
              64  wrong use of the command line
              69  the address cannot be listened on
            """,
        version: "proxy \(Version.current)",
        subcommands: [ProfilesCommand.self, DetectCommand.self, SummarizeCommand.self])

    @OptionGroup var source: ConfigurationSource

    @Flag(help: "Check the configuration, say what is wrong with it, and exit.")
    var checkConfig = false

    @Flag(help: "Print the effective settings with where each comes from, and exit. Secrets are not shown.")
    var printConfig = false

    @Flag(help: "Print the table of all settings as Markdown, and exit.")
    var settingsTable = false

    /// Runs the program with the settings' flags, which were taken from the command line before.
    func run(flags: [SettingsSources.Flag]) async throws {
        if settingsTable { return print(SettingsCatalogue.markdownTable, terminator: "") }
        let configuration = try Configuration(file: source.config, flags: flags)
        let settings = configuration.settings
        if checkConfig || printConfig { return report(settings) }
        let log = Logger(label: "proxy") { _ in
            LineLogHandler(level: Logger.Level(settings.logging.level), format: settings.logging.format)
        }
        for warning in settings.warnings { log.warning("configuration", metadata: ["warning": "\(warning)"]) }
        try await serve(ServerContext(settings: settings, log: log, profiles: configuration.profiles), log)
    }

    private func report(_ settings: ProxySettings) {
        for warning in settings.warnings { StandardError.write("\(warning)\n") }
        print(printConfig ? settings.description : "The configuration is good.")
    }

    private func serve(_ context: ServerContext, _ log: Logger) async throws {
        cmalloc_keep_ends()
        let server = Server(context)
        do {
            try await server.start()
        } catch {
            StandardError.write(
                "proxy: cannot listen on \(context.settings.server.host):\(context.settings.server.port): \(ListenError.reason(error))\n")
            throw ExitCode(69)
        }
        cmalloc_forget_start()
        let signals = StopSignals()
        if let banner = Banner.text(context, address: server.address) { StandardError.write(banner) }
        log.notice(
            "listening",
            metadata: ["url": "\(server.address)", "upstreams": "\(context.upstreams.entries.map(\.name).joined(separator: ","))"])
        await signals.first()
        log.notice("stopping", metadata: ["streams_open": "\(context.openStreamCount)"])
        await server.stop()
        log.notice("stopped")
    }
}

/// Lines for people on the standard error.
enum StandardError {
    static func write(_ text: String) {
        // Nobody is left to tell when the standard error cannot be written.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}

/// Why an address cannot be listened on, in words that say what to change.
enum ListenError {
    static func reason(_ error: any Error) -> String {
        if error is SocketAddressError.UnknownHost { return "there is no such host. Choose another with --host." }
        guard let error = error as? IOError else { return "\(error)" }
        switch error.errnoCode {
        case EADDRINUSE: return "the port is in use. Stop the other program, or choose another port with --port."
        case EACCES: return "not permitted. Ports below 1024 need privileges; choose another with --port."
        case EADDRNOTAVAIL: return "this machine has no such address. Choose another with --host."
        default: return "\(error)"
        }
    }
}
