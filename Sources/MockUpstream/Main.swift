import ArgumentParser
import Foundation
import NIOCore
import NIOPosix

@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mock-upstream",
        abstract: "Plays a reasoning model's API: every dialect, every pace, every fault.",
        discussion: """
            The scenario of a request is chosen by POST /mock/next, the header X-Mock-Scenario, the model name, or else it is "default". \
            A fault can be added by the header X-Mock-Fault or behind the model name: model "demo!stall-in=reasoning".

            EXAMPLES
              mock-upstream
              mock-upstream --port 9000 --port 9001=error-503 --port '9002=!stall-in=reasoning'
              mock-upstream --port 0 --tokens-per-second 0 --chunking bytes:1 --quiet
              mock-upstream --list

              curl -N localhost:9000/v1/chat/completions -d '{"model":"demo","stream":true,"messages":[{"role":"user","content":"hi"}]}'
              curl localhost:9000/mock/next -d '{"scenario":"demo","fault":"reset-after=20","times":2}'
              curl localhost:9000/mock/state
            """)

    @OptionGroup var options: Options

    mutating func run() async throws {
        let catalogue = try loadCatalogue()
        if options.listFaults { return Listing.printFaults() }
        if options.list { return Listing.printScenarios(catalogue) }
        let ports = try options.ports
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        do {
            try await serve(ports, catalogue, EventLoops(group))
        } catch {
            try? await group.shutdownGracefully()  // the error that stopped us is the one to tell
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(_ ports: [PortArgument], _ catalogue: ScenarioCatalogue, _ loops: EventLoops) async throws {
        let stop = StopSignals()
        if !options.quiet { Listing.printBanner(catalogue) }
        var servers: [MockServer] = []
        for argument in ports {
            let server = try await start(argument, catalogue, isOneOfMany: ports.count > 1, loops)
            servers.append(server)
            Console.write("listening on http://\(options.host):\(server.port)\(argument.note)\n", to: .standardOutput)
        }
        await stop.wait()
        for server in servers { await server.stop() }
    }

    private func start(
        _ argument: PortArgument, _ catalogue: ScenarioCatalogue, isOneOfMany: Bool, _ loops: EventLoops
    ) async throws -> MockServer {
        let router = Router(
            chooser: try chooser(argument, catalogue), state: ServerState(isStrict: options.strict), apiKey: options.expectedKey)
        let log = RequestLog(form: options.quiet ? .none : options.logJson ? .json : .text, showsPort: isOneOfMany)
        do throws(MockServerError) {
            return try await MockServer.start(
                host: options.host, port: argument.port, router: router, log: log, loops: loops, sendBuffer: options.sendBuffer)
        } catch {
            throw Failure(message: error.description)
        }
    }

    private func chooser(_ argument: PortArgument, _ catalogue: ScenarioCatalogue) throws -> ScenarioChooser {
        var chooser = ScenarioChooser(catalogue: catalogue, overrides: options.overrides)
        do throws(ScenarioError) { chooser.pinned = try argument.scenario.map(catalogue.scenario) } catch {
            throw Failure(message: "--port \(argument.port): \(error)")
        }
        do throws(FaultSpellingError) {
            if let fault = argument.fault { chooser.pinnedFault = try Fault(shorthand: fault) }
        } catch {
            throw Failure(message: "--port \(argument.port): \(error)")
        }
        return chooser
    }

    private func loadCatalogue() throws -> ScenarioCatalogue {
        let fixtures = options.fixtures ?? ScenarioCatalogue.fixturesFolder()
        var recordings = options.recordings
        if recordings.isEmpty, let fixtures {
            let beside = URL(fileURLWithPath: fixtures).deletingLastPathComponent().appendingPathComponent("recordings").path
            if FileManager.default.fileExists(atPath: beside) { recordings = [beside] }
        }
        do throws(ScenarioError) { return try ScenarioCatalogue(fixtures: fixtures, recordings: recordings) } catch {
            throw Failure(message: error.description)
        }
    }
}

/// One line on standard error, and exit code 1.
struct Failure: Error, CustomStringConvertible {
    var message: String
    var description: String { message }
}
