import Foundation
import Synchronization
import Testing

/// What a child writes to one descriptor, collected by a thread of its own so that the child never waits for the test.
final class CollectedText: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isOver = true
    }

    private let state = Mutex(State())

    var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n").map(String.init) }
    var isOver: Bool { state.withLock { $0.isOver } }

    /// Reads until the writers have gone.
    func collect(from descriptor: CInt) {
        state.withLock { $0.isOver = false }
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                state.withLock { $0.bytes += buffer[..<count] }
            }
            close(descriptor)
            state.withLock { $0.isOver = true }
        }
    }

    /// The text behind `mark` in the first line that has it, up to the next white space.
    func word(after mark: String, within limit: Duration = .seconds(10)) throws -> String {
        try eventually("“\(mark)” in the output", within: limit) {
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                guard let range = line.range(of: mark) else { continue }
                return String(line[range.upperBound...].prefix { !$0.isWhitespace })
            }
            return nil
        }
    }
}

/// The last child processes with what they wrote: added to every issue that a test records.
final class ProcessStories: Sendable {
    static let shared = ProcessStories()
    private static let kept = 4
    private static let shownCharacters = 3000

    private let stories = Mutex<[@Sendable () -> String]>([])

    func add(_ command: String, _ id: pid_t, _ output: CollectedText, _ errors: CollectedText) {
        let story: @Sendable () -> String = {
            "— \(command) (id \(id))\n  stdout: \(output.text.suffix(ProcessStories.shownCharacters))\n"
                + "  stderr: \(errors.text.suffix(ProcessStories.shownCharacters))"
        }
        stories.withLock { $0 = $0.suffix(ProcessStories.kept - 1) + [story] }
    }

    var text: String {
        stories.withLock { $0 }.map { $0() }.joined(separator: "\n")
    }
}

extension Trait where Self == IssueHandlingTrait {
    /// An issue tells which programs ran, on which ports, and what they wrote.
    static var tellingProcesses: Self {
        .compactMapIssues { issue in
            var issue = issue
            issue.comments.append(Comment(rawValue: ProcessStories.shared.text))
            return issue
        }
    }
}

/// All end-to-end tests, one after the other: they measure times on a machine with few cores.
@Suite(.serialized, .tellingProcesses, .timeLimit(.minutes(1)))
enum EndToEnd {}
