import Foundation
import Testing

extension EndToEnd {
    /// What reaches the upstream: the client's bytes, of its headers those on the list, and the right key.
    @Suite struct ForwardingTests {
        /// A proxy before an upstream that keeps the request as it came.
        private static func forward(
            _ request: Request, _ settings: [String: String] = [:], environment: [String: String] = [:]
        ) throws -> RawUpstream {
            let upstream = try RawUpstream(answering: RawUpstream.stream)
            let proxy = try House.startProxy(settings, upstreamPort: upstream.port, environment: environment)
            let port = try House.port(of: proxy)
            let reply = try RawConnection(port: port).exchange(request)
            #expect(reply.stream.answer == "Yes.", "\(reply.text)")
            return upstream
        }

        @Test func unknownFieldsReachTheUpstreamByteForByte() throws {
            let body = """
                {"model": "m", "stream":true,"messages" : [ {"role": "user", "content": "caf\\u00e9 \\/ \\ud83d\\ude00", "x": null} ],
                  "temperature": 0.700000000000000000001, "seed": 123456789012345678901234567890, "big": 1E+400,
                  "logit_bias": {"50256": -100}, "vendor_extension": {"deep": [[[{"a": "b"}]]], "empty": {}, "": ""}, "ünïcode": "ключ"}
                """
            let upstream = try Self.forward(Request("POST", "/v1/chat/completions", body: body))
            #expect(String(decoding: upstream.requestBody, as: UTF8.self) == body)
            #expect(String(decoding: upstream.request, as: UTF8.self).hasPrefix("POST /v1/chat/completions HTTP/1.1\r\n"))
        }

        @Test func ourOwnFieldAndSuffixAreTakenOutAndNothingElse() throws {
            let body =
                #"{"phases": {"style": "events"}, "model": "m#inline", "stream": true, "messages": [{"role": "user", "content": "x"}], "z": 1.50}"#
            let upstream = try Self.forward(Request("POST", "/v1/chat/completions", body: body))
            let sent = String(decoding: upstream.requestBody, as: UTF8.self)
            #expect(!sent.contains("phases"))
            #expect(sent.contains(#""model": "m", "stream": true, "messages": [{"role": "user", "content": "x"}], "z": 1.50}"#), "\(sent)")
            #expect(Value(upstream.requestBody).keys == ["messages", "model", "stream", "z"])
        }

        @Test func headersOfTheListAreForwardedAndOthersAreNot() throws {
            var request = Request.chat("m", stream: true)
            request.headers += [
                ("openai-organization", "org-1"), ("traceparent", "00-abc-def-01"), ("x-title", "Title"), ("cookie", "session=canary"),
                ("x-forwarded-for", "10.1.2.3"), ("x-secret", "canary"), ("accept-encoding", "gzip"), ("x-request-id", "r-1"),
            ]
            let upstream = try Self.forward(request, ["upstream-headers": "x-team=blue"])
            let head = String(decoding: upstream.request, as: UTF8.self).lowercased()
            for present in [
                "openai-organization: org-1", "traceparent: 00-abc-def-01", "x-title: title", "x-team: blue", "x-request-id: r-1",
                "accept: text/event-stream", "content-type: application/json", "user-agent: reasoning-proxy/",
            ] {
                #expect(head.contains("\r\n" + present), "\(present) is missing: \(head)")
            }
            for absent in ["cookie", "canary", "x-forwarded-for", "accept-encoding", "expect:", "x-phases"] {
                #expect(!head.contains(absent), "\(absent) was forwarded: \(head)")
            }
        }

        @Test(
            arguments: [
                ("forward", nil, "Bearer client-key-1"), (nil, nil, "Bearer client-key-1"),
                (nil, "operator-key-1", "Bearer operator-key-1"),
                ("none", nil, nil), ("forward", "operator-key-1", "Bearer client-key-1"),
            ] as [(String?, String?, String?)])
        func theConfiguredKeyOrTheClientsGoesUpstreamNeverBoth(policy: String?, key: String?, expected: String?) throws {
            var request = Request.chat("m", stream: true)
            request.headers.append(("authorization", "Bearer client-key-1"))
            var settings: [String: String] = [:]
            if let policy { settings["upstream-auth"] = policy }
            let upstream = try Self.forward(request, settings, environment: key.map { ["UPSTREAM_API_KEY": $0] } ?? [:])
            let lines = String(decoding: upstream.request, as: UTF8.self).components(separatedBy: "\r\n")
            let sent = lines.filter { $0.lowercased().hasPrefix("authorization:") }.map {
                $0.dropFirst(14).trimmingCharacters(in: .whitespaces)
            }
            #expect(sent == (expected.map { [$0] } ?? []))
            #expect(
                !String(decoding: upstream.request, as: UTF8.self).contains(
                    expected == "Bearer client-key-1" ? "operator-key" : "client-key"))
        }

        @Test func aRefusedKeyIsTheClientsBusinessOnlyIfItIsItsOwn() throws {
            let clients = try House(mock: ["--api-key", "right-key"])
            var request = Request.chat("fast", stream: true)
            request.headers.append(("authorization", "Bearer wrong-key-77"))
            let refused = try clients.send(request)
            #expect(refused.status == 401)
            #expect(!refused.text.contains("wrong-key-77"))
            request.headers[request.headers.count - 1].1 = "Bearer right-key"
            #expect(try clients.send(request).status == 200)

            let operators = try House(environment: ["UPSTREAM_API_KEY": "stale-key-88"], mock: ["--api-key", "right-key"])
            let hidden = try operators.send(request)
            #expect(hidden.status == 502)
            #expect(hidden.errorCode == "upstream_auth")
            #expect(!hidden.text.contains("stale-key-88"))
        }

        @Test func aKeyThatTheUpstreamRepeatsIsBlankedOut() throws {
            for (head, isStream) in [
                ("HTTP/1.1 400 Bad\r\ncontent-type: application/json", true), ("HTTP/1.1 401 No\r\ncontent-type: application/json", false),
            ] {
                let body = #"{"error": {"message": "key operator-key-1 and client-key-1 are bad", "type": "x", "code": "y"}}"#
                let upstream = try RawUpstream(answering: "\(head)\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
                let proxy = try House.startProxy(upstreamPort: upstream.port, environment: ["UPSTREAM_API_KEY": "operator-key-1"])
                let port = try House.port(of: proxy)
                var request = Request.chat("m", stream: isStream)
                request.headers.append(("authorization", "Bearer client-key-1"))
                let reply = try RawConnection(port: port).exchange(request)
                #expect(reply.status == (isStream ? 400 : 502))
                #expect(!reply.text.contains("operator-key-1") && !reply.text.contains("client-key-1"), "\(reply.text)")
            }
        }

        @Test func ourOwnSummariesAreStrippedFromTheHistory() throws {
            let own = "[Prompt Summary] Rivers.\\n\\n[Reasoning Summary] Thinking.\\n\\nThe Volga."
            let body = """
                {"model": "m", "stream": true, "messages": [{"role": "user", "content": "[Prompt Summary] mine\\n\\nstays"},
                 {"role": "assistant", "content": "\(own)"}, {"role": "user", "content": "And in Asia?"}]}
                """
            let stripped = try Self.forward(Request("POST", "/v1/chat/completions", body: body))
            let messages = Value(stripped.requestBody)["messages"]
            #expect(messages[0]["content"].string == "[Prompt Summary] mine\n\nstays")
            #expect(messages[1]["content"].string == "The Volga.")
            let kept = try Self.forward(Request("POST", "/v1/chat/completions", body: body), ["strip-history": "false"])
            #expect(String(decoding: kept.requestBody, as: UTF8.self) == body)
        }

        @Test func aWholeConversationThroughTheProxyReachesTheModelClean() throws {
            let house = try House()
            let first = try house.stream("fast").stream.text()
            #expect(first.hasPrefix("[Prompt Summary]"))
            let quoted = String(decoding: try JSONEncoder().encode(first), as: UTF8.self)
            let body = """
                {"model": "fast", "stream": true, "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": \(quoted)},
                 {"role": "user", "content": "b"}]}
                """
            _ = try house.send(Request("POST", "/v1/chat/completions", body: body))
            #expect(try house.lastUpstreamRequest()["body"]["messages"][1]["content"].string == "Done at once.")
        }
    }
}
