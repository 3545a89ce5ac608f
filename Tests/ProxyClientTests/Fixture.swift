import Foundation

@testable import proxy_client

/// The recorded replies under `Fixtures/client`.
enum Fixture {
    static func bytes(_ name: String, source: String = #filePath) throws -> [UInt8] {
        let root = URL(fileURLWithPath: source).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: root.appendingPathComponent("Fixtures/client").appendingPathComponent(name)))
    }

    /// The head a server sends before the named fixture.
    static func head(for name: String, style: String? = nil) -> ReplyHead {
        let type = name.hasSuffix(".sse") ? "text/event-stream; charset=utf-8" : "application/json"
        let styled = style.map { [Header("X-Phases", $0)] } ?? []
        return ReplyHead(status: 200, headers: [Header("Content-Type", type), Header("X-Request-Id", "req-1")] + styled)
    }
}

/// Small numbers from a seed; the same on every machine.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Cuts bytes into pieces.
enum Cutting {
    static func everyByte(_ bytes: [UInt8]) -> [[UInt8]] { bytes.map { [$0] } }

    static func inTwo(_ bytes: [UInt8], at index: Int) -> [[UInt8]] { [Array(bytes[..<index]), Array(bytes[index...])] }

    static func atRandom(_ bytes: [UInt8], seed: UInt64) -> [[UInt8]] {
        var numbers = SeededNumbers(seed: seed)
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...200, using: &numbers))
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}

/// Runs a session over pieces of a body; every event happens at the same time, so that only the content can differ.
func play(
    _ pieces: [[UInt8]], head: ReplyHead, expecting: Session.Expectation = .init(), at now: Duration = .milliseconds(5)
) -> [RenderCommand] {
    var session = Session(expecting)
    var commands: [RenderCommand] = []
    session.headArrived(head, at: now, into: &commands)
    for piece in pieces { session.bytesArrived(piece.span, at: now, into: &commands) }
    session.bodyEnded(at: now, into: &commands)
    return commands
}

/// Runs a whole fixture.
func play(_ name: String, style: String? = nil, expecting: Session.Expectation = .init()) throws -> [RenderCommand] {
    play([try Fixture.bytes(name)], head: Fixture.head(for: name, style: style), expecting: expecting)
}

/// The text of one part, put together.
func text(of part: ReplyPart, in commands: [RenderCommand]) -> String {
    commands.map { if case .text(part, let text, _) = $0 { text } else { "" } }.joined()
}

/// The ending, which every session has.
func ending(of commands: [RenderCommand]) -> Ending? {
    guard case .ended(let ending) = commands.last else { return nil }
    return ending
}

/// A look for tests: no terminal, no colour, unless said otherwise.
func look(colour: Bool = false, terminal: Bool = false, verbose: Bool = false, quiet: Bool = false) -> Look {
    let output = Look.Output(isTerminal: terminal, palette: Palette(hasColour: colour))
    return Look(answer: output, decoration: output, showsSpinner: terminal, isVerbose: verbose, isQuiet: quiet)
}

/// What a renderer writes to each stream for a list of commands.
func render(_ commands: [RenderCommand], with renderer: some Renderer) -> (answer: String, decoration: String, all: String) {
    var renderer = renderer
    var writes: [ScreenWrite] = []
    for command in commands { renderer.render(command, into: &writes) }
    let texts = { (stream: ScreenWrite.Stream) in writes.filter { $0.stream == stream }.map(\.text).joined() }
    return (texts(.answer), texts(.decoration), writes.map(\.text).joined())
}
