import Settings
import Testing

@testable import Proxy

/// Who is counted for what, and how descriptors are shared out.
@Suite struct OverloadTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("::ffff:10.0.0.7", "10.0.0.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8::1", "2001:db8:0:0::/64"), ("2001:db8:1:2::", "2001:db8:1:2::/64"), ("::1", "0:0:0:0::/64"),
        ("fe80::1%eth0", "fe80:0:0:0::/64"), ("2001:db8:0:0:1::1", "2001:db8:0:0::/64"), ("", ""),
    ])
    func anAddressCountsForItsNetwork(address: String, network: String) {
        #expect(ClientKey(address: address) == .network(network))
    }

    @Test(arguments: [20, 64, 100, 256, 1024, 4096, 20_000, 1 << 20], [1, 2, 16])
    func descriptorsAreNeverPromisedTwice(total: Int, loops: Int) {
        let limits = ProxySettings().limits
        let budget = DescriptorBudget(total: total, limits: limits, loopCount: loops)
        #expect(budget.connections >= 1 && budget.idleUpstreamsPerLoop >= 1 && budget.refusals >= 0)
        #expect(budget.connections <= limits.connections)
        let own = 24 + 10 * loops
        // Below this there is not enough for anybody.
        guard total >= own + 8 + loops else { return }
        let upstreams = max(min(limits.concurrentStreams, budget.connections), budget.idleUpstreamsPerLoop * loops)
        #expect(own + budget.connections + budget.refusals + upstreams <= total + loops, "\(budget)")
    }

    @Test func aLargeLimitIsNoReasonToTakeMoreThanConfigured() {
        let budget = DescriptorBudget(total: 1 << 20, limits: ProxySettings().limits, loopCount: 2)
        #expect(budget.connections == 10_000 && budget.idleUpstreamsPerLoop == 256 && budget.refusals == 128)
    }

    @Test func connectionsBeyondTheCapAreToldSoAndThoseFarBeyondAreNot() {
        let count = ConnectionCount(DescriptorBudget(total: 64, limits: ProxySettings().limits, loopCount: 1), perAddress: nil)
        let answers = (0..<64).map { _ in count.opened(.network("a")) }
        let welcome = answers.count { $0 == .welcome }
        #expect(answers.prefix(welcome).allSatisfy { $0 == .welcome } && welcome >= 8, "\(welcome)")
        #expect(answers.contains(.full) && answers.last == .overfull)
        for _ in answers { count.closed(.network("a")) }
        #expect(count.total == 0 && count.opened(.network("a")) == .welcome)
    }

    @Test func connectionsOfOneAddressAreCountedApart() {
        let count = ConnectionCount(DescriptorBudget(total: 1024, limits: ProxySettings().limits, loopCount: 1), perAddress: 2)
        #expect((0..<3).map { _ in count.opened(.network("a")) } == [.welcome, .welcome, .addressIsFull])
        #expect(count.opened(.network("b")) == .welcome)
        count.closed(.network("a"))
        #expect(count.opened(.network("a")) == .addressIsFull)
        for _ in 0..<2 { count.closed(.network("a")) }
        #expect(count.opened(.network("a")) == .welcome)
    }
}
