import Foundation

/// Standard output and standard error, written at once and in order.
struct Console: Sendable {
    /// Whoever read the output has gone.
    struct OutputClosed: Error {}

    /// Writes, in as few calls as the order allows.
    func write(_ writes: [ScreenWrite]) throws(OutputClosed) {
        var rest = writes[...]
        while let first = rest.first {
            let run = rest.prefix { $0.stream == first.stream }
            try write(run.map(\.text).joined(), to: first.stream)
            rest = rest.dropFirst(run.count)
        }
    }

    func write(_ text: String, to stream: ScreenWrite.Stream) throws(OutputClosed) {
        let file: FileHandle =
            switch stream {
            case .answer: .standardOutput
            case .decoration: .standardError
            }
        do { try file.write(contentsOf: Data(text.utf8)) } catch {
            // A closed standard error is no reason to stop the answer.
            if stream == .answer { throw OutputClosed() }
        }
    }

    /// An error of the program itself, on standard error.
    func complain(_ message: String) {
        // `try?`: when standard error is gone as well there is nobody left to tell.
        try? write("proxy-client: \(TerminalText.safe(message))\n", to: .decoration)
    }
}
