import Testing

@testable import Upstream

struct BreakerTests {
    /// A breaker with a clock and without chance (the middle of the jitter).
    struct Bench {
        var breaker: CircuitBreaker
        var now = Duration.seconds(1000)

        init(_ settings: BreakerSettings = BreakerSettings()) { breaker = CircuitBreaker(settings) }

        mutating func permit(evenIfOpen: Bool = false) -> BreakerPermit? {
            if case .admitted(let permit, _) = breaker.admit(now: now, evenIfOpen: evenIfOpen) { permit } else { nil }
        }

        mutating func refusal() -> BreakerAdmission? {
            let admission = breaker.admit(now: now)
            if case .refused = admission { return admission }
            return nil
        }

        /// One whole call; false if it was refused.
        @discardableResult
        mutating func call(_ verdict: BreakerVerdict, random: Double = 0.5) -> Bool {
            guard let permit = permit() else { return false }
            _ = breaker.report(verdict, for: permit, now: now, random: random)
            return true
        }

        mutating func call(_ verdict: BreakerVerdict, times: Int) { for _ in 0..<times { call(verdict) } }

        mutating func open() {
            call(failed, times: 5)
            #expect(isOpen)
        }

        mutating func pass(_ seconds: Double) { now += .seconds(seconds) }
        var isOpen: Bool { if case .open = breaker.state { true } else { false } }
        var openReason: BreakerReason? { if case .open(_, let reason) = breaker.state { reason } else { nil } }
    }

    private static let failed = BreakerVerdict.failure(code: "upstream_reset", isSlow: false)
    private static let passed = BreakerVerdict.success(isSlow: false)
    private var failed: BreakerVerdict { Self.failed }
    private var passed: BreakerVerdict { Self.passed }

    @Test func fiveFailuresInARowOpenIt() {
        var bench = Bench()
        bench.call(failed, times: 4)
        #expect(bench.breaker.state == .closed)
        bench.call(failed)
        #expect(bench.openReason == .consecutiveFailures)
        #expect(bench.refusal() == .refused(.open(.consecutiveFailures), retryAfter: .seconds(5)))
        #expect(bench.breaker.status(at: bench.now).lastFailureCode == "upstream_reset")
    }

    @Test func aSuccessEndsTheRowOfFailures() {
        var bench = Bench()
        for _ in 0..<2 {
            bench.call(failed, times: 4)
            bench.call(passed)
        }
        #expect(bench.breaker.status(at: bench.now).consecutiveFailures == 0)
        // Ten calls, eight of them failed: the share opened it, not the row.
        #expect(bench.openReason == .failureShare)
    }

    @Test func halfOfAtLeastTenCallsFailedOpensIt() {
        var bench = Bench()
        for _ in 0..<4 {
            bench.call(failed)
            bench.call(passed)
        }
        bench.call(failed)
        #expect(bench.breaker.state == .closed)
        bench.call(passed)
        #expect(bench.openReason == .failureShare)
    }

    @Test func fewerThanHalfFailedKeepsItClosed() {
        var bench = Bench()
        for _ in 0..<100 {
            bench.call(passed, times: 2)
            bench.call(failed)
        }
        #expect(bench.breaker.state == .closed)
    }

    @Test func eightOfTenSlowCallsOpenIt() {
        var bench = Bench()
        bench.call(passed, times: 2)
        bench.call(.success(isSlow: true), times: 7)
        #expect(bench.breaker.state == .closed)
        bench.call(.success(isSlow: true))
        #expect(bench.openReason == .slowShare)
    }

    @Test func oldCallsDropOutOfTheWindow() {
        var bench = Bench()
        bench.call(failed, times: 4)
        bench.call(passed)
        bench.pass(61)
        bench.call(passed, times: 5)
        #expect(bench.breaker.status(at: bench.now).calls == 5)
        #expect(bench.breaker.status(at: bench.now + .seconds(59)).calls == 5)
        #expect(bench.breaker.status(at: bench.now + .seconds(60)).calls == 0)
    }

    @Test func anOldRowOfFailuresIsForgotten() {
        var bench = Bench()
        bench.call(failed, times: 4)
        bench.pass(61)
        bench.call(failed)
        #expect(bench.breaker.state == .closed)
        #expect(bench.breaker.status(at: bench.now).consecutiveFailures == 1)
    }

    @Test func whatSaysNothingAboutTheUpstreamIsNotCounted() {
        var bench = Bench()
        bench.call(.excluded, times: 100)
        bench.call(.credentialFault, times: 100)
        #expect(bench.breaker.state == .closed)
        #expect(bench.breaker.status(at: bench.now).calls == 0)
        #expect(bench.breaker.status(at: bench.now).hasCredentialFault)
        bench.call(passed)
        #expect(!bench.breaker.status(at: bench.now).hasCredentialFault)
    }

    @Test func rateLimitsWithoutAHintCountInTheWindowButNotInTheRow() {
        var bench = Bench()
        bench.call(.rateLimited, times: 9)
        #expect(bench.breaker.state == .closed)
        #expect(bench.breaker.status(at: bench.now).consecutiveFailures == 0)
        bench.call(.rateLimited)
        #expect(bench.openReason == .failureShare)
    }

    @Test func softFailuresCountHalf() {
        var bench = Bench()
        bench.call(.softFailure(code: "upstream_protocol"), times: 9)
        #expect(bench.breaker.status(at: bench.now).failures == 4.5)
        #expect(bench.breaker.state == .closed)
        bench.call(passed, times: 3)
        bench.call(.softFailure(code: "upstream_protocol"), times: 100)
        #expect(bench.breaker.state == .closed)
        bench.call(.rateLimited, times: 4)
        #expect(bench.openReason == .failureShare)
    }

    @Test func twoProbesOneAfterTheOtherCloseIt() {
        var bench = Bench()
        bench.open()
        bench.pass(4)
        #expect(bench.permit() == nil)
        bench.pass(1)
        let probe = bench.breaker.admit(now: bench.now)
        guard case .admitted(let permit, let transition) = probe else {
            Issue.record("no such admission")
            return
        }
        #expect(permit.isProbe)
        #expect(transition?.to == .halfOpen)
        #expect(bench.refusal() == .refused(.probing, retryAfter: .seconds(1)))
        #expect(bench.breaker.report(passed, for: permit, now: bench.now, random: 0.5) == nil)
        guard let second = bench.permit() else {
            Issue.record("no such admission")
            return
        }
        #expect(bench.breaker.report(passed, for: second, now: bench.now, random: 0.5) == BreakerTransition(from: .halfOpen, to: .closed))
        #expect(bench.breaker.status(at: bench.now).calls == 0)
        #expect(bench.permit()?.isProbe == false)
    }

    @Test(arguments: [BreakerVerdict.failure(code: "upstream_dns", isSlow: true), .rateLimited])
    func aFailedProbeOpensItForTwiceAsLong(verdict: BreakerVerdict) {
        var bench = Bench()
        bench.open()
        var expected: [Double] = []
        for seconds in [5.0, 10, 20, 40, 80, 120, 120] {
            guard case .open(let until, _) = bench.breaker.state else {
                Issue.record("no such admission")
                return
            }
            expected.append(seconds)
            #expect(until - bench.now == .seconds(seconds))
            bench.now = until
            bench.call(verdict)
            #expect(bench.openReason == .failedProbe)
        }
        #expect(expected.count == 7)
    }

    @Test(arguments: [(0.0, 4.0), (0.25, 4.5), (1.0, 6.0), (-7.0, 4.0), (9.0, 6.0)])
    func theOpenTimeVariesByAFifth(random: Double, seconds: Double) {
        var bench = Bench()
        for _ in 0..<5 { bench.call(failed, random: random) }
        let expected = Duration.seconds(seconds)
        guard case .refused(_, let retryAfter) = bench.breaker.admit(now: bench.now) else {
            Issue.record("no such admission")
            return
        }
        #expect(abs((retryAfter - expected) / .seconds(1)) < 1e-9)
    }

    @Test func theDoublingIsForgottenAfterAQuietMinute() {
        var bench = Bench()
        func openTime() -> Duration? { if case .open(let until, _) = bench.breaker.state { until - bench.now } else { nil } }
        bench.open()
        bench.pass(5)
        bench.call(passed, times: 2)
        #expect(bench.breaker.state == .closed)
        bench.pass(30)
        bench.call(failed, times: 5)
        #expect(openTime() == .seconds(10))
        bench.pass(10)
        bench.call(passed, times: 2)
        bench.pass(60)
        bench.call(failed, times: 5)
        #expect(openTime() == .seconds(5))
    }

    @Test(arguments: [BreakerVerdict.excluded, .credentialFault, .softFailure(code: "upstream_protocol")])
    func aDepartingProbeFreesItsSlot(verdict: BreakerVerdict) {
        var bench = Bench()
        bench.open()
        bench.pass(5)
        for _ in 0..<10 {
            let isAdmitted = bench.call(verdict)
            #expect(isAdmitted)
            #expect(bench.breaker.state == .halfOpen)
        }
        bench.call(passed, times: 2)
        #expect(bench.breaker.state == .closed)
    }

    @Test func verdictsOfAnOlderGenerationAreIgnored() {
        var bench = Bench()
        let old = (0..<20).compactMap { _ in bench.permit() }
        bench.open()
        for permit in old { #expect(bench.breaker.report(failed, for: permit, now: bench.now, random: 0.5) == nil) }
        bench.pass(5)
        guard let probe = bench.permit() else {
            Issue.record("no such admission")
            return
        }
        for permit in old {
            #expect(bench.breaker.report(failed, for: permit, now: bench.now, random: 0.5) == nil)
            #expect(bench.breaker.report(passed, for: permit, now: bench.now, random: 0.5) == nil)
        }
        #expect(bench.breaker.state == .halfOpen)
        #expect(bench.permit() == nil)
        _ = bench.breaker.report(passed, for: probe, now: bench.now, random: 0.5)
        #expect(bench.breaker.state == .halfOpen)
    }

    @Test func aThrottledUpstreamIsLeftAloneWithoutBeingOpen() {
        var bench = Bench()
        bench.call(.throttled(for: .seconds(30)))
        #expect(bench.breaker.state == .closed)
        #expect(bench.refusal() == .refused(.throttled, retryAfter: .seconds(30)))
        #expect(bench.permit(evenIfOpen: true) == nil)
        bench.pass(30)
        #expect(bench.permit() != nil)
        #expect(bench.breaker.status(at: bench.now).calls == 0)
    }

    @Test func theLatestThrottleHoldsAndNoneIsLongerThanTheLimit() {
        var bench = Bench()
        let permits = (0..<4).compactMap { _ in bench.permit() }
        for (permit, seconds) in zip(permits, [60.0, 5, -8, 50]) {
            _ = bench.breaker.report(.throttled(for: .seconds(seconds)), for: permit, now: bench.now, random: 0.5)
        }
        #expect(bench.breaker.status(at: bench.now).throttledFor == .seconds(60))
        bench.pass(60)
        bench.call(.throttled(for: .seconds(86_400)))
        #expect(bench.breaker.status(at: bench.now).throttledFor == .seconds(300))
    }

    @Test func aThrottleIsHeardFromAnOlderGenerationToo() {
        var bench = Bench()
        guard let old = bench.permit() else {
            Issue.record("no such admission")
            return
        }
        bench.open()
        _ = bench.breaker.report(.throttled(for: .seconds(9)), for: old, now: bench.now, random: 0.5)
        #expect(bench.isOpen)
        let status = bench.breaker.status(at: bench.now)
        #expect(status.retryAfter == .seconds(9))
        bench.pass(5)
        #expect(bench.refusal() == .refused(.throttled, retryAfter: .seconds(4)))
    }

    @Test func anOpenBreakerCanBeTriedEarly() {
        var bench = Bench()
        bench.open()
        guard let probe = bench.permit(evenIfOpen: true) else {
            Issue.record("no such admission")
            return
        }
        #expect(probe.isProbe)
        #expect(bench.permit(evenIfOpen: true) == nil)
        _ = bench.breaker.report(failed, for: probe, now: bench.now, random: 0.5)
        #expect(bench.refusal() == .refused(.open(.failedProbe), retryAfter: .seconds(10)))
    }

    @Test func anOperatorCanCloseIt() {
        var bench = Bench()
        let old = bench.permit()
        bench.open()
        _ = bench.breaker.admit(now: bench.now)
        #expect(bench.breaker.reset(now: bench.now)?.to == .closed)
        #expect(bench.breaker.reset(now: bench.now) == nil)
        #expect(bench.permit()?.isProbe == false)
        if let old { _ = bench.breaker.report(failed, for: old, now: bench.now, random: 0.5) }
        #expect(bench.breaker.status(at: bench.now).calls == 0)
        bench.open()
        #expect(bench.refusal() == .refused(.open(.consecutiveFailures), retryAfter: .seconds(5)))
    }

    @Test func moreProbesAtOnceCanBeAllowed() {
        var settings = BreakerSettings()
        settings.probeLimit = 3
        var bench = Bench(settings)
        bench.open()
        bench.pass(5)
        let probes = (0..<5).compactMap { _ in bench.permit() }
        #expect(probes.count == 3)
        _ = bench.breaker.report(failed, for: probes[0], now: bench.now, random: 0.5)
        #expect(bench.isOpen)
        // The others belong to the generation before.
        _ = bench.breaker.report(passed, for: probes[1], now: bench.now, random: 0.5)
        _ = bench.breaker.report(passed, for: probes[2], now: bench.now, random: 0.5)
        #expect(bench.isOpen)
    }
}
