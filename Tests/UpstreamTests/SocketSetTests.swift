import Glibc
import Testing

@testable import Upstream

struct SocketSetTests {
    private func isReadable(_ set: SocketSet, within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: set.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) == 1
    }

    /// How many sockets are ready.
    private func look(_ set: SocketSet, _ body: (Int32) -> Void = { _ in }) -> Int {
        set.forEachReady(at: MonotonicClock.now) { socket, _ in body(socket) }.count
    }

    /// What a client does in a round: looks for sockets, then takes the time if it is due.
    private func isDue(_ set: SocketSet) -> Bool {
        _ = look(set)
        return set.takeDueTime()
    }

    /// Waits as a client does until libcurl is to be called, and tells how long that took.
    private func waitUntilDue(_ set: SocketSet) -> Duration {
        let start = MonotonicClock.now
        while true {
            set.armTimer()
            #expect(isReadable(set, within: 5000))
            if isDue(set) || MonotonicClock.now - start > .seconds(10) { return MonotonicClock.now - start }
        }
    }

    @Test func theSetBecomesReadableWhenTheTimeHasCome() throws {
        let set = try SocketSet()
        set.armTimer()
        #expect(!isReadable(set, within: 0))
        let start = MonotonicClock.now
        set.timerChanged(milliseconds: 20)
        #expect(waitUntilDue(set) < .seconds(4))
        #expect(MonotonicClock.now - start >= .milliseconds(20))
        set.armTimer()
        #expect(!isReadable(set, within: 0))
        #expect(!isDue(set))
    }

    @Test func anEarlierTimeReplacesALaterOne() throws {
        let set = try SocketSet()
        set.timerChanged(milliseconds: 60_000)
        set.armTimer()
        set.timerChanged(milliseconds: 20)
        #expect(waitUntilDue(set) < .seconds(4))
    }

    @Test func aLaterTimeIsKeptThroughAnEarlyExpiry() throws {
        let set = try SocketSet()
        set.timerChanged(milliseconds: 10)
        set.armTimer()
        let start = MonotonicClock.now
        set.timerChanged(milliseconds: 60)
        #expect(waitUntilDue(set) < .seconds(4))
        #expect(MonotonicClock.now - start >= .milliseconds(60))
    }

    @Test func aTimeTakenBackIsNeverDue() throws {
        let set = try SocketSet()
        set.timerChanged(milliseconds: 10)
        set.armTimer()
        set.timerChanged(milliseconds: -1)
        // The descriptor still expires, once.
        #expect(isReadable(set, within: 5000))
        #expect(!isDue(set))
        set.armTimer()
        #expect(!isReadable(set, within: 50))
        set.timerChanged(milliseconds: 0)
        #expect(isDue(set))
    }

    @Test func socketsAreReportedWhileWatched() throws {
        let set = try SocketSet()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let readable: UInt32 = 1
        set.watch(ends[0], for: readable)
        #expect(look(set) == 0)
        write(ends[1], "x", 1)
        #expect(isReadable(set, within: 5000))
        var seen: [Int32] = []
        #expect(look(set) { seen.append($0) } == 1)
        #expect(seen == [ends[0]])
        set.watch(ends[0], for: 0)
        #expect(look(set) == 0)
        set.watch(ends[0], for: readable)
        #expect(look(set) == 1)
    }

    @Test func aSocketThatIsReadyAgainSoonIsHot() throws {
        let set = try SocketSet()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        set.watch(ends[1], for: 4)
        let gaps: [Duration] = [.zero, LookPacing.spacing - .nanoseconds(1), LookPacing.spacing, .microseconds(1)]
        var now = Duration.seconds(100)
        let hotCounts = gaps.map { gap in
            now += gap
            return set.forEachReady(at: now) { _, _ in }.hotCount
        }
        #expect(hotCounts == [0, 1, 0, 1])
    }

    @Test func aNumberThatIsUsedAgainAfterACloseIsWatchedAgain() throws {
        let set = try SocketSet()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let writable: UInt32 = 4
        set.watch(ends[1], for: writable)
        #expect(look(set) == 1)
        // Closed behind the set's back, and the number given to the next descriptor.
        var others: [Int32] = [0, 0]
        #expect(pipe(&others) == 0)
        dup2(others[1], ends[1])
        set.watch(ends[1], for: writable | 1)
        #expect(look(set) == 1)
        for end in ends + others { close(end) }
    }
}
