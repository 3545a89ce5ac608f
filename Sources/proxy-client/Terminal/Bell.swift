import Foundation
import Synchronization

/// Wakes a thread that waits on descriptors: a pipe with at most one byte in it.
final class Bell: Sendable {
    private let pipe = Pipe()
    private let isRinging = Mutex(false)

    /// Becomes readable when the bell rings.
    var descriptor: Int32 { pipe.fileHandleForReading.fileDescriptor }

    /// Callable from any thread. A bell that rings already stays ringing.
    func ring() {
        isRinging.withLock { isRinging in
            // `try?`: writing one byte to an empty pipe of our own does not fail.
            if !isRinging { try? pipe.fileHandleForWriting.write(contentsOf: [0]) }
            isRinging = true
        }
    }

    /// Forgets that it rang.
    func silence() {
        isRinging.withLock { isRinging in
            // `try?`: as above; the byte is there, so that this does not wait.
            if isRinging { _ = try? pipe.fileHandleForReading.read(upToCount: 1) }
            isRinging = false
        }
    }
}
