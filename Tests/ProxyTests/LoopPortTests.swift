import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Proxy

/// What the upstream client asks of a loop, on one of NIO's.
@Suite(.timeLimit(.minutes(1)))
struct LoopPortTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    @Test func aTaskRunsOnTheLoopOnceItsTimeHasCome() async {
        let port = NIOLoopPort(loop)
        let start = ContinuousClock.now
        let isOnLoop = await withCheckedContinuation { continuation in
            _ = port.schedule(after: .milliseconds(20)) { continuation.resume(returning: port.isCurrentThread) }
        }
        #expect(isOnLoop)
        #expect(!port.isCurrentThread)
        #expect(ContinuousClock.now - start >= .milliseconds(20))
    }

    @Test func aTaskOfTheLoopsOwnThreadRunsOnALaterTurn() async {
        let port = NIOLoopPort(loop)
        let order: [Int] = await withCheckedContinuation { continuation in
            port.execute {
                let seen = SharedNumbers()
                _ = port.schedule(after: .microseconds(200)) {
                    seen.add(2)
                    continuation.resume(returning: seen.all)
                }
                seen.add(1)
            }
        }
        #expect(order == [1, 2])
    }

    @Test func aTaskTakenBackDoesNotRun() async {
        let port = NIOLoopPort(loop)
        let ran = SharedNumbers()
        let first = port.schedule(after: .milliseconds(10)) { ran.add(1) }
        first.cancel()
        first.cancel()
        await withCheckedContinuation { continuation in
            _ = port.schedule(after: .milliseconds(30)) { continuation.resume() }
        }
        #expect(ran.all.isEmpty)
    }
}

/// Numbers that several threads note.
private final class SharedNumbers: Sendable {
    private let numbers = Mutex<[Int]>([])

    var all: [Int] { numbers.withLock { $0 } }

    func add(_ number: Int) { numbers.withLock { $0.append(number) } }
}
