import Foundation
import Synchronization
import Testing

/// The program itself, as a process.
@Suite struct ProgramTests {
    /// A running or finished `mock-upstream`.
    final class Program {
        private let process = Process()
        private let output = Pipe()
        private let errors = Pipe()

        init(_ arguments: [String], environment: [String: String] = [:], directory: String? = nil) throws {
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
                .appendingPathComponent("mock-upstream")
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
            process.standardOutput = output
            process.standardError = errors
            try process.run()
        }

        deinit { if process.isRunning { process.terminate() } }

        /// The next line of standard output.
        func line() throws -> String {
            var bytes: [UInt8] = []
            while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A { bytes.append(byte) }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// The port of a line such as `listening on http://127.0.0.1:43121  (demo)`.
        func port() throws -> Int {
            let line = try line()
            let digits = line.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
            return try #require(Int(digits), "\(line)")
        }

        func signal(_ number: Int32) { kill(process.processIdentifier, number) }

        /// Waits for the end and returns the exit code and what was printed.
        func finish() throws -> (code: Int32, output: String, errors: String) {
            let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            let complaints = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationReason == .exit ? process.terminationStatus : -1, text, complaints)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [SIGTERM, SIGINT])
    func aSignalStopsItCleanlyWithStreamsOpen(signal: Int32) throws {
        let program = try Program(["--port", "0", "--port", "0=fast!stall-after=2", "--quiet"])
        let first = try program.port()
        let second = try program.port()
        #expect(first != second)
        let connection = try Connection(port: second)
        try connection.request("POST", "/v1/chat/completions", TestServer.chat("anything"))
        try connection.read(until: "reasoning_content")
        program.signal(signal)
        let result = try program.finish()
        #expect(result.code == 0)
        #expect(result.errors.isEmpty)
        #expect(try connection.readToEnd() == .finished)
    }

    @Test(.timeLimit(.minutes(1))) func theEnvironmentChoosesPortAndKey() throws {
        let program = try Program([], environment: ["MOCK_PORT": "0", "MOCK_API_KEY": "k"], directory: "/")
        let connection = try Connection(port: program.port())
        try connection.request("GET", "/v1/models")
        #expect(try connection.nextResponse().status == 401)
        try connection.request("GET", "/v1/models", headers: ["authorization: Bearer k"])
        let models = try connection.nextResponse()
        #expect(models.text.contains("mock-reasoner"))
        #expect(!models.text.contains("think-tags"))  // no fixtures above "/"
        program.signal(SIGTERM)
        let result = try program.finish()
        #expect(result.code == 0)
        #expect(result.errors.contains("GET /v1/models"))
        #expect(!result.errors.contains("\u{1B}"))
    }

    @Test(.timeLimit(.minutes(1))) func requestsAreLoggedAsJSON() throws {
        let program = try Program(["--port", "0", "--log-json"])
        let connection = try Connection(port: program.port())
        try connection.request("POST", "/v1/chat/completions", TestServer.chat("fast"))
        _ = try connection.nextResponse()
        program.signal(SIGTERM)
        let lines = try program.finish().errors.split(separator: "\n")
        #expect(lines.count == 1)
        #expect(lines.first?.contains(#""model":"fast","scenario":"fast","stream":true"#) == true)
        #expect(lines.first?.contains(#""outcome":"completed""#) == true)
    }

    @Test(.timeLimit(.minutes(1))) func aPortInUseEndsWithOneLine() throws {
        let program = try Program(["--port", "0", "--quiet"])
        let result = try Program(["--port", "\(program.port())"]).finish()
        #expect(result.code == 1)
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(result.errors.contains("the port is already in use"))
        program.signal(SIGTERM)
        #expect(try program.finish().code == 0)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            (["--port", "70000"], "'70000'"), (["--port", "0=nonsense"], "there is no scenario \"nonsense\""),
            (["--port", "0=!nonsense"], "there is no fault \"nonsense\""), (["--chunking", "bits:3"], "'bits:3'"),
            (["--send-buffer", "0"], "--send-buffer must be"), (["--jitter", "7"], "--jitter must be from 0 to 1"),
            (["--fixtures", "/nowhere"], "/nowhere: cannot be read"),
            (["--colour"], "Unknown option '--colour'"),
        ])
    func mistakesOnTheCommandLineAreExplained(arguments: [String], message: String) throws {
        let result = try Program(arguments).finish()
        #expect(result.code != 0)
        #expect(result.errors.contains(message), "\(result.errors)")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [("--list", "bridge riddle"), ("--list-faults", "reset-before-head"), ("--help", "EXAMPLES")])
    func itTellsWhatItCanDo(option: String, text: String) throws {
        let result = try Program([option]).finish()
        #expect(result.code == 0)
        #expect(result.output.contains(text))
    }
}
