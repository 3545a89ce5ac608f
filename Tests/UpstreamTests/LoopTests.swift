import Testing

@testable import Upstream

extension SocketTests {
    struct LoopTests {
        @Test func tasksRunInOrderOnTheLoopsThread() throws {
            let loop = try ThreadLoop()
            defer { loop.shutdown() }
            let done = Promise<[Int]>()
            let order = Box<[Int]>([])
            #expect(!loop.isCurrentThread)
            for number in 0..<1000 { loop.execute { if loop.isCurrentThread { order.value.append(number) } } }
            loop.execute { done.fulfil(order.value) }
            #expect(try done.wait() == Array(0..<1000))
        }

        @Test func timersRunInTheOrderOfTheirTimes() throws {
            let loop = try ThreadLoop()
            defer { loop.shutdown() }
            let done = Promise<[Int]>()
            let order = Box<[Int]>([])
            for delay in [50, 10, 40, 20, 30, 0] { _ = loop.schedule(after: .milliseconds(delay)) { order.value.append(delay) } }
            _ = loop.schedule(after: .milliseconds(60)) { done.fulfil(order.value) }
            #expect(try done.wait() == [0, 10, 20, 30, 40, 50])
        }

        @Test func aTimerDoesNotFireEarly() throws {
            let loop = try ThreadLoop()
            defer { loop.shutdown() }
            let fired = Promise<Duration>()
            let start = MonotonicClock.now
            _ = loop.schedule(after: .milliseconds(30)) { fired.fulfil(MonotonicClock.now - start) }
            #expect(try fired.wait() >= .milliseconds(30))
        }

        @Test func aCancelledTimerDoesNotRun() throws {
            let loop = try ThreadLoop()
            defer { loop.shutdown() }
            let order = Box<[Int]>([])
            let done = Promise<[Int]>()
            let first = loop.schedule(after: .milliseconds(10)) { order.value.append(1) }
            _ = loop.schedule(after: .milliseconds(20)) { done.fulfil(order.value) }
            first.cancel()
            first.cancel()
            #expect(try done.wait() == [])
        }

        @Test func shutdownRunsWhatWasGivenAndNothingLater() throws {
            let loop = try ThreadLoop()
            let order = Box<[Int]>([])
            let isHeld = Promise<Bool>()
            loop.execute { _ = try? isHeld.wait() }
            loop.execute { order.value.append(1) }
            _ = loop.schedule(after: .seconds(60)) { order.value.append(2) }
            isHeld.fulfil(true)
            loop.shutdown()
            loop.shutdown()
            loop.execute { order.value.append(3) }
            #expect(order.value == [1])
        }

        @Test func shutdownFromTheLoopItselfDoesNotWaitForItself() throws {
            let loop = try ThreadLoop()
            let done = Promise<Bool>()
            loop.execute {
                loop.shutdown()
                done.fulfil(true)
            }
            #expect(try done.wait())
            loop.shutdown()
        }

        @Test func useFromAnotherThreadIsCaught() async {
            await #expect(processExitsWith: .failure) {
                let loop = try ThreadLoop()
                let client = try UpstreamClient(loop: loop)
                client.shutdown()
            }
        }

        /// A value that one thread after the other uses.
        private final class Box<Value>: @unchecked Sendable {
            // `@unchecked`: used on the loop's thread, then, after a wait, on the test's.
            var value: Value
            init(_ value: Value) { self.value = value }
        }
    }
}
