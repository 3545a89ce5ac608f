import Foundation
import Testing

@testable import Upstream

/// The breaker's rules once more, without counters: it keeps every call and looks at all of them each time.
private struct BreakerModel {
    struct Call {
        var second: Int64
        var verdict: BreakerVerdict
    }

    enum Standing: Equatable { case closed, open(until: Duration, BreakerReason), halfOpen(successes: Int) }

    var standing = Standing.closed
    var calls: [Call] = []
    var generation: UInt64 = 0
    var throttles: [Duration] = []
    var probes = 0
    var openings = 0
    var closedAt: Duration?
    var failures: [Duration] = []

    static func weight(_ verdict: BreakerVerdict) -> Double? {
        switch verdict {
        case .success: 0
        case .failure, .rateLimited: 1
        case .softFailure: 0.5
        case .throttled, .credentialFault, .excluded: nil
        }
    }

    static func isSlow(_ verdict: BreakerVerdict) -> Bool {
        switch verdict {
        case .success(isSlow: true), .failure(_, isSlow: true): true
        default: false
        }
    }

    mutating func admits(_ now: Duration, force: Bool) -> Bool {
        if let latest = throttles.max(), now < latest { return false }
        if case .open(let until, _) = standing {
            guard force || now >= until else { return false }
            standing = .halfOpen(successes: 0)
            generation += 1
            probes = 0
        }
        if case .halfOpen = standing {
            guard probes == 0 else { return false }
            probes = 1
        }
        return true
    }

    mutating func report(_ verdict: BreakerVerdict, _ callGeneration: UInt64, _ now: Duration, _ random: Double) {
        if case .throttled(let time) = verdict { throttles.append(now + min(max(time, .zero), .seconds(300))) }
        guard callGeneration == generation else { return }
        switch standing {
        case .open: break
        case .halfOpen(let successes): reportProbe(verdict, successes, now, random)
        case .closed: reportClosed(verdict, now, random)
        }
    }

    private mutating func reportProbe(_ verdict: BreakerVerdict, _ successes: Int, _ now: Duration, _ random: Double) {
        probes = 0
        switch verdict {
        case .failure, .rateLimited: open(.failedProbe, now, random)
        case .success where successes == 1:
            standing = .closed
            generation += 1
            calls = []
            failures = []
            closedAt = now
        case .success: standing = .halfOpen(successes: successes + 1)
        default: break
        }
    }

    private mutating func reportClosed(_ verdict: BreakerVerdict, _ now: Duration, _ random: Double) {
        guard Self.weight(verdict) != nil else { return }
        let second = now.components.seconds
        calls.append(Call(second: second, verdict: verdict))
        if case .success = verdict { failures = [] }
        if case .failure = verdict {
            if let last = failures.last, now - last > .seconds(60) { failures = [] }
            failures.append(now)
        }
        let recent = calls.filter { $0.second > second - 60 }
        let failed = recent.compactMap { Self.weight($0.verdict) }.reduce(0, +)
        let slow = recent.filter { Self.isSlow($0.verdict) }.count
        var reason: BreakerReason?
        if failures.count >= 5 {
            reason = .consecutiveFailures
        } else if recent.count >= 10, failed / Double(recent.count) >= 0.5 {
            reason = .failureShare
        } else if recent.count >= 10, Double(slow) / Double(recent.count) >= 0.8 {
            reason = .slowShare
        }
        guard let reason else { return }
        if let closedAt, now - closedAt >= .seconds(60) { openings = 0 }
        open(reason, now, random)
    }

    private mutating func open(_ reason: BreakerReason, _ now: Duration, _ random: Double) {
        var time = Duration.seconds(5)
        for _ in 0..<openings { time = min(time * 2, .seconds(120)) }
        openings += 1
        standing = .open(until: now + time * (1 + 0.2 * (2 * random - 1)), reason)
        generation += 1
    }
}

/// SplitMix64: small, seeded, good enough to choose events.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

struct BreakerModelTests {
    /// How the events of a sequence are chosen.
    struct Mix: Sendable {
        var seed: UInt64
        /// Of a thousand verdicts: failures, slow ones, rare ones (soft, 429, credentials, excluded).
        var failures: Int
        var slow: Int
        var rare: Int
        /// The longest step between two events, in milliseconds.
        var step: Int
    }

    static let mixes: [Mix] = [
        Mix(seed: 1, failures: 300, slow: 100, rare: 100, step: 200), Mix(seed: 2, failures: 500, slow: 300, rare: 200, step: 2000),
        Mix(seed: 3, failures: 450, slow: 0, rare: 0, step: 500), Mix(seed: 4, failures: 50, slow: 800, rare: 20, step: 300),
        Mix(seed: 5, failures: 700, slow: 500, rare: 500, step: 10_000), Mix(seed: 6, failures: 300, slow: 100, rare: 600, step: 100),
        Mix(seed: 7, failures: 400, slow: 0, rare: 50, step: 20_000), Mix(seed: 8, failures: 900, slow: 900, rare: 0, step: 30_000),
    ]

    private func verdict(_ mix: Mix, _ random: inout SeededGenerator) -> BreakerVerdict {
        let isSlow = Int.random(in: 0..<1000, using: &random) < mix.slow
        if Int.random(in: 0..<1000, using: &random) < mix.rare {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: return .softFailure(code: "upstream_protocol")
            case 1: return .rateLimited
            case 2: return .throttled(for: .milliseconds(Int.random(in: -100..<4000, using: &random)))
            case 3: return .credentialFault
            default: return .excluded
            }
        }
        let fails = Int.random(in: 0..<1000, using: &random) < mix.failures
        return fails ? .failure(code: "upstream_reset", isSlow: isSlow) : .success(isSlow: isSlow)
    }

    @Test(arguments: mixes)
    func itDoesWhatASimplerModelDoes(mix: Mix) {
        let openings = play(mix, steps: 15_000)
        #expect(openings > 10, "the sequence must reach the states it is about: \(openings)")
    }

    /// Many short sequences, each with a mix and a seed of its own: a sequence begins where the long ones never come back to.
    /// `BREAKER_SEQUENCES` asks for more of them.
    @Test func overManySequencesItDoesWhatASimplerModelDoes() {
        let count = ProcessInfo.processInfo.environment["BREAKER_SEQUENCES"].flatMap { Int($0) } ?? 100_000
        var random = SeededGenerator(seed: 2026)
        var openings = 0
        var opened = 0
        for _ in 0..<count {
            let mix = Mix(
                seed: random.next(), failures: Int.random(in: 100...950, using: &random), slow: Int.random(in: 0...900, using: &random),
                rare: Int.random(in: 0...400, using: &random), step: [50, 500, 3000, 20_000].randomElement(using: &random) ?? 500)
            let found = play(mix, steps: Int.random(in: 8...40, using: &random))
            openings += found
            opened += found > 0 ? 1 : 0
        }
        print("breaker: \(count) sequences agree with the model; \(opened) of them opened it, \(openings) times")
        #expect(opened > count / 8, "the sequences must reach the states they are about: \(opened)")
    }

    /// Plays one sequence of events in both; returns how often the breaker opened.
    private func play(_ mix: Mix, steps: Int) -> Int {
        var random = SeededGenerator(seed: mix.seed)
        var breaker = CircuitBreaker()
        var model = BreakerModel()
        var now = Duration.seconds(5)
        var flight: [BreakerPermit] = []
        var openings = 0
        for step in 0..<steps {
            now += .milliseconds(Int.random(in: 0...mix.step, using: &random))
            if flight.isEmpty || Int.random(in: 0..<20, using: &random) < 10 {
                let force = Int.random(in: 0..<50, using: &random) == 0
                let admission = breaker.admit(now: now, evenIfOpen: force)
                var permit: BreakerPermit?
                if case .admitted(let granted, _) = admission { permit = granted }
                guard (permit != nil) == model.admits(now, force: force) else {
                    Issue.record("\(mix), step \(step): admitted \(permit != nil)")
                    return openings
                }
                if let permit { flight.append(permit) }
            } else {
                // Verdicts come back out of order, as they do.
                let permit = flight.remove(at: Int.random(in: 0..<flight.count, using: &random))
                let verdict = verdict(mix, &random)
                let jitter = Double.random(in: 0...1, using: &random)
                let transition = breaker.report(verdict, for: permit, now: now, random: jitter)
                model.report(verdict, permit.generation, now, jitter)
                if case .open? = transition?.to { openings += 1 }
            }
            guard agree(breaker, model, now) else {
                Issue.record("\(mix), step \(step): \(breaker.state) instead of \(model.standing)")
                return openings
            }
            // The model must not grow without bound either.
            if step % 1000 == 0 { model.calls.removeAll { $0.second < now.components.seconds - 120 } }
        }
        return openings
    }

    private func agree(_ breaker: CircuitBreaker, _ model: BreakerModel, _ now: Duration) -> Bool {
        guard breaker.status(at: now).generation == model.generation else { return false }
        return switch (breaker.state, model.standing) {
        case (.closed, .closed), (.halfOpen, .halfOpen): true
        case (.open(let left, let leftReason), .open(let right, let rightReason)):
            leftReason == rightReason && abs((left - right) / .seconds(1)) < 1e-6
        default: false
        }
    }
}
