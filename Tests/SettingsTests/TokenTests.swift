import Settings
import Testing

/// Who may come in, and what the configuration must say about it.
@Suite struct TokenTests {
    private static let tokens = AccessTokens([
        Secret("first-token-of-some-length"), Secret("second"), Secret(String(repeating: "x", count: 255)),
    ])

    @Test(arguments: ["first-token-of-some-length", "second", String(repeating: "x", count: 255)])
    func everyTokenOpens(token: String) {
        for scheme in ["Bearer ", "bearer ", "BEARER   "] { #expect(Self.tokens.open(to: scheme + token), "\(scheme)") }
        #expect(AccessTokens([Secret(token)]).open(to: "Bearer \(token)"))
    }

    @Test(arguments: [
        nil, "", "Bearer", "Bearer ", "Bearer  ", "second", "Basic second", "Bearersecond", "Bearer secon", "Bearer second2",
        "Bearer second ",
        "Bearer Second", "Bearer second\u{0}", "Bearer first-token-of-some-lengti", "Bearer airst-token-of-some-length", "Bearer,second",
        "Bearer \(String(repeating: "x", count: 254))", "Bearer \(String(repeating: "x", count: 256))",
        "Bearer \(String(repeating: "x", count: 511))", "Bearer \(String(repeating: "x", count: 100_000))", "Bearer *", "Bearer sécond",
    ])
    func nothingElseDoes(header: String?) {
        #expect(!Self.tokens.open(to: header))
    }

    @Test func everySingleByteCounts() {
        let token = Array("0123456789abcdefABCDEF-_.~".utf8)
        let tokens = AccessTokens([Secret("another"), Secret(String(decoding: token, as: UTF8.self))])
        #expect(tokens.open(to: "Bearer " + String(decoding: token, as: UTF8.self)))
        for index in token.indices {
            for bit in 0..<7 {
                var changed = token
                changed[index] ^= 1 << bit
                #expect(!tokens.open(to: "Bearer " + String(decoding: changed, as: UTF8.self)), "byte \(index), bit \(bit)")
            }
        }
    }

    @Test func aTokenSaysWhoSomebodyIs() {
        let tokens = AccessTokens([Secret("one"), Secret("two"), Secret("one"), Secret("three")])
        #expect(["one", "two", "three", "four"].map { tokens.index(shownBy: "Bearer \($0)") } == [0, 1, 2, nil])
    }

    @Test func withoutTokensNothingOpens() {
        #expect(AccessTokens([]).isEmpty)
        for header in [nil, "", "Bearer ", "Bearer x"] { #expect(!AccessTokens([]).open(to: header)) }
        let useless = AccessTokens([Secret(""), Secret(String(repeating: "y", count: 256))])
        #expect(useless.isEmpty)
        for header in [nil, "", "Bearer ", "Bearer " + String(repeating: "y", count: 256)] { #expect(!useless.open(to: header)) }
    }

    // MARK: Configuration

    private static let good = "canary-token-1-of-good-length"

    @Test func aListComesFromTheEnvironmentOrFromReferences() throws {
        let both = ["API_TOKENS": "\(Self.good), canary-token-2-of-good-length"]
        #expect(try load(environment: both).server.apiTokens.map(\.exposed) == [Self.good, "canary-token-2-of-good-length"])
        let file = try load(
            "server: {api_tokens: [env:ONE, \"${TWO}\"]}", environment: ["ONE": Self.good, "TWO": "canary-token-2-of-good-length"])
        #expect(file.server.apiTokens.map(\.exposed) == [Self.good, "canary-token-2-of-good-length"])
        #expect(file.warnings.isEmpty, "\(file.warnings)")
        #expect(!file.description.contains("canary"))
    }

    @Test func requiredButMissingIsAnError() throws {
        let issues = errors(environment: ["REQUIRE_AUTH": "on"])
        #expect(issues.contains { $0.contains("server.require_auth") && $0.contains("API_TOKENS") }, "\(issues)")
        // An empty variable is a forgotten one: the very case that this setting is for.
        #expect(errors(environment: ["REQUIRE_AUTH": "on", "API_TOKENS": ""]).count == 1)
        #expect(try load(environment: ["REQUIRE_AUTH": "on", "API_TOKENS": Self.good]).server.requiresTokens)
    }

    @Test func forwardingTheClientsTokenIsAnError() throws {
        let issues = errors(environment: ["API_TOKENS": Self.good, "UPSTREAM_AUTH": "forward"])
        #expect(issues.contains { $0.contains("auth") && $0.contains("server.api_tokens") }, "\(issues)")
        #expect(!issues.joined().contains("canary"))
        // What nobody asked for is switched off without a word; without tokens it stays.
        #expect(try load(environment: ["API_TOKENS": Self.good]).upstreams[0].authorization == UpstreamAuthorization.none)
        #expect(try load().upstreams[0].authorization == .forward)
        #expect(try load(environment: ["API_TOKENS": Self.good, "UPSTREAM_API_KEY": "key"]).upstreams[0].authorization == .key)
    }

    @Test func shortTokensAreWarnedOfAndLongOnesRefused() throws {
        #expect(try load(environment: ["API_TOKENS": "short-token"]).warnings.count == 1)
        #expect(try load(environment: ["ADMIN_TOKEN": "short-token"]).warnings.count == 1)
        #expect(errors(environment: ["API_TOKENS": String(repeating: "z", count: 256)]).count == 1)
    }

    private func errors(environment: [String: String]) -> [String] {
        do {
            _ = try load(environment: environment)
            return []
        } catch {
            return error.errors.map { "\($0)" }
        }
    }
}
