import Foundation
import Glibc

/// Standard output and standard error, written at once and in order.
struct Console: Sendable {
    /// Standard output takes no more.
    struct OutputClosed: Error {
        /// Why not, when it is something else than a reader who has gone: a full disk.
        var reason: String?
    }

    var answer = FileHandle.standardOutput
    var decoration = FileHandle.standardError

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
        let file =
            switch stream {
            case .answer: answer
            case .decoration: decoration
            }
        do { try file.write(contentsOf: Data(text.utf8)) } catch {
            // A closed standard error is no reason to stop the answer.
            if stream == .answer { throw OutputClosed(reason: Self.reason(error)) }
        }
    }

    private static func reason(_ error: any Error) -> String? {
        let code = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code ?? (error as NSError).code
        return code == Int(EPIPE) ? nil : (error as NSError).localizedDescription
    }

    /// An error of the program itself, on standard error.
    func complain(_ message: String) {
        // `try?`: when standard error is gone as well there is nobody left to tell.
        try? write("proxy-client: \(TerminalText.safe(message))\n", to: .decoration)
    }
}
