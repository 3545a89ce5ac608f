import Foundation
import Testing

extension EndToEnd {
    /// Who may use the proxy, and who may give it orders.
    @Suite struct AccessTests {
        private static let token = "canary-client-token-4711"
        private static let other = "canary-client-token-4712"
        private static let admin = "canary-admin-token-4713"

        private static let wrong: [(name: String, headers: [String])] = [
            ("missing", []), ("empty", [""]), ("malformed", ["Bearer"]), ("another scheme", ["Basic \(token)"]), ("bare", [token]),
            ("wrong", ["Bearer canary-client-token-4714"]), ("too short", ["Bearer canary-client-token-471"]),
            ("too long", ["Bearer \(token)1"]), ("twice", ["Bearer \(token)", "Bearer \(token)"]), ("the admin's", ["Bearer \(admin)"]),
        ]

        private func house(_ environment: [String: String] = [:]) throws -> House {
            try House(environment: ["API_TOKENS": "\(Self.token),\(Self.other)", "ADMIN_TOKEN": Self.admin].merging(environment) { $1 })
        }

        @Test func withoutAValidTokenNothingButHealthIsServed() throws {
            let house = try house()
            var bodies: Set<String> = []
            for (name, headers) in Self.wrong {
                for (method, path) in [
                    ("POST", "/v1/chat/completions"), ("GET", "/v1/models"), ("GET", "/metrics"), ("GET", "/nothing"),
                    ("DELETE", "/v1/models"),
                    ("POST", "/inline/v1/chat/completions"),
                ] {
                    var request = method == "POST" ? Request.chat("fast", stream: true) : Request(method, path)
                    request.target = path
                    request.headers += headers.map { ("authorization", $0) }
                    let reply = try house.send(request)
                    #expect(reply.status == 401, "\(name), \(path): \(reply.status)")
                    #expect(reply.header("www-authenticate") == "Bearer")
                    bodies.insert(reply.text)
                }
            }
            #expect(bodies.count == 1 && bodies.first?.contains("invalid_api_key") == true, "\(bodies)")
            #expect(try house.upstreamRequests() == 0)
            for path in ["/health", "/healthz", "/livez", "/readyz"] { #expect(try house.send(Request("GET", path)).status == 200) }
        }

        @Test func everyTokenIsGoodAndNoneGoesUpstream() throws {
            for key in [nil, "operator-key"] {
                let house = try house(key.map { ["UPSTREAM_API_KEY": $0] } ?? [:])
                for token in [Self.token, Self.other] {
                    for path in ["/v1/models", "/metrics", "/v1/chat/completions"] {
                        var request = path.hasSuffix("completions") ? Request.chat("fast", stream: true) : Request("GET", path)
                        request.headers.append(("authorization", "Bearer \(token)"))
                        #expect(try house.send(request).status == 200, "\(path)")
                    }
                    let seen = try RawConnection(port: house.mockPort).exchange(Request("GET", "/mock/requests?last=10")).text
                    #expect(seen.contains("fast") && !seen.contains("canary"), "\(seen)")
                    #expect(seen.contains("Bearer operator-key") == (key != nil))
                }
                house.proxy.signal(15)
                _ = try house.proxy.waitForExit()
                #expect(!house.proxy.errors.text.contains("canary") && !house.proxy.output.text.contains("canary"))
            }
        }

        @Test func aStrangersBodyIsNotWaitedFor() throws {
            let house = try house()
            let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            for framing in ["content-length: 1000000", "transfer-encoding: chunked", "content-length: 1000000\r\nexpect: 100-continue"] {
                let client = try house.connect()
                try client.send(head + framing + "\r\n\r\n")
                let reply = try client.reply(within: .seconds(2))
                #expect(reply.status == 401, "\(framing): \(reply.text)")
                try client.receiveToEnd(within: .seconds(3))
            }
            // Without a body the connection stays good.
            let client = try house.connect()
            #expect(try client.exchange(Request("GET", "/v1/models")).status == 401)
            var good = Request("GET", "/v1/models")
            good.headers.append(("authorization", "Bearer \(Self.token)"))
            #expect(try client.exchange(good).status == 200)
        }

        @Test func theConfigurationIsRefusedWhereTokensWouldLeak() throws {
            let cases: [([String: String], String)] = [
                (["API_TOKENS": Self.token, "UPSTREAM_AUTH": "forward"], "auth"), (["REQUIRE_AUTH": "true"], "API_TOKENS"),
                (["REQUIRE_AUTH": "on", "API_TOKENS": ""], "API_TOKENS"),
            ]
            for (environment, word) in cases {
                let check = try ChildProcess(.proxy, ["--check-config"], environment: environment)
                #expect(try check.waitForExit() == .code(1))
                #expect(check.errors.text.contains(word) && !check.errors.text.contains("canary"), "\(check.errors.text)")
            }
            let good = try ChildProcess(
                .proxy, ["--print-config"], environment: ["API_TOKENS": Self.token, "REQUIRE_AUTH": "on", "ADMIN_TOKEN": Self.admin])
            #expect(try good.waitForExit() == .code(0))
            #expect(!good.output.text.contains("canary") && good.output.text.contains("auth: none"), "\(good.output.text)")
        }

        // MARK: Administration

        @Test func withoutAnAdminTokenThereIsNoSuchPath() throws {
            let house = try House()
            for headers in Self.wrong.map(\.headers) + [["Bearer "]] {
                var request = Request("POST", "/admin/upstreams/default/reset")
                request.headers += headers.map { ("authorization", $0) }
                #expect(try house.send(request).status == 404)
            }
        }

        @Test func theOperatorClosesABreaker() throws {
            let street = try Street(
                [""], settings: "breaker: {failures: 1, open_time: 60s}",
                environment: ["ADMIN_TOKEN": Self.admin, "API_TOKENS": Self.token])
            func reset(_ name: String = "u0", token: String?, method: String = "POST") throws -> Reply {
                var request = Request(method, "/admin/upstreams/\(name)/reset")
                if let token { request.headers.append(("authorization", "Bearer \(token)")) }
                return try street.send(request)
            }
            func ask() throws -> Reply {
                var request = Request.chat("prime", stream: true)
                request.headers.append(("authorization", "Bearer \(Self.token)"))
                return try street.send(request)
            }
            try street.order(0, fault: "status=500")
            #expect(try ask().status == 502)
            #expect(try ask().status == 503)
            // The clients' token opens another door.
            for token in [nil, Self.token, "canary-admin-token-4714"] { #expect(try reset(token: token).status == 401) }
            #expect(try ask().status == 503)
            #expect(try reset("nobody", token: Self.admin).status == 404)
            #expect(try reset(token: Self.admin, method: "GET").status == 405)
            let done = try reset(token: Self.admin)
            #expect(done.status == 200 && done.json["breaker"].string == "closed", "\(done.text)")
            #expect(try ask().status == 200)
            // A name in percent-form is the same name; what was asked to be left alone is free again, too.
            try street.order(0, fault: "status=429;retry_after=60")
            #expect(try ask().status == 429)
            #expect(try street.upstream(0)["breaker"].string == "throttled")
            #expect(try reset("%750", token: Self.admin).status == 200)
            #expect(try ask().status == 200)
            #expect(street.proxy.errors.text.contains("upstream reset") && !street.proxy.errors.text.contains("canary"))
        }
    }
}
