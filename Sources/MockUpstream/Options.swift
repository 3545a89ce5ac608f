import ArgumentParser
import Foundation

/// The command line.
struct Options: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            A port to listen on, and optionally what it plays whatever the model: 9001=error-503, or a fault for everything: \
            '9002=!stall-in=reasoning'. Repeat it to play several upstreams; 0 picks a free port. (default: MOCK_PORT, or 9000)
            """,
            valueName: "port[=scenario][!fault]"))
    var port: [PortArgument] = []

    @Option(name: .long, help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(
        name: .long,
        help: ArgumentHelp("A folder of scenario files. (default: Fixtures/scenarios here or in a folder above)", valueName: "folder"))
    var fixtures: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            A folder of recorded streams (*.jsonl, *.sse); each becomes the model recording/<file stem>. \
            (default: the folder recordings beside the scenarios)
            """,
            valueName: "folder"))
    var recordings: [String] = []

    @Option(name: .long, help: ArgumentHelp("Overrides every scenario's pace; 0 sends as fast as the client reads.", valueName: "rate"))
    var tokensPerSecond: Double?

    @Option(name: .long, help: ArgumentHelp("Overrides how uneven the gaps are, from 0 to 1.", valueName: "share"))
    var jitter: Double?

    @Option(name: .long, help: ArgumentHelp("Overrides the seed of gaps and random cuts.", valueName: "number"))
    var seed: UInt64?

    @Option(name: .long, help: ArgumentHelp("Overrides the cutting: \(Chunking.spellings).", valueName: "cut"))
    var chunking: ChunkingArgument?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The kernel's send buffer per connection; a small one makes a client that does not read felt soon.", valueName: "bytes"))
    var sendBuffer: Int?

    @Option(name: .long, help: ArgumentHelp("Answer 401 unless the bearer token is this one. (default: MOCK_API_KEY)", valueName: "key"))
    var apiKey: String?

    @Flag(name: .long, help: "Answer 400 to whatever some server or chat template would refuse; /mock/state counts it.")
    var strict = false

    @Flag(name: .long, help: "List the scenarios and stop.")
    var list = false

    @Flag(name: .long, help: "List the faults and stop.")
    var listFaults = false

    @Flag(name: .long, help: "Print nothing but the ports and errors.")
    var quiet = false

    @Flag(name: .long, help: "One JSON object per request instead of a line of text.")
    var logJson = false

    /// The ports to bind, from the options, the environment or the default.
    var ports: [PortArgument] {
        get throws {
            if !port.isEmpty { return port }
            guard let text = ProcessInfo.processInfo.environment["MOCK_PORT"], !text.isEmpty else { return [PortArgument(port: 9000)] }
            return try text.split(separator: ",").map { part in
                guard let argument = PortArgument(argument: String(part).trimmed) else {
                    throw ValidationError("MOCK_PORT must be a port from 0 to 65535, not \"\(part)\"")
                }
                return argument
            }
        }
    }

    var overrides: Overrides {
        Overrides(tokensPerSecond: tokensPerSecond, jitter: jitter, seed: seed, chunking: chunking?.chunking)
    }

    /// The key to ask for, if any.
    var expectedKey: String? {
        apiKey ?? ProcessInfo.processInfo.environment["MOCK_API_KEY"].flatMap { $0.isEmpty ? nil : $0 }
    }

    mutating func validate() throws {
        if let tokensPerSecond, !(tokensPerSecond >= 0) { throw ValidationError("--tokens-per-second must not be negative") }
        if let sendBuffer, !(1...0x7FFF_FFFF).contains(sendBuffer) { throw ValidationError("--send-buffer must be a number of bytes") }
        if let jitter, !(0...1).contains(jitter) { throw ValidationError("--jitter must be from 0 to 1") }
    }
}

/// `9000`, `9001=scenario`, `9001=!fault` or `9001=scenario!fault`.
struct PortArgument: ExpressibleByArgument, Sendable, Equatable {
    var port: Int
    var scenario: String?
    var fault: String?

    init(port: Int, scenario: String? = nil, fault: String? = nil) {
        self.port = port
        self.scenario = scenario
        self.fault = fault
    }

    init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let port = sides.first.flatMap({ Int($0) }), (0...65535).contains(port) else { return nil }
        self.init(port: port)
        guard sides.count == 2 else { return }
        let played = ScenarioChooser.split(model: sides[1])
        scenario = played.name.isEmpty ? nil : played.name
        fault = played.fault
        if scenario == nil, fault == nil { return nil }
    }

    /// Behind the address in the list of ports.
    var note: String {
        let parts = [scenario, fault.map { "fault \($0)" }].compactMap(\.self)
        return parts.isEmpty ? "" : "  (\(parts.joined(separator: ", ")))"
    }
}

/// `--chunking`.
struct ChunkingArgument: ExpressibleByArgument, Sendable {
    var chunking: Chunking

    init?(argument: String) {
        guard let chunking = Chunking(argument) else { return nil }
        self.chunking = chunking
    }
}
