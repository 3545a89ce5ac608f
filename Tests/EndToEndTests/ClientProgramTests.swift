import Testing

extension EndToEnd {
    /// `proxy-client` before the real proxy: what a script sees of it.
    @Suite struct ClientProgramTests {
        private static func run(
            _ house: House, _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
        ) throws -> ChildProcess {
            let client = try ChildProcess(
                .client, ["--url", "http://127.0.0.1:\(house.proxyPort)"] + arguments, environment: environment,
                input: input.map { Array($0.utf8) })
            _ = try client.waitForExit(within: .seconds(15))
            return client
        }

        @Test func theAnswerGoesToTheOutputAndSummariesToTheErrors() throws {
            let house = try House()
            for style in ["events", "inline", "reasoning", "think"] {
                for arguments in [[], ["--no-stream"]] {
                    let client = try Self.run(
                        house, ["--model", "fast", "--style", style, "--prompt", "Which river is the longest?"] + arguments)
                    #expect(client.state == .code(0), "\(style)")
                    #expect(client.output.text == "Done at once.\n", "\(style)")
                    #expect(client.errors.text.contains("Which river is the longest?"), "\(style)")
                    #expect(!client.errors.text.contains("\u{1B}"), "colour without a terminal")
                    #expect(!client.errors.text.contains("[Prompt Summary]"), "\(style): \(client.errors.text)")
                }
            }
            let quiet = try Self.run(house, ["--model", "fast", "--quiet", "Which", "river?"])
            #expect(quiet.output.text == "Done at once.\n")
            #expect(quiet.errors.text.isEmpty)
            let verbose = try Self.run(house, ["--model", "fast", "--verbose", "x"])
            #expect(verbose.errors.text.contains("tokens/s") || verbose.errors.text.contains(" ms"), "\(verbose.errors.text)")
        }

        @Test func pipedInputBecomesPartOfThePrompt() throws {
            let house = try House()
            let alone = try Self.run(house, ["--model", "echo", "--quiet"], input: "piped words")
            #expect(alone.state == .code(0))
            #expect(alone.output.text.contains("piped words"))
            let both = try Self.run(house, ["--model", "echo", "--quiet", "--prompt", "asked words"], input: "piped words")
            #expect(both.output.text.contains("asked words") && both.output.text.contains("piped words"))
        }

        @Test func jsonIsOneObjectPerLine() throws {
            let house = try House()
            let client = try Self.run(house, ["--model", "fast", "--json", "x"])
            #expect(client.state == .code(0))
            let events = client.output.lines.map { Value(Array($0.utf8)) }
            #expect(events.allSatisfy { $0["event"].string != nil }, "\(client.output.text)")
            #expect(
                events.compactMap { $0["event"].string == "phase" ? $0["phase"].string : nil } == [
                    "prompt_summary", "reasoning_summary", "final_output",
                ])
            let answer = events.compactMap { $0["event"].string == "delta" ? $0["text"].string : nil }.joined()
            #expect(answer == "Done at once.")
            #expect(events.last?["event"].string == "end")
            #expect(events.last?["complete"].bool == true)
        }

        @Test func healthAndModelsAreTables() throws {
            let house = try House()
            let health = try Self.run(house, ["--health"])
            #expect(health.state == .code(0), "\(health.errors.text)")
            #expect(health.output.text.contains("default"))
            let models = try Self.run(house, ["--models"])
            #expect(models.state == .code(0), "\(models.errors.text)")
            #expect(models.output.text.contains("harmony") && models.output.text.contains("fast"))
        }

        @Test func exitCodesTellScriptsWhatHappened() throws {
            let house = try House(["upstream-timeouts-gap-answer": "300ms"])
            let cases: [(arguments: [String], code: Int32)] = [
                (["--model", "error-500", "x"], 1), (["--model", "error-429", "x"], 1), (["--model", "error-event-in-answer", "x"], 1),
                (["--model", "fast", "--style", "loud", "x"], 2), (["--no-such-option"], 2), (["--file", "/no/such/file", "x"], 2),
                (["--model", "stall-in-answer", "--idle-timeout", "0.1", "x"], 4), (["--model", "no-answer", "--timeout", "0.2", "x"], 4),
            ]
            for (arguments, code) in cases {
                try house.renewProxy()
                let client = try Self.run(house, arguments)
                #expect(client.state == .code(code), "\(arguments): \(client.errors.text)")
                #expect(!client.errors.text.isEmpty, "\(arguments)")
            }
            try house.renewProxy()
            // An unreachable server, and one that has gone in the middle.
            let free = try House.freePort()
            let lost = try ChildProcess(.client, ["--url", "http://127.0.0.1:\(free)", "--model", "m", "x"])
            #expect(try lost.waitForExit() == .code(3), "\(lost.errors.text)")
            let cut = try ChildProcess(.client, ["--url", "http://127.0.0.1:\(house.proxyPort)", "--model", "hold-in-answer", "x"])
            try eventually("the answer to be held") { try house.mockState()["streams"]["held"].int == 1 }
            try eventually("half of the answer") { cut.output.text.contains("The first part") }
            house.proxy.signal(9)
            #expect(try cut.waitForExit() == .code(4), "\(cut.errors.text)")
        }

        @Test func anInterruptedClientEndsItsUpstreamRequest() throws {
            let house = try House()
            let client = try ChildProcess(.client, ["--url", "http://127.0.0.1:\(house.proxyPort)", "--model", "hold-in-answer", "x"])
            try eventually("the answer to begin") { client.output.text.contains("The") }
            client.signal(2)
            #expect(try client.waitForExit() == .code(130))
            try eventually("the upstream's close", within: .seconds(2)) { try house.mockState()["streams"]["cancelled_by_client"].int == 1 }
        }

        @Test func theKeyIsSentAndNeverShown() throws {
            let house = try House(mock: ["--api-key", "client-secret-1"])
            let good = try Self.run(house, ["--model", "fast", "--verbose", "x"], environment: ["PROXY_API_KEY": "client-secret-1"])
            #expect(good.state == .code(0), "\(good.errors.text)")
            let bad = try Self.run(house, ["--model", "fast", "--verbose", "x"], environment: ["OPENAI_API_KEY": "client-secret-2"])
            #expect(bad.state == .code(1))
            #expect(!(good.errors.text + good.output.text + bad.errors.text + bad.output.text).contains("client-secret"))
        }
    }
}
