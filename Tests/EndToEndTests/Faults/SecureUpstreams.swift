import Foundation

/// TLS servers with certificates made for this run: one that is right, one for another name, one that nobody trusts. They write down what
/// reaches them inside TLS.
final class SecureUpstreams: Sendable {
    let folder: URL
    let ports: [String: Int]
    private let server: Process
    private let output: CollectedText

    static let names = ["right", "name", "untrusted"]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "fault-wall-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, host) in [("right", "localhost"), ("name", "elsewhere.invalid"), ("untrusted", "localhost")] {
            try SecureUpstreams.makeCertificate(name, for: host, in: folder)
        }
        server = Process()
        server.executableURL = URL(filePath: "/usr/bin/env")
        server.currentDirectoryURL = folder
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "tls_server.py").path
        server.arguments = ["python3", "-u", script] + SecureUpstreams.names
        let pipe = Pipe()
        server.standardOutput = pipe
        server.standardInput = FileHandle.nullDevice
        try server.run()
        let output = CollectedText()
        output.collect(from: dup(pipe.fileHandleForReading.fileDescriptor))
        self.output = output
        var ports: [String: Int] = [:]
        for name in SecureUpstreams.names { ports[name] = Int(try output.word(after: "\(name) listens on ")) }
        self.ports = ports
    }

    deinit {
        kill(server.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: folder)  // a folder left behind harms nobody
    }

    func certificate(_ name: String) -> String { folder.appending(path: name + ".pem").path }

    /// How many bytes of requests reached a server.
    func requestByteCount(_ name: String) -> Int {
        output.lines.filter { $0.hasPrefix("\(name) received ") }.compactMap { Int($0.split(separator: " ")[2]) }.reduce(0, +)
    }

    private static func makeCertificate(_ name: String, for host: String, in folder: URL) throws {
        let make = Process()
        make.executableURL = URL(filePath: "/usr/bin/env")
        make.currentDirectoryURL = folder
        make.arguments =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout \(name).key -out \(name).pem -days 2"
            .components(separatedBy: " ") + ["-subj", "/CN=\(host)", "-addext", "subjectAltName=DNS:\(host)"]
        make.standardError = FileHandle.nullDevice
        try make.run()
        make.waitUntilExit()
        guard make.terminationStatus == 0 else { throw SpawnFailure(what: "openssl made no certificate") }
    }
}
