import AgentChecks
import Foundation
import Testing

/// A house for scripted agents: its upstream is as strict as any, and a proxy that tries nothing twice leaves every retry to the client.
final class AgentHouse {
    let house: House
    var wire: PortWire

    /// `settings` are flags of the proxy without dashes, with their values; `pace` are tokens per second, 0 for as fast as they are read.
    init(_ settings: [String: String] = [:], environment: [String: String] = [:], pace: Int = 0) throws {
        var flags = [
            "breaker-failures": "1000", "breaker-minimum-calls": "100000", "retries-per-second": "0", "retries-share": "0%",
            "summaries-interval": "100ms",
        ]
        flags.merge(settings) { $1 }
        // The upstream's key is the operator's: what it thinks of that is not the client's business.
        let environment = ["UPSTREAM_API_KEY": "operator-key"].merging(environment) { $1 }
        house = try House(flags, environment: environment, mock: ["--strict", "--tokens-per-second", "\(pace)"])
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

    /// A text, and behind it a call in whose middle the upstream fails.
    static let brokenCall =
        #""reasoning": "I look.", "segments": [{"answer": "Let me look."}, {"delta": {"tool_calls": [{"index": 0, "id": "call_1", "#
        + #""type": "function", "function": {"name": "shell", "arguments": "{\"com"}}]}}, "#
        + #"{"raw": "data: {\"error\": {\"message\": \"The engine died.\", \"type\": \"server_error\", \"code\": 500}}"}], "#
        + #""finish_reason": """#

    /// Everything that came from the proxy so far.
    var received: String { wire.responses.map { String(decoding: $0.body, as: UTF8.self) }.joined() }

    /// Reasoning long enough for several steps, every sentence of it another.
    static let longReasoning: String = {
        let places = [
            "Lyon", "Marseille", "Paris", "Lille", "Nantes", "Toulouse", "Bordeaux", "Nice", "Rennes", "Reims", "Dijon", "Angers", "Nancy",
            "Metz", "Tours", "Limoges",
        ]
        let sentences = places.enumerated().map { number, place in
            "Now I check the train to \(place). It takes \(61 + 7 * number) minutes and costs \(19 + 3 * number) euros in the evening. "
                + "The bus to \(place) takes \(140 + 11 * number) minutes, so the train is clearly faster there. "
                + "Therefore I keep the train to \(place) as candidate number \(number + 1)."
        }
        return sentences.joined(separator: "\\n\\n")
    }()
}
