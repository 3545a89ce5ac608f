import AgentChecks
import Foundation
import Testing

/// A house for scripted agents: its upstream is as strict as any, and a proxy that tries nothing twice leaves every retry to the client.
final class AgentHouse {
    let house: House
    var wire: PortWire

    /// `settings` are flags of the proxy without dashes, with their values.
    init(_ settings: [String: String] = [:], environment: [String: String] = [:]) throws {
        var flags = [
            "breaker-failures": "1000", "breaker-minimum-calls": "100000", "retries-per-second": "0", "retries-share": "0%",
            "summaries-interval": "100ms",
        ]
        flags.merge(settings) { $1 }
        house = try House(flags, environment: environment, mock: ["--strict", "--tokens-per-second", "0"])
        wire = PortWire(port: house.proxyPort)
    }

    /// What the upstream plays for the next `times` requests: members of a scenario as JSON text, and a fault.
    func play(_ members: String, fault: String = "", times: Int = 1) throws {
        let words = fault.isEmpty ? "" : ", \"fault\": \"\(fault)\""
        try house.order("{\"scenario\": {\"name\": \"told\", \"description\": \"told\", \(members)}\(words), \"times\": \(times)}")
    }

    /// Every stream kept to its API, and nothing that the upstream was asked was refused for its form.
    func expectCleanliness() throws {
        #expect(wire.problems.isEmpty, "\(wire.problems)")
        let strict = try house.mockState()["strict"]
        #expect(strict["on"].bool == true && strict["refused"].int == 0, "\(strict["violations"])")
    }

    /// Everything that came from the proxy so far.
    var received: String { wire.responses.map { String(decoding: $0.body, as: UTF8.self) }.joined() }

    /// Steady pacing for reasoning that a client shall see come.
    static let paced = #""pacing": {"tokens_per_second": 250, "jitter": 0, "first_token_delay_ms": 0}"#

    /// Reasoning long enough for several steps.
    static let longReasoning = """
        The user asks for the fastest train from Lyon to Marseille. First I compare the direct TGV with the regional lines. \
        The direct TGV takes 1 hour and 40 minutes and runs 12 times a day. The regional train takes 3 hours and 30 minutes. \
        Next I check the price of each of them. The TGV costs 58 euros in the morning and 39 euros in the evening. \
        The regional train costs 32 euros at any time. So the TGV is faster and the regional train is cheaper. \
        Then I consider the delays on the line. In winter the TGV is late in 11 percent of all cases. \
        The regional train is late in 18 percent of all cases. Therefore the TGV is also more reliable than the regional train. \
        Finally I decide what to recommend. The evening TGV at 39 euros is the best choice for speed and price.
        """
}
