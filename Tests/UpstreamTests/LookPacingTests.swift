import Testing

@testable import Upstream

struct LookPacingTests {
    private static let millisecond = Duration.milliseconds(1)

    /// Looks, each so long behind the one before, that find so many sockets ready, all of them hot.
    private func play(_ pacing: inout LookPacing, from start: Duration, every gap: Duration, _ readCounts: [Int]) -> [LookPacing.Next] {
        readCounts.enumerated().map { pacing.looked(readCount: $1, hotCount: $1, at: start + gap * ($0 + 1)) }
    }

    @Test func aLoneReadIsFollowedByTheKernelsWord() {
        var pacing = LookPacing()
        #expect(
            play(&pacing, from: Self.millisecond, every: Self.millisecond, Array(repeating: 1, count: 1000)).allSatisfy { $0 == .whenTold })
    }

    @Test func readsCloseTogetherAreLookedForAtOnce() {
        var pacing = LookPacing()
        let nexts = play(&pacing, from: Self.millisecond, every: .microseconds(49), [1, 1, 1])
        #expect(nexts == [.whenTold, .atOnce, .atOnce])
        #expect(pacing.looked(readCount: 1, hotCount: 0, at: .milliseconds(2)) == .whenTold)
    }

    @Test func aLookThatFindsNothingIsFollowedByTheKernelsWord() {
        var pacing = busy(at: Self.millisecond)
        #expect(pacing.looked(readCount: 0, hotCount: 0, at: Self.millisecond + .microseconds(200)) == .whenTold)
        #expect(pacing.looked(readCount: 1, hotCount: 0, at: Self.millisecond + .microseconds(300)) == .later)
    }

    @Test func hotReadsForSomeTimeMakeItBusy() throws {
        var pacing = LookPacing()
        // 100 a millisecond.
        let nexts = play(&pacing, from: Self.millisecond, every: .microseconds(10), Array(repeating: 1, count: 100))
        let first = try #require(nexts.firstIndex(of: .later))
        #expect(first >= LookPacing.burst)
        #expect(first < 2 * LookPacing.burst)
        #expect(nexts[first...].allSatisfy { $0 == .later })
    }

    @Test func theSustainedRateIsNotBusy() {
        var pacing = LookPacing()
        let gap = Self.millisecond / LookPacing.sustainedReads
        #expect(play(&pacing, from: Self.millisecond, every: gap, Array(repeating: 1, count: 10_000)).allSatisfy { $0 != .later })
    }

    @Test func manyStreamsOfLoneChunksAreNeverBusy() {
        var pacing = LookPacing()
        for number in 1...10_000 {
            #expect(pacing.looked(readCount: 4, hotCount: 0, at: Self.millisecond + .microseconds(10) * number) != .later)
        }
    }

    @Test func aBurstOfOneLookIsNotEnough() {
        var pacing = LookPacing()
        #expect(pacing.looked(readCount: LookPacing.burst - 1, hotCount: LookPacing.burst - 1, at: Self.millisecond) != .later)
        #expect(pacing.looked(readCount: 1, hotCount: 1, at: .seconds(1)) == .whenTold)
    }

    @Test func itIsBusyForItsTimeThenWeighsAnew() {
        var pacing = busy(at: Self.millisecond)
        let end = Self.millisecond + LookPacing.busyTime
        #expect(pacing.looked(readCount: 1, hotCount: 0, at: end - .nanoseconds(1)) == .later)
        #expect(pacing.looked(readCount: 1, hotCount: 0, at: end) != .later)
        var again = busy(at: Self.millisecond)
        // Still hot: busy again after another burst, not before.
        let nexts = play(&again, from: end, every: .microseconds(10), Array(repeating: 1, count: 100))
        #expect(nexts.prefix(LookPacing.burst).allSatisfy { $0 != .later })
        #expect(nexts.last == .later)
    }

    /// One that has just become busy.
    private func busy(at time: Duration) -> LookPacing {
        var pacing = LookPacing()
        #expect(pacing.looked(readCount: LookPacing.burst, hotCount: LookPacing.burst, at: time) == .later)
        return pacing
    }
}
