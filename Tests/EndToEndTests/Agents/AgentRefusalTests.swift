import AgentChecks
import Foundation
import Testing

extension EndToEnd {
    /// What an agent is told instead of an answer, in the shape and with the headers that its API has for it.
    @Suite struct AgentRefusalTests {
        /// Checks the shape of an error; `name` is the code in the Responses API and the type in the Messages API.
        private func expectError(
            _ reply: Reply, _ api: AgentAPI, _ status: Int, _ name: String, retriesHelp: Bool, _ what: String,
            at location: SourceLocation = #_sourceLocation
        ) {
            let said = "\(what), \(api): \(reply.status) \(reply.text)"
            #expect(reply.status == status, "\(said)", sourceLocation: location)
            #expect(api.errorName(reply) == name, "\(said)", sourceLocation: location)
            #expect(reply.json["error"]["message"].string?.isEmpty == false, "\(said)", sourceLocation: location)
            #expect(reply.header("x-should-retry") == (retriesHelp ? nil : "false"), "\(said)", sourceLocation: location)
            #expect(reply.header("x-request-id") != nil, "\(said)", sourceLocation: location)
            guard api == .messages else { return }
            #expect(reply.json["type"].string == "error", "\(said)", sourceLocation: location)
            let id = reply.header("request-id")
            #expect(
                id != nil && id == reply.header("x-request-id") && id == reply.json["request_id"].string, "\(said)",
                sourceLocation: location)
        }

        @Test func anUpstreamsStatusIsToldAsEachAPIHasIt() throws {
            let house = try House(mock: ["--strict"])
            // Status, code of the Responses API, type of the Messages API, Retry-After.
            let cases: [(model: String, status: Int, code: String, type: String, wait: String?)] = [
                ("demo!status=400", 400, "upstream_rejected", "invalid_request_error", nil),
                ("demo!status=401", 401, "upstream_rejected", "authentication_error", nil),
                ("demo!status=404", 404, "model_not_found", "not_found_error", nil),
                ("demo!status=422", 422, "upstream_rejected", "invalid_request_error", nil),
                ("demo!status=429;retry_after=2", 429, "upstream_rate_limited", "rate_limit_error", "2"),
                ("demo!status=500", 502, "upstream_error", "api_error", "1"),
                ("demo!status=503;retry_after=7", 503, "upstream_error", "overloaded_error", "7"),
                ("error-503", 503, "upstream_error", "overloaded_error", nil),
                ("error-504", 504, "upstream_error", "timeout_error", "1"),
                ("html-page", 502, "upstream_not_sse", "api_error", "1"),
                ("reset-before-head", 502, "upstream_reset", "api_error", "1"),
            ]
            for (model, status, code, type, wait) in cases {
                for api in AgentAPI.allCases {
                    for stream in [true, false] {
                        try house.renewProxy()
                        let reply = try house.send(api.request(model, stream: stream))
                        let name = api == .responses ? code : type
                        // The upstream's own code, where it gives one, helps more than ours.
                        let isOwn = api == .responses && code == "upstream_rejected"
                        let helps = status == 429 || status >= 500
                        expectError(
                            reply, api, status, isOwn ? api.errorName(reply) ?? "" : name, retriesHelp: helps, "\(model), stream \(stream)")
                        if let wait { #expect(reply.header("retry-after") == wait, "\(model), \(api)") }
                        #expect(status < 500 || reply.header("retry-after") != nil, "\(model), \(api): nothing paces the tries")
                    }
                }
            }
        }

        @Test func theProxysOwnKeyIsNotTheClientsBusiness() throws {
            let house = try House(environment: ["UPSTREAM_API_KEY": "operator-key"], mock: ["--strict"])
            for api in AgentAPI.allCases {
                let reply = try house.send(api.request("demo!status=401"))
                // 401 would be tried again for minutes, and so would a 502 that did not say that it will not pass.
                expectError(reply, api, 502, api == .responses ? "upstream_auth" : "api_error", retriesHelp: false, "a refused key")
                try house.renewProxy()
            }
        }

        @Test func whatTheProxyRefusesItselfHasTheShapeOfItsAPI() throws {
            let house = try House(["limits-body-bytes": "4KiB"], mock: ["--strict"])
            for api in AgentAPI.allCases {
                let good = api.request("fast")
                func name(_ code: String, _ type: String) -> String { api == .responses ? code : type }
                let invalid = "invalid_request_error"
                let cases: [(what: String, change: (inout Request) -> Void, status: Int, name: String)] = [
                    ("GET", { $0 = Request("GET", api.path) }, 405, name("method_not_allowed", invalid)),
                    ("DELETE", { $0 = Request("DELETE", api.path) }, 405, name("method_not_allowed", invalid)),
                    ("one of them", { $0 = Request("GET", api.path + "/resp_123") }, 404, name("not_found", "not_found_error")),
                    ("one of its parts", { $0.target = api.path + "/resp_123/cancel" }, 404, name("not_found", "not_found_error")),
                    ("/v1 twice", { $0.target = "/v1" + api.path }, 404, name("not_found", "not_found_error")),
                    ("not JSON", { $0.body = Array("{".utf8) }, 400, name("invalid_json", invalid)),
                    ("a list", { $0.body = Array("[]".utf8) }, 400, name("invalid_request", invalid)),
                    (
                        "nothing to answer", { $0.body = Array(#"{"model": "fast", "input": [], "messages": []}"#.utf8) }, 400,
                        name("invalid_request", invalid)
                    ),
                    (
                        "no model", { $0.body = Array(#"{"input": "a", "messages": [{"role": "user", "content": "a"}]}"#.utf8) }, 400,
                        name("invalid_request", invalid)
                    ),
                    (
                        "plain text",
                        {
                            $0.headers.removeAll { $0.0 == "content-type" }; $0.headers.append(("content-type", "text/plain"))
                        }, 415, name("unsupported_media_type", invalid)
                    ),
                    ("compressed", { $0.headers.append(("content-encoding", "gzip")) }, 415, name("unsupported_media_type", invalid)),
                    ("too large", { $0.body = Array(repeating: 0x20, count: 5000) }, 413, name("request_too_large", "request_too_large")),
                ]
                for (what, change, status, name) in cases {
                    var request = good
                    change(&request)
                    expectError(try house.send(request), api, status, name, retriesHelp: false, what)
                }
            }
            #expect(try house.upstreamRequests() == 0)
        }

        @Test func whoIsNotLetInIsToldInTheShapeOfItsAPI() throws {
            let house = try House(environment: ["API_TOKENS": "agent-token-4711"], mock: ["--strict"])
            for api in AgentAPI.allCases {
                let request = api.request("fast")
                expectError(
                    try house.send(request), api, 401, api == .responses ? "invalid_api_key" : "authentication_error", retriesHelp: false,
                    "no key")
                for (header, value) in [("authorization", "Bearer agent-token-4711"), ("x-api-key", "agent-token-4711")] {
                    var allowed = request
                    allowed.headers.append((header, value))
                    #expect(try house.answer(api, allowed).ending == api.goodEnding(), "\(header)")
                    #expect(try !house.lastUpstreamRequest()["headers"].description.contains("4711"))
                }
                for headers in [
                    [("x-api-key", "agent-token-4712")], [("x-api-key", "agent-token-4711"), ("x-api-key", "agent-token-4711")],
                ] {
                    var refused = request
                    refused.headers += headers
                    #expect(try house.send(refused).status == 401, "\(headers)")
                }
            }
        }

        @Test func tooMuchWorkIsToldInTheShapeOfItsAPI() throws {
            for api in AgentAPI.allCases {
                let house = try House(["limits-concurrent-streams": "1", "limits-queue-length": "0"], mock: ["--strict"])
                let held = try house.heldStream()
                let full = try house.send(api.request("fast"))
                expectError(full, api, 503, api == .responses ? "overloaded" : "overloaded_error", retriesHelp: true, "full")
                #expect(full.header("retry-after") == "1")
                held.close()

                let slow = try House(["limits-requests-per-minute": "1"], mock: ["--strict"])
                #expect(try slow.send(api.request("fast")).status == 200)
                let limited = try slow.send(api.request("fast"))
                expectError(limited, api, 429, api == .responses ? "rate_limited" : "rate_limit_error", retriesHelp: true, "too often")
                #expect(Int(limited.header("retry-after") ?? "") ?? 0 > 0)
            }
        }

        @Test func whatNeedsAStateIsRefusedInWords() throws {
            let house = try House(mock: ["--strict"])
            for member in [
                #""previous_response_id": "resp_1""#, #""conversation": "conv_1""#, #""background": true"#, #""prompt": {"id": "pmpt_1"}"#,
            ] {
                let reply = try house.send(AgentAPI.responses.request("fast", members: ", " + member))
                expectError(reply, .responses, 400, "unsupported_parameter", retriesHelp: false, member)
                #expect(reply.text.contains("nothing is stored here"))
                #expect(member.contains("\"\(reply.json["error"]["param"].string ?? "-")\""), "\(reply.text)")
            }
            let reply = try house.send(AgentAPI.responses.request("fast", stream: false, members: #", "store": true, "background": false"#))
            #expect(reply.status == 200 && reply.json["store"].bool == false)
        }

        @Test func aSocketIsRefusedSoThatTheClientFallsBack() throws {
            let house = try House(mock: ["--strict"])
            var request = Request("GET", "/v1/responses")
            request.headers += [
                ("connection", "upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13"),
                ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ]
            let reply = try house.send(request)
            expectError(reply, .responses, 426, "upgrade_not_supported", retriesHelp: false, "a socket")
            #expect(reply.header("upgrade") == "HTTP/1.1")
        }

        private static let tooLong =
            #"{"error": {"message": "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens.", "#
            + #""type": "BadRequestError", "param": null, "code": 400}}"#

        @Test func aConversationThatIsTooLongIsToldInTheWordsThatAreUnderstood() throws {
            let upstream = try RawUpstream(
                answering: "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: \(Self.tooLong.utf8.count)\r\n"
                    + "connection: close\r\n\r\n\(Self.tooLong)")
            let proxy = try House.startProxy(upstreamPort: upstream.port)
            let port = try House.port(of: proxy)
            func send(_ api: AgentAPI, stream: Bool) throws -> Reply {
                try RawConnection(port: port).exchange(api.request("m", stream: stream))
            }
            for stream in [true, false] {
                let reply = try send(.messages, stream: stream)
                expectError(reply, .messages, 400, "invalid_request_error", retriesHelp: false, "too long")
                #expect(reply.json["error"]["message"].string == "prompt is too long: 5000 tokens > 4096 maximum")
            }
            expectError(try send(.responses, stream: false), .responses, 400, "context_length_exceeded", retriesHelp: false, "too long")
            // Only an event makes the client shorten the conversation.
            let reply = try send(.responses, stream: true)
            let answer = AgentAPI.responses.read(reply.body)
            #expect(reply.status == 200 && answer.problems.isEmpty, "\(answer.problems) \(reply.text)")
            #expect(answer.types == ["response.created", "response.in_progress", "response.failed"])
            #expect(answer.reading.ending == "failed context_length_exceeded")
            #expect(answer.reading.message?.contains("4096") == true)
        }
    }
}
