import AgentChecks
import Testing

extension EndToEnd {
    /// Answers in the agents' APIs: what a client holds at the end, and that every event on the way was in its place.
    @Suite struct AgentAnswerTests {
        @Test func anAnswerIsToldInEachAPIStreamedAndNot() throws {
            let house = try House()
            for api in AgentAPI.allCases {
                for stream in [true, false] {
                    let reading = try house.agentAnswer(api, "prime", stream: stream)
                    #expect(reading.text == "No. 91 = 7 × 13.", "\(api), stream \(stream)")
                    #expect(reading.ending == api.goodEnding())
                    #expect(reading.hasReasoning && reading.summary.joined().contains("91 is the product of 7 and 13"), "\(reading)")
                    #expect(reading.rawReasoning.isEmpty)
                    #expect(try house.lastUpstreamRequest()["path"].string == "/v1/chat/completions")
                }
            }
        }
    }
}
