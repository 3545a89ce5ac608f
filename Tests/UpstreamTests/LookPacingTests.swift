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
        #expect(!pacing.isBusy)
    }

    @Test func readsCloseTogetherAreLookedForAtOnce() {
        var pacing = LookPacing()
        let nexts = play(&pacing, from: Self.millisecond, every: .microseconds(49), [1, 1, 1])
        #expect(nexts == [.whenTold, .atOnce, .atOnce])
        #expect(pacing.looked(readCount: 1, hotCount: 0, at: .milliseconds(2)) == .whenTold)
    }

    @Test func aLookThatFindsNothingIsFollowedByTheKernelsWord() {
        var pacing = LookPacing()
        _ = play(&pacing, from: Self.millisecond, every: .microseconds(10), Array(repeating: 8, count: 100))
        #expect(pacing.isBusy)
        #expect(pacing.looked(readCount: 0, hotCount: 0, at: .milliseconds(2) + .microseconds(10)) == .whenTold)
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

    @Test func whatWasBusyIsCalmSoonAfterwards() {
        var pacing = LookPacing()
        _ = play(&pacing, from: Self.millisecond, every: .microseconds(100), Array(repeating: 256, count: 10_000))
        #expect(pacing.isBusy)
        let end = Self.millisecond + .seconds(1)
        #expect(pacing.looked(readCount: 1, hotCount: 1, at: end + .milliseconds(4)) == .whenTold)
        #expect(!pacing.isBusy)
    }

    @Test func whileItIsBusyALookPerSpacingKeepsItSo() {
        var pacing = LookPacing()
        _ = play(&pacing, from: Self.millisecond, every: .microseconds(10), Array(repeating: 1, count: 100))
        let nexts = play(&pacing, from: .milliseconds(2), every: LookPacing.spacing, Array(repeating: 8, count: 100))
        #expect(nexts.allSatisfy { $0 == .later })
    }
}
