import Testing

@testable import Proxy

/// Rates of clients.
@Suite struct TokenBucketsTests {
    private static let one = ClientKey.token(1)
    private static let other = ClientKey.token(2)

    @Test func aMinutesWorthMayComeAtOnceAndThenOneAfterTheOther() {
        let buckets = Buckets(perMinute: 6)
        for _ in 0..<6 { #expect(buckets.take(Self.one, now: .zero) == nil) }
        #expect(buckets.take(Self.one, now: .zero) == .seconds(10))
        #expect(buckets.take(Self.other, now: .zero) == nil)
        let rest = buckets.take(Self.one, now: .seconds(9)) ?? .zero
        #expect(abs(rest.inSeconds - 1) < 0.001, "\(rest)")
        #expect(buckets.take(Self.one, now: .milliseconds(10_001)) == nil)
        #expect(buckets.take(Self.one, now: .milliseconds(10_001)) != nil)
        // A bucket never holds more than a minute's worth.
        for _ in 0..<6 { #expect(buckets.take(Self.one, now: .seconds(3600)) == nil) }
        #expect(buckets.take(Self.one, now: .seconds(3600)) != nil)
    }

    @Test func overAnyLongTimeTheRateIsKept() {
        let buckets = Buckets(perMinute: 60)
        let taken = (0..<6000).count { buckets.take(Self.one, now: .milliseconds($0 * 100)) == nil }
        // Ten minutes at sixty a minute, and the first minute's worth.
        #expect((600...661).contains(taken), "\(taken)")
    }

    @Test func theTableIsBoundedAndManyAddressesAreNoWayAroundTheLimit() {
        let buckets = Buckets(perMinute: 2, tableLimit: 10)
        for index in 0..<10 { #expect(buckets.take(.token(index), now: .zero) == nil) }
        let taken = (10..<1000).count { buckets.take(.token($0), now: .milliseconds($0)) == nil }
        #expect(taken == 2, "newcomers share one bucket")
        #expect(buckets.count == 10)
        // Those who have not asked for a minute are forgotten, and newcomers have buckets of their own again.
        for index in 0..<5 { #expect(buckets.take(.token(2000 + index), now: .seconds(120)) == nil) }
        #expect(buckets.count == 5)
    }

    @Test func aClockThatStandsStillGivesNothingForNothing() {
        let buckets = Buckets(perMinute: 1)
        #expect(buckets.take(Self.one, now: .seconds(100)) == nil)
        #expect(buckets.take(Self.one, now: .seconds(40)) != nil)
        #expect(buckets.take(Self.one, now: .seconds(100)) != nil)
    }
}

/// A table that an expectation may change.
private final class Buckets {
    private var value: TokenBuckets

    init(perMinute: Int, tableLimit: Int = 10_000) {
        value = TokenBuckets(perMinute: perMinute, tableLimit: tableLimit)
    }

    var count: Int { value.count }

    func take(_ client: ClientKey, now: Duration) -> Duration? { value.take(client, now: now) }
}
