import AgentChecks
import Foundation
import Testing

extension EndToEnd {
    /// What happens to a stream on its way to an agent: silence, faults, other upstreams, slow and leaving clients.
    @Suite struct AgentStreamTests {
        @Test func aSilentUpstreamIsBridgedByEvents() throws {
            let house = try House(["stream-heartbeat-interval": "1s", "upstream-timeouts-first-event": "2500ms"], mock: ["--strict"])
            for api in AgentAPI.allCases {
                try house.renewProxy()
                let reading = try house.agentAnswer(api, "no-first-event")
                // Comments would reset no client's timer.
                #expect(reading.heartbeats >= 2, "\(api): \(reading.heartbeats)")
                #expect(reading.ending == (api == .responses ? "failed server_error" : "error api_error"))
            }
        }

        @Test func aStreamThatGoesWrongSaysSoInTheTermsOfItsAPI() throws {
            let house = try House(
                [
                    "stream-commit-delay": "0s", "upstream-timeouts-gap-answer": "400ms", "upstream-timeouts-gap-reasoning": "400ms",
                ], mock: ["--strict"])
            let cases: [(model: String, code: String, type: String, saysAnswer: Bool)] = [
                ("demo!status=500", "server_error", "api_error", false), ("demo!status=503", "server_error", "overloaded_error", false),
                ("demo!status=429", "rate_limit_exceeded", "rate_limit_error", false),
                ("demo!status=400", "invalid_prompt", "invalid_request_error", false),
                ("demo!status=401", "invalid_prompt", "invalid_request_error", false),
                ("error-event-in-reasoning", "server_error", "api_error", false),
                ("error-event-in-answer", "server_error", "api_error", true),
                ("end-in-reasoning", "server_error", "api_error", false), ("end-in-answer", "server_error", "api_error", true),
                ("close-in-answer", "server_error", "api_error", true), ("reset-in-answer", "server_error", "api_error", true),
                ("stall-in-reasoning", "server_error", "api_error", false), ("stall-in-answer", "server_error", "api_error", true),
            ]
            for (model, code, type, saysAnswer) in cases {
                for api in AgentAPI.allCases {
                    try house.renewProxy()
                    let reply = try house.send(api.request(model))
                    let answer = api.read(reply.body)
                    #expect(reply.isComplete && answer.problems.isEmpty, "\(model), \(api): \(answer.problems)\n\(reply.text)")
                    #expect(answer.reading.ending == (api == .responses ? "failed \(code)" : "error \(type)"), "\(model), \(api)")
                    #expect(answer.reading.message?.isEmpty == false)
                    let began = answer.types.contains(api == .responses ? "response.output_text.delta" : "content_block_delta")
                    #expect(!saysAnswer || began, "\(model), \(api): \(answer.types)")
                    // What is done stays in a client's history, and the next try would begin with it.
                    #expect(answer.reading.text.isEmpty, "\(model), \(api)")
                }
            }
        }

        @Test func aFailureOfAnAnswerThatIsNotStreamedHasAStatus() throws {
            let house = try House(["upstream-timeouts-whole": "600ms"], mock: ["--strict"])
            for api in AgentAPI.allCases {
                for (model, status) in [("end-in-answer", 502), ("json-instead", 200), ("no-answer", 504)] {
                    try house.renewProxy()
                    let reply = try house.send(api.request(model, stream: false))
                    #expect(reply.status == status, "\(model), \(api): \(reply.text)")
                    #expect(status == 200 || api.errorName(reply) != nil)
                }
            }
        }

        @Test func aFaultInTheThinkingMovesTheRequestAndNobodySeesIt() throws {
            for api in AgentAPI.allCases {
                let street = try Street(["", ""], settings: Street.patient, each: Street.clocks)
                for fault in ["end-in=reasoning", "stall-in=reasoning", "status=500"] {
                    try street.order(0, fault: fault)
                    let reply = try street.send(api.request("prime"))
                    let answer = api.read(reply.body)
                    #expect(reply.status == 200 && answer.problems.isEmpty, "\(fault), \(api): \(answer.problems)\n\(reply.text)")
                    #expect(answer.reading.text == "No. 91 = 7 × 13.", "\(fault), \(api): \(reply.text)")
                    #expect(answer.reading.ending == api.goodEnding())
                }
                #expect(try street.requests(1) == 3)
                try street.expectNothingInFlight()
            }
        }

        @Test func aSlowUpstreamGetsARival() throws {
            for api in AgentAPI.allCases {
                let street = try Street(["=no-answer", "=prime"], settings: Street.patient, first: "hedge_after: 150ms")
                let reply = try street.send(api.request("any"))
                let answer = api.read(reply.body)
                #expect(answer.problems.isEmpty && answer.reading.text == "No. 91 = 7 × 13.", "\(api): \(answer.problems)\n\(reply.text)")
                try street.expectNothingInFlight()
            }
        }

        @Test func theResponseEndsWithItsLastEventWhateverTheUpstreamDoes() throws {
            let house = try House(mock: ["--strict"])
            for api in AgentAPI.allCases {
                // The client waits for the end of the body: 15 s of open connection were 15 s of waiting.
                let time = try measured {
                    let reading = try house.agentAnswer(api, "open-after-done")
                    #expect(reading.ending == api.goodEnding())
                }
                #expect(time < .seconds(3), "\(api): \(time)")
            }
        }

        @Test func aClientThatLeavesFreesItsUpstreamAndItsPlace() throws {
            let house = try House(mock: ["--strict"])
            for api in AgentAPI.allCases {
                let connection = try house.connect()
                try connection.send(api.request("hold-in-answer").bytes)
                try eventually("the stream to be held") { try house.mockState()["streams"]["held"].int == 1 }
                try connection.receive(text: "The")
                connection.close()
                try eventually("the upstream to be free") { try house.mockState()["streams"]["held"].int == 0 }
                try eventually("the place to be free") { try house.send(Request("GET", "/health")).json["streams_open"].int == 0 }
                let metrics = try house.send(Request("GET", "/metrics")).text
                #expect(metrics.contains("requests_total{route=\"\(api.path)\",status=\"499\"} 1\n"), "\(metrics)")
            }
        }

        @Test func theAccessLogAndTheMetricsNameTheRoute() throws {
            let house = try House(["log-format": "json"], mock: ["--strict"])
            for api in AgentAPI.allCases {
                _ = try house.agentAnswer(api, "prime")
                _ = try house.send(api.request("prime", members: ", \"tools\": 7"))
                let metrics = try house.send(Request("GET", "/metrics")).text
                #expect(metrics.contains("requests_total{route=\"\(api.path)\",status=\"200\"} 1\n"), "\(metrics)")
                #expect(metrics.contains("requests_total{route=\"\(api.path)\",status=\"400\"} 1\n"), "\(metrics)")
                try eventually("the access log") {
                    house.proxy.errors.text.contains("\"route\":\"\(api.path)\"")
                        && house.proxy.errors.text.contains("\"style\":\"\(api)\"")
                }
            }
        }
    }
}
