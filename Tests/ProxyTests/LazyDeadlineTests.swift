import NIOCore
import Testing

@testable import Proxy

/// A deadline that is moved without moving its timer.
@Suite struct LazyDeadlineTests {
    private func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    private func outcome(_ outcome: LazyDeadline.Outcome) -> String {
        switch outcome {
        case .nothing: "nothing"
        case .early(let time): "early \((time - self.time(0)).nanoseconds / 1_000_000_000)"
        case .due: "due"
        }
    }

    @Test func onlyAnEarlierDeadlineNeedsAnotherTimer() {
        var deadline = LazyDeadline()
        #expect(deadline.arm(at: time(60)) == time(60))
        #expect(deadline.arm(at: time(10)) == time(10))
        #expect(deadline.arm(at: time(30)) == nil)
        #expect(deadline.arm(at: time(10)) == nil)
        #expect(deadline.arm(at: time(9)) == time(9))
    }

    @Test func aTimerThatRingsTooEarlyIsSetOnceMore() {
        var deadline = LazyDeadline()
        _ = deadline.arm(at: time(10))
        _ = deadline.arm(at: time(30))
        #expect(outcome(deadline.timerRang(at: time(10))) == "early 30")
        #expect(deadline.arm(at: time(40)) == nil)
        #expect(outcome(deadline.timerRang(at: time(30))) == "early 40")
        #expect(outcome(deadline.timerRang(at: time(40))) == "due")
        #expect(outcome(deadline.timerRang(at: time(41))) == "nothing")
        #expect(deadline.arm(at: time(50)) == time(50))
    }

    @Test func whatIsNotWaitedForDoesNotPass() {
        var deadline = LazyDeadline()
        _ = deadline.arm(at: time(10))
        deadline.disarm()
        #expect(deadline.arm(at: time(12)) == nil)
        deadline.disarm()
        #expect(outcome(deadline.timerRang(at: time(10))) == "nothing")
        #expect(deadline.arm(at: time(20)) == time(20))
        deadline.cancel()
        #expect(deadline.arm(at: time(20)) == time(20))
    }
}
