import Testing

extension EndToEnd {
    /// Pages of other origins: nobody, unless they are named.
    @Suite struct CrossOriginTests {
        private static let page = "https://chat.example.com"
        private static let other = "http://localhost:3000"

        private static func preflight(_ origin: String, _ path: String = "/v1/chat/completions") -> Request {
            var request = Request("OPTIONS", path)
            request.headers += [
                ("origin", origin), ("access-control-request-method", "POST"),
                ("access-control-request-headers", "authorization,content-type,x-stainless-lang"),
            ]
            return request
        }

        private static func names(_ reply: Reply) -> [String] {
            reply.headers.map(\.name).filter { $0.hasPrefix("access-control") || $0 == "vary" }
        }

        @Test func withoutOriginsNothingIsSaid() throws {
            let house = try House()
            let refused = try house.send(Self.preflight(Self.page))
            #expect(refused.status == 405 && Self.names(refused).isEmpty)
            let answered = try house.stream("fast") { $0.headers.append(("origin", Self.page)) }
            #expect(answered.status == 200 && Self.names(answered).isEmpty, "\(answered.headers)")
        }

        @Test func listedOriginsAreAnsweredAndNoOtherIs() throws {
            let house = try House(
                ["cors-origins": "\(Self.page),\(Self.other)"], environment: ["API_TOKENS": "canary-client-token-1"])
            for origin in [Self.page, Self.other] {
                for path in ["/v1/chat/completions", "/v1/models", "/inline/v1/chat/completions", "/health"] {
                    let reply = try house.send(Self.preflight(origin, path))
                    #expect(reply.status == 204 && reply.body.isEmpty && reply.header("content-length") == nil, "\(path): \(reply.headers)")
                    #expect(reply.header("access-control-allow-origin") == origin)
                    #expect(reply.header("vary") == "Origin")
                    #expect(reply.header("access-control-allow-methods")?.contains(path.contains("chat") ? "POST" : "GET") == true)
                    let allowed = reply.header("access-control-allow-headers") ?? ""
                    #expect(allowed.contains("authorization") && allowed.contains("content-type") && allowed.hasSuffix("*"))
                    #expect(reply.header("access-control-allow-credentials") == nil)
                }
                let refused = try house.stream("fast") { $0.headers.append(("origin", origin)) }
                #expect(refused.status == 401 && refused.header("access-control-allow-origin") == origin, "a page cannot read why")
                let good = try house.stream("fast") {
                    $0.headers += [("origin", origin), ("authorization", "Bearer canary-client-token-1")]
                }
                #expect(good.stream.endsWithDone && good.header("access-control-allow-origin") == origin)
                let exposed = good.header("access-control-expose-headers") ?? ""
                for name in ["x-phases", "x-request-id", "retry-after"] { #expect(exposed.contains(name)) }
            }
            for origin in ["https://chat.example.com.evil.example", "https://CHAT.example.com", "http://chat.example.com", "null", "*", ""]
            {
                let reply = try house.send(Self.preflight(origin))
                #expect(reply.status == 401 && Self.names(reply) == ["vary"], "\(origin): \(reply.headers)")
            }
            // No origin, two origins, no method asked for, nowhere, and the operator's door: none of them is a preflight.
            var twice = Self.preflight(Self.page)
            twice.headers.append(("origin", Self.other))
            var bare = Self.preflight(Self.page)
            bare.headers.removeAll { $0.0 == "access-control-request-method" }
            for request in [
                Request("OPTIONS", "/v1/models"), twice, bare, Self.preflight(Self.page, "/nothing"),
                Self.preflight(Self.page, "/admin/upstreams/default/reset"),
            ] {
                #expect(try house.send(request).status == 401, "\(request.target)")
            }
            #expect(try house.upstreamRequests() == 2)
        }

        @Test func aStarIsRefusedAtTheStart() throws {
            let check = try ChildProcess(.proxy, ["--cors-origins=*", "--check-config"])
            #expect(try check.waitForExit() == .code(1))
            #expect(check.errors.text.contains("every origin has to be named"), "\(check.errors.text)")
        }
    }
}
