/// Runs one stage of the pipeline over a made stream and prints the cost per chunk.
///
/// usage: Bench STAGE CHUNKS [quiet]
///        Bench thinking|thought BYTES
///
/// `quiet` prints nothing: for instruction counters, which compare N and 10 N chunks so that the start drops out.
@main
enum Main {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, let count = Int(arguments[2]), count > 0 else { return explain() }
        if let length = LongReasoning(rawValue: arguments[1]) { return print(length.run(byteCount: count)) }
        guard let stage = Stage(rawValue: arguments[1]) else { return explain() }
        let input = BenchInput(chunks: count)
        let clock = ContinuousClock()
        var outcome = 0
        let time = clock.measure { outcome = stage.run(input) }
        guard arguments.count == 3 else { return }
        let nanoseconds = Double(time.components.seconds) * 1e9 + Double(time.components.attoseconds) / 1e9
        print("\(stage.rawValue): \(count) chunks, \(Int(nanoseconds / Double(count))) ns per chunk, outcome \(outcome)")
    }

    private static func explain() {
        print("usage: Bench \(Stage.allCases.map(\.rawValue).joined(separator: "|")) CHUNKS [quiet]")
        print("       Bench \(LongReasoning.allCases.map(\.rawValue).joined(separator: "|")) BYTES")
    }
}
