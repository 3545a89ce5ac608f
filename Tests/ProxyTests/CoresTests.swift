import Testing

@testable import Proxy

/// How many cores the process may use.
@Suite struct CoresTests {
    @Test(arguments: [("f", 4), ("1", 1), ("ff,ffffffff", 40), ("00000000,00000008", 1), ("0", nil), ("", nil)] as [(String, Int?)])
    func theMaskIsCounted(mask: String, count: Int?) {
        #expect(Cores.allowedCount(inStatus: "Name:\tproxy\nCpus_allowed:\t\(mask)\nCpus_allowed_list:\t0-3\n") == count)
    }

    @Test func aStatusWithoutAMaskSaysNothing() {
        #expect(Cores.allowedCount(inStatus: "Name:\tproxy\n") == nil)
        #expect(Cores.count >= 1)
    }
}
