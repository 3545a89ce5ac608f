import Foundation
import Testing

@testable import proxy_client

@Suite("The command line")
struct OptionsTests {
    private func settings(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Settings {
        try Settings(try Options.parse(arguments), environment: environment)
    }

    private func body(_ arguments: [String], _ conversation: Conversation) throws -> [String: Any] {
        let request = try settings(arguments).chatRequest(conversation, model: "m")
        return try #require(try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
    }

    private var hello: Conversation {
        var conversation = Conversation()
        conversation.asked(.text("Hello"))
        return conversation
    }

    @Test(
        "A server address is taken as people write it",
        arguments: ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/", "h:1", "h:1/v1"])
    func aServerAddressIsTakenAsWritten(text: String) throws {
        #expect(try ServerAddress(text).chat == "http://h:1/v1/chat/completions")
    }

    @Test("A path before /v1 is kept")
    func aPathBeforeIsKept() throws {
        #expect(try ServerAddress("https://h/inline/v1").models == "https://h/inline/v1/models")
    }

    @Test("What is no server address is refused", arguments: ["", "ftp://h", "http://", "http://h/?x=1", "http://h/#a", "http://a b"])
    func whatIsNoServerAddressIsRefused(text: String) {
        #expect(throws: UsageError.self) { try ServerAddress(text) }
    }

    @Test("Options win over the environment, the environment over defaults")
    func optionsWinOverTheEnvironment() throws {
        let environment = ["PROXY_URL": "http://e:2", "PROXY_MODEL": "em", "OPENAI_API_KEY": "k1", "PROXY_API_KEY": "k2"]
        let fromEnvironment = try settings([], environment)
        #expect(fromEnvironment.address.base == "http://e:2")
        #expect(fromEnvironment.model == "em")
        #expect(fromEnvironment.key?.revealed == "k2")
        let fromOptions = try settings(["--url", "h:9", "-m", "om"], environment)
        #expect(fromOptions.address.base == "http://h:9")
        #expect(fromOptions.model == "om")
        #expect(try settings([], ["PROXY_URL": ""]).address.base == ServerAddress.standard)
    }

    @Test("A key is sent and never printed")
    func aKeyIsSentAndNeverPrinted() throws {
        let keyed = try settings([], ["OPENAI_API_KEY": "sk-hidden\n"])
        let request = keyed.getRequest("http://h/")
        #expect(request.headers.contains(Header("Authorization", "Bearer sk-hidden")))
        var dumped = ""
        dump(keyed, to: &dumped)
        #expect(!dumped.contains("hidden") && !"\(keyed)".contains("hidden") && !String(reflecting: keyed).contains("hidden"))
        #expect(throws: UsageError.self) { try settings([], ["OPENAI_API_KEY": "a\r\nX: y"]) }
    }

    @Test(
        "What does not go together is refused",
        arguments: [
            ["--quiet", "--verbose"], ["--json", "--interactive"], ["--json", "-q"], ["--health", "--models"], ["--health", "-p", "x"],
            ["--models", "word"], ["--system", "a", "--system-file", "b"], ["--max-tokens", "0"], ["--temperature", "3"],
            ["--temperature", "nan"], ["--timeout", "0"], ["--timeout", "inf"], ["--idle-timeout", "-1"], ["--style", "sse"],
            ["--color", "blue"], ["--unknown"],
        ])
    func whatDoesNotGoTogetherIsRefused(arguments: [String]) {
        #expect(throws: (any Error).self) { try Options.parse(arguments) }
    }

    @Test("The request carries what was asked for and nothing else")
    func theRequestCarriesWhatWasAskedFor() throws {
        let plain = try body([], hello)
        #expect(Set(plain.keys) == ["model", "messages", "stream"])
        #expect(plain["stream"] as? Bool == true)
        let full = try body(["--max-tokens", "9", "--temperature", "0.5", "--reasoning-effort", "low", "-v"], hello)
        #expect(full["max_tokens"] as? Int == 9)
        #expect(full["temperature"] as? Double == 0.5)
        #expect(full["reasoning_effort"] as? String == "low")
        #expect((full["stream_options"] as? [String: Bool]) == ["include_usage": true])
        #expect(try body(["--no-stream", "-v"], hello)["stream_options"] == nil)
    }

    @Test("The style goes into the header, and only when it was chosen", arguments: WireStyle.allCases)
    func theStyleGoesIntoTheHeader(style: WireStyle) throws {
        let chosen = try settings(["--style", style.rawValue]).chatRequest(hello, model: "m")
        #expect(chosen.headers.contains(Header("X-Phases", style.rawValue)))
        #expect(try !settings([]).chatRequest(hello, model: "m").headers.contains { $0.name == "X-Phases" })
    }

    @Test("Limits of time become durations, and 0 lifts the silence limit")
    func limitsOfTimeBecomeDurations() throws {
        #expect(try settings(["--timeout", "1.5"]).totalLimit == .milliseconds(1500))
        #expect(try settings([]).silenceLimit == .seconds(120))
        #expect(try settings(["--idle-timeout", "0"]).silenceLimit == nil)
    }

    @Test(
        "Colour follows option, NO_COLOR, CLICOLOR_FORCE and terminal, in this order",
        arguments: [
            (ColourChoice.auto, true, [:], true), (.auto, false, [:], false), (.auto, true, ["NO_COLOR": "1"], false),
            (.auto, true, ["NO_COLOR": ""], true), (.auto, false, ["CLICOLOR_FORCE": "1"], true),
            (.auto, false, ["CLICOLOR_FORCE": "0"], false), (.auto, false, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false),
            (.auto, true, ["TERM": "dumb"], false), (.always, false, ["NO_COLOR": "1"], true),
            (.never, true, ["CLICOLOR_FORCE": "1"], false),
        ])
    func colourFollowsItsOrder(choice: ColourChoice, isTerminal: Bool, environment: [String: String], expected: Bool) {
        #expect(choice.hasColour(isTerminal: isTerminal, environment: environment) == expected)
    }

    @Test("The help shows every exit code and an example")
    func theHelpShowsEveryExitCode() {
        let help = Options.helpMessage(columns: 120)
        for status in ProgramExit.allCases { #expect(help.contains("\(status.rawValue)") && help.contains(status.meaning)) }
        #expect(help.contains("EXAMPLES"))
    }
}
