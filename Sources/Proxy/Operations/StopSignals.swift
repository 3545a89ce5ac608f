import Dispatch
import Foundation

/// SIGTERM and SIGINT: the first asks the server to finish, the second ends the process at once.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]
    private let arrivals: AsyncStream<Void>

    /// From here on the signals do not kill the process any more.
    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        arrivals = stream
        let queue = DispatchQueue(label: "stop-signals")
        let count = SignalCount()
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [count] in
                if count.next() > 1 { exit(1) }
                continuation.yield()
            }
            source.resume()
            return source
        }
        // A peer that closes early is an error of one write, not a reason to die.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Returns when the first signal has arrived.
    func first() async {
        for await _ in arrivals { return }
    }
}

/// Counts on one dispatch queue; `@unchecked Sendable` because that queue is the only one that touches it.
private final class SignalCount: @unchecked Sendable {
    private var count = 0

    func next() -> Int {
        count += 1
        return count
    }
}
