import CMalloc
import Foundation
import NIOCore
import Synchronization

/// The process's resident memory, looked at ten times a second at most.
final class MemoryWatch: Sendable {
    private struct Look {
        var at: NIODeadline
        var bytes: Int
        var gaveBack: NIODeadline
    }

    private static let interval = Duration.milliseconds(100)
    /// How often memory that nobody uses is handed back to the system while there is too little of it.
    private static let giveBackInterval = Duration.seconds(1)

    private let limit: Int?
    private let last = Mutex<Look?>(nil)

    init(limit: Int?) {
        self.limit = limit
    }

    /// Whether the process holds more than it may. Memory that is free inside the process is handed back first: it would keep new requests
    /// out for ever.
    var isPressed: Bool {
        guard let limit else { return false }
        return last.withLock { look in
            let now = NIODeadline.now()
            if let look, look.at.elapsed < MemoryWatch.interval { return look.bytes > limit }
            var gaveBack = look?.gaveBack ?? .uptimeNanoseconds(0)
            var bytes = MemoryWatch.residentBytes ?? 0
            if bytes > limit, gaveBack.elapsed >= MemoryWatch.giveBackInterval {
                gaveBack = now
                cmalloc_give_back()
                bytes = MemoryWatch.residentBytes ?? 0
            }
            look = Look(at: now, bytes: bytes, gaveBack: gaveBack)
            return bytes > limit
        }
    }

    /// What the system counts for this process; nil where it cannot be asked.
    static var residentBytes: Int? {
        // Not Linux, or no /proc: then there is no such figure.
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return pages.map { $0 * Int(getpagesize()) }
    }
}
