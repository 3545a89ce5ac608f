import Testing

@testable import Upstream

struct DeadlineTests {
    /// One thing that happened, at a second of the transcript.
    enum Step: Sendable {
        case connected, head, bytes, event, answer, paused, resumed, ended
    }

    struct Transcript: Sendable, CustomTestStringConvertible {
        var name: String
        var steps: [(at: Double, step: Step)]
        var expires: (kind: DeadlineKind, at: Double)?
        var testDescription: String { name }
    }

    static let limits: DeadlineLimits = {
        var limits = DeadlineLimits()
        limits.connect = .seconds(5)
        limits.head = .seconds(30)
        limits.firstEvent = .seconds(120)
        limits.reasoningGap = .seconds(60)
        limits.answerGap = .seconds(20)
        limits.total = .seconds(1000)
        return limits
    }()

    static let transcripts: [Transcript] = [
        .init(name: "nothing at all", steps: [], expires: (.connect, 5)),
        .init(name: "connected, then silence", steps: [(2, .connected)], expires: (.head, 32)),
        .init(name: "a head without a reported connection", steps: [(4, .head)], expires: (.firstEvent, 120)),
        .init(name: "a head, then silence", steps: [(1, .connected), (20, .head)], expires: (.firstEvent, 120)),
        .init(
            name: "comments do not move the first-event clock", steps: [(1, .head), (50, .bytes), (119, .bytes)],
            expires: (.firstEvent, 120)),
        .init(name: "a gap in the reasoning", steps: [(1, .head), (10, .event)], expires: (.reasoningGap, 70)),
        .init(
            name: "comments keep a silent reasoning alive", steps: [(1, .head), (10, .event), (60, .bytes), (110, .bytes)],
            expires: (.reasoningGap, 170)),
        .init(name: "a gap in the answer", steps: [(1, .head), (10, .event), (30, .answer), (31, .event)], expires: (.answerGap, 51)),
        .init(name: "an answer without reasoning", steps: [(1, .head), (10, .answer)], expires: (.answerGap, 30)),
        .init(
            name: "a pause does not count for the gap", steps: [(1, .head), (10, .answer), (15, .paused), (515, .resumed)],
            expires: (.answerGap, 530)),
        .init(name: "while paused only the total clock runs", steps: [(1, .head), (10, .answer), (15, .paused)], expires: (.total, 1000)),
        .init(
            name: "a second pause within a pause is none", steps: [(1, .answer), (5, .paused), (9, .paused), (10, .resumed)],
            expires: (.answerGap, 26)),
        .init(name: "resumed without a pause", steps: [(1, .answer), (9, .resumed)], expires: (.answerGap, 21)),
        .init(
            name: "a pause does not count for head and first event", steps: [(1, .connected), (2, .paused), (102, .resumed), (110, .head)],
            expires: (.firstEvent, 220)),
        .init(name: "a pause does not stop the connect clock", steps: [(1, .paused)], expires: (.connect, 5)),
        .init(name: "an end stops every clock", steps: [(1, .head), (2, .answer), (3, .ended)], expires: nil),
        .init(name: "nothing restarts after the end", steps: [(3, .ended), (4, .answer), (5, .event), (6, .head)], expires: nil),
        .init(
            name: "an event after the answer began stays in the answer", steps: [(1, .answer), (2, .event), (3, .head), (4, .connected)],
            expires: (.answerGap, 22)),
    ]

    @Test(arguments: transcripts)
    func theFirstClockToRunOutIsNamedAtItsTime(transcript: Transcript) {
        let origin = Duration.seconds(12_345)
        var deadlines = Deadlines(Self.limits, startedAt: origin)
        for (at, step) in transcript.steps {
            let now = origin + .seconds(at)
            #expect(deadlines.expired(at: now) == nil)
            switch step {
            case .connected: deadlines.connected(now: now)
            case .head: deadlines.headArrived(now: now)
            case .bytes: deadlines.bytesArrived(now: now)
            case .event: deadlines.eventArrived(now: now)
            case .answer: deadlines.answerBegan(now: now)
            case .paused: deadlines.paused(now: now)
            case .resumed: deadlines.resumed(now: now)
            case .ended: deadlines.ended()
            }
        }
        guard let (kind, at) = transcript.expires else {
            #expect(deadlines.nextCheck == nil)
            #expect(deadlines.expired(at: origin + .seconds(1_000_000)) == nil)
            return
        }
        let time = origin + .seconds(at)
        #expect(deadlines.nextCheck == time)
        #expect(deadlines.expired(at: time - .nanoseconds(1)) == nil)
        #expect(deadlines.expired(at: time) == kind)
        #expect(deadlines.expired(at: time + .seconds(100_000)) == kind)
    }

    @Test func theTotalClockRunsOverAllAttempts() {
        var deadlines = Deadlines(Self.limits, startedAt: .seconds(900), requestStart: .zero)
        deadlines.headArrived(now: .seconds(901))
        for second in 901..<1000 {
            deadlines.answerBegan(now: .seconds(second))
            #expect(deadlines.expired(at: .seconds(second)) == nil)
        }
        #expect(deadlines.expired(at: .seconds(1000)) == .total)
    }

    @Test func aWholeAnswerHasOneClockFromItsStart() {
        var limits = DeadlineLimits()
        (limits.connect, limits.head, limits.firstEvent, limits.reasoningGap, limits.answerGap) = (nil, nil, nil, nil, nil)
        limits.whole = .seconds(600)
        limits.total = .seconds(1000)
        let silent = Deadlines(limits, startedAt: .seconds(5), requestStart: .zero)
        #expect(silent.expired(at: .seconds(604)) == nil && silent.expired(at: .seconds(605)) == .head)
        var begun = silent
        begun.headArrived(now: .seconds(10))
        begun.bytesArrived(now: .seconds(600))
        #expect(begun.expired(at: .seconds(604)) == nil && begun.expired(at: .seconds(605)) == .whole)
        // Its total may be nearer.
        let late = Deadlines(limits, startedAt: .seconds(500), requestStart: .zero)
        #expect(late.expired(at: .seconds(1000)) == .total)
    }

    @Test func aClockWithoutALimitNeverRunsOut() {
        var limits = DeadlineLimits()
        limits.connect = nil
        limits.head = nil
        limits.firstEvent = nil
        limits.reasoningGap = nil
        limits.answerGap = nil
        limits.total = nil
        var deadlines = Deadlines(limits, startedAt: .zero)
        #expect(deadlines.nextCheck == nil)
        deadlines.answerBegan(now: .zero)
        #expect(deadlines.nextCheck == nil)
    }

    @Test func everyKindHasItsCodeAndSaysWhatToChange() {
        let codes = DeadlineKind.allCases.map(\.code)
        #expect(
            codes == [
                "upstream_connect_timeout", "upstream_first_byte_timeout", "upstream_first_token_timeout", "upstream_idle_timeout",
                "upstream_idle_timeout", "upstream_idle_timeout", "stream_too_long",
            ])
        #expect(Set(DeadlineKind.allCases.map(\.message)).count == DeadlineKind.allCases.count)
        for kind in DeadlineKind.allCases { #expect(kind.message.contains("raise the")) }
        #expect(DeadlineKind.allCases.filter { !$0.countsAgainstUpstream } == [.total])
    }
}
