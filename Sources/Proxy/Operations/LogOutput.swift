import Descriptors
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
    func write(_ line: [UInt8], lossNote: (Int) -> [UInt8]) {
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

    private func send(_ line: [UInt8]) {
        // What cannot be written is lost, and there is nobody to tell.
        guard line.count > LogOutput.safeByteCount else { return StandardDescriptors.write(line, to: descriptor) }
        StandardDescriptors.write(line.prefix(LogOutput.safeByteCount - 1) + [0x0A], to: descriptor)
    }
}
