import Foundation
import Synchronization

/// A program of this package, running as a child process. It is ended, by its id, when nobody holds it any more.
final class ChildProcess: Sendable {
    enum Program: String {
        case proxy
        case mock = "mock-upstream"
        case client = "proxy-client"
    }

    /// What the child's standard error is.
    enum Errors {
        /// Read and kept.
        case collected
        /// Descriptor 2 is not open at all.
        case closed
        /// A pipe that nobody ever reads.
        case unread
        /// A pipe whose reader has gone.
        case broken
        /// A disk that is full.
        case full
    }

    enum Exit: Equatable {
        case code(Int32)
        case signal(Int32)
    }

    let id: pid_t
    let command: String
    let output = CollectedText()
    let errors = CollectedText()
    private let exit = Mutex<Exit?>(nil)
    /// Held open so that an unread pipe does not become a broken one.
    private let heldDescriptor: CInt

    /// Starts a program. `environment` is all it has besides `PATH`, `HOME`, the library path and the readiness setting; `input` is what its standard input
    /// holds; `limit` are flags of the shell's `ulimit`, such as `-n 64`.
    init(
        _ program: Program, _ arguments: [String] = [], environment: [String: String] = [:], input: [UInt8]? = nil,
        errors: Errors = .collected, limit: String? = nil
    ) throws {
        let path = try ChildProcess.path(of: program)
        let outputPipe = try Pipe()
        let errorPipe = try Pipe()
        let inputPipe = try Pipe()
        command = ([program.rawValue] + arguments).joined(separator: " ")
        var descriptors = ChildDescriptors(
            input: inputPipe.reading, output: outputPipe.writing, errors: errors == .closed ? nil : errorPipe.writing)
        // As the last one: its number is the highest, and the pipes keep theirs.
        let fullDisk = errors == .full ? open("/dev/full", O_WRONLY | O_CLOEXEC) : -1
        defer { if fullDisk >= 0 { close(fullDisk) } }
        if errors == .broken { errorPipe.closeReading() }
        if fullDisk >= 0 { descriptors.errors = fullDisk }
        // The shell becomes the program, so that the id stays.
        let words = limit.map { ["/bin/sh", "-c", "ulimit \($0) && exec \"$0\" \"$@\"", path] + arguments } ?? [path] + arguments
        id = try ChildProcess.spawn(words, environment, descriptors)
        heldDescriptor = errors == .unread ? errorPipe.reading : -1
        inputPipe.closeReading()
        outputPipe.closeWriting()
        errorPipe.closeWriting()
        output.collect(from: outputPipe.reading)
        if errors == .collected { self.errors.collect(from: errorPipe.reading) }
        inputPipe.write(input ?? [])
        inputPipe.closeWriting()
        ProcessStories.shared.add(command, id, output, self.errors)
    }

    deinit {
        end()
        if heldDescriptor >= 0 { close(heldDescriptor) }
    }

    func signal(_ number: Int32) {
        if state == nil { kill(id, number) }
    }

    /// Ends the process at once.
    func end() {
        guard state == nil else { return }
        kill(id, SIGKILL)
        var status: Int32 = 0
        waitpid(id, &status, 0)
        exit.withLock { $0 = .signal(SIGKILL) }
    }

    /// How it ended; nil while it runs.
    var state: Exit? {
        exit.withLock { exit in
            if exit == nil {
                var status: Int32 = 0
                // Reaped exactly once, under the lock: the id is never used again afterwards.
                if waitpid(id, &status, WNOHANG) == id {
                    exit = status & 0x7F == 0 ? .code(status >> 8 & 0xFF) : .signal(status & 0x7F)
                }
            }
            return exit
        }
    }

    func waitForExit(within limit: Duration = .seconds(10)) throws -> Exit {
        let exit = try eventually("the end of \(command)", within: limit) { state }
        // The pipes close with the process; what they held still has to be read.
        try eventually("the end of the output of \(command)", within: limit) { output.isOver && errors.isOver }
        return exit
    }

    /// The resident memory in bytes.
    var residentBytes: Int {
        get throws {
            let text = try String(contentsOfFile: "/proc/\(id)/statm", encoding: .utf8)
            return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
        }
    }

    /// The processor time it has used.
    var processorTime: Duration {
        get throws {
            let text = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
            // Behind the name, which may hold spaces: the 12th and 13th field, in ticks.
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            let ticks = fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
            return .milliseconds(ticks * 1000 / sysconf(Int32(_SC_CLK_TCK)))
        }
    }

    /// What a descriptor is open on.
    func target(ofDescriptor number: Int) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/\(number)")
    }

    /// The number of open descriptors.
    var descriptorCount: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").count }
    }

    private static func path(of program: Program) throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(filePath: bundle).deletingLastPathComponent().appending(path: program.rawValue).path
        guard FileManager.default.isExecutableFile(atPath: path) else { throw SpawnFailure(what: "there is no program at \(path)") }
        return path
    }

    private static func spawn(
        _ words: [String], _ environment: [String: String], _ descriptors: ChildDescriptors
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, descriptors.input, 0)
        posix_spawn_file_actions_adddup2(&actions, descriptors.output, 1)
        if let errors = descriptors.errors {
            posix_spawn_file_actions_adddup2(&actions, errors, 2)
        } else {
            posix_spawn_file_actions_addclose(&actions, 2)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        // The last one runs every test with the other way to learn what is ready.
        let inherited = ["PATH", "LD_LIBRARY_PATH", "HOME", "PROXY_SERVER_READINESS"].compactMap { name in
            ProcessInfo.processInfo.environment[name].map { "\(name)=\($0)" }
        }
        let variables = inherited + environment.map { "\($0.key)=\($0.value)" }
        var id: pid_t = 0
        let code = withCStrings(words) { arguments in
            withCStrings(variables) { variables in posix_spawn(&id, words[0], &actions, &attributes, arguments, variables) }
        }
        guard code == 0 else { throw SpawnFailure(what: "posix_spawn(\(words[0])): \(String(cString: strerror(code)))") }
        return id
    }
}

struct SpawnFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}

/// What becomes the child's descriptors 0, 1 and 2.
private struct ChildDescriptors {
    var input: CInt
    var output: CInt
    var errors: CInt?
}

/// Two ends that no child inherits unless it is told to.
private final class Pipe {
    private(set) var reading: CInt
    private(set) var writing: CInt

    init() throws {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SpawnFailure(what: "pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    func closeReading() {
        close(reading)
    }

    func closeWriting() {
        close(writing)
    }

    /// Less than a pipe holds, so it does not block.
    func write(_ bytes: [UInt8]) {
        precondition(bytes.count <= 60_000)
        if !bytes.isEmpty { _ = Foundation.write(writing, bytes, bytes.count) }
    }
}

private func withCStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
    let pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
