import Descriptors
import Foundation
import Synchronization

/// Where log lines go: the standard error, as far as it takes them. A log must never stop a stream.
///
/// A reader that has gone, a full disk and a missing descriptor cost the line. So does a pipe or terminal whose reader has stopped
/// reading: it is asked for room first, and a line goes out only into room that is there. How many lines were lost is told as soon
/// as there is room again.
final class LogOutput: Sendable {
    static let shared = LogOutput(descriptor: 2)

    /// A pipe that says it has room takes so many bytes without waiting (POSIX: `PIPE_BUF`, on Linux one page).
    private static let safeByteCount = 4096

    private let descriptor: CInt
    private let lostLineCount = Mutex(0)

    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// One write for a line; the lock keeps two threads from sharing the room that was there for one.
    ///
    /// - Parameters:
    ///   - line: the line with its end.
    ///   - lossNote: the line that tells how many lines were lost before it, in the log's own form.
    func write(_ line: String, lossNote: (Int) -> String) {
        lostLineCount.withLock { lost in
            guard hasRoom else { return lost += 1 }
            if lost > 0 {
                send(lossNote(lost))
                lost = 0
                guard hasRoom else { return lost += 1 }
            }
            send(line)
        }
    }

    private var hasRoom: Bool { StandardDescriptors.hasRoom(descriptor) }

    private func send(_ line: String) {
        var bytes = Data(line.utf8)
        if bytes.count > LogOutput.safeByteCount { bytes = bytes.prefix(LogOutput.safeByteCount - 1) + [0x0A] }
        // The line is lost and there is nobody to tell.
        try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: bytes)
    }
}
