import Settings
import Testing

/// The small model that makes summaries: where it is, what it is told, and what is wrong with that.
@Suite struct SummaryModelTests {
    private static let good = """
        summaries:
          engine: model
          prompt_engine: model
          model:
            url: http://localhost:8001/v1
            name: qwen3-4b
            prompt: |
              Say in {language} what happens.
              At most {limit} characters.
            language: German
            thinking: no_think
            deadline: 800ms
            prompt_instructions: Say what is asked, in {language}.
            prompt_deadline: 250ms
            prompt_window: 2KiB
            max_tokens: 60
            window: 4KiB
            budget_tokens: 5000
            concurrency: 3
        """

    @Test func everythingIsRead() throws {
        let settings = try load(Self.good).summaries
        #expect(settings.engine == .model)
        #expect(settings.model.url?.description == "http://localhost:8001/v1")
        #expect(settings.model.name == "qwen3-4b")
        #expect(settings.model.prompt == "Say in {language} what happens.\nAt most {limit} characters.\n")
        #expect(settings.model.language == "German" && settings.model.thinking == .noThink)
        #expect(settings.model.deadline == .milliseconds(800) && settings.model.maxTokens == 60 && settings.model.windowBytes == 4096)
        #expect(settings.model.budgetTokens == 5000 && settings.model.concurrency == 3)
        #expect(settings.promptEngine == .model && settings.model.promptInstructions == "Say what is asked, in {language}.")
        #expect(settings.model.promptDeadline == .milliseconds(250) && settings.model.promptWindowBytes == 2048)
    }

    @Test func theEnvironmentAloneIsEnough() throws {
        let settings = try load(
            "",
            environment: [
                "PROXY_SUMMARIES_ENGINE": "model", "SUMMARY_URL": "https://api.example.com/v1", "SUMMARY_MODEL": "small",
                "SUMMARY_API_KEY": "canary-key",
            ])
        #expect(settings.summaries.model.apiKey?.exposed == "canary-key")
        #expect(!"\(settings)".contains("canary-key"))
    }

    @Test func withoutSettingsNothingChanges() throws {
        let settings = try load("").summaries
        #expect(settings.engine == .extractive && settings.promptEngine == .extractive && settings.model.url == nil)
    }

    @Test(arguments: [
        ("summaries: {engine: model}", "proxy.yaml:1:21: summaries.engine: the engine model needs an address"),
        ("summaries: {engine: model}", "proxy.yaml:1:21: summaries.engine: the engine model needs a model's name"),
        ("summaries: {prompt_engine: model}", "proxy.yaml:1:28: summaries.prompt_engine: the engine model needs an address"),
        ("summaries: {prompt_engine: model}", "proxy.yaml:1:28: summaries.prompt_engine: the engine model needs a model's name"),
        (
            "summaries:\n  model:\n    prompt_instructions: 'Say {this}.'",
            "proxy.yaml:3:26: summaries.model.prompt_instructions: there is no placeholder \"{this}\""
        ),
        ("summaries:\n  model:\n    prompt_deadline: 5ms", "proxy.yaml:3:22: summaries.model.prompt_deadline: "),
        ("summaries:\n  model:\n    prompt_window: 1GiB", "proxy.yaml:3:20: summaries.model.prompt_window: "),
        ("summaries: {engine: modle}", "proxy.yaml:1:21: summaries.engine: expected one of extractive, model"),
        (
            "summaries:\n  model:\n    prompt: 'Say it in {tongue}.'",
            "proxy.yaml:3:13: summaries.model.prompt: there is no placeholder \"{tongue}\""
        ),
        (
            "summaries:\n  model:\n    url: 'localhost:80'",
            "proxy.yaml:3:10: summaries.model.url: the address must begin with http:// or https://"
        ),
        ("summaries:\n  model:\n    deadline: 5", "proxy.yaml:3:15: summaries.model.deadline: expected a duration"),
        ("summaries:\n  model:\n    nmae: x", "proxy.yaml:3:5: summaries.model.nmae: unknown key"),
    ])
    func mistakesAreToldWithTheirPlace(yaml: String, told: String) {
        do throws(SettingsReport) {
            _ = try load(yaml)
            Issue.record("no complaint about \(yaml)")
        } catch {
            #expect("\(error)".contains(told), "\(error)")
        }
    }

    @Test(arguments: ["{language} {limit}", "{ \"a\": {1} }", "{", "}{", "{}"])
    func bracesAroundSomethingElseAreText(prompt: String) throws {
        let settings = try load("summaries:\n  model:\n    prompt: '\(prompt)'")
        #expect(settings.summaries.model.prompt == prompt)
    }

    @Test func aKeyOverAnOpenLineIsWarnedAbout() throws {
        let yaml = "summaries:\n  model:\n    url: http://api.example.com\n    api_key: env:KEY"
        let settings = try load(yaml, environment: ["KEY": "canary-key"])
        #expect(settings.warnings.contains { "\($0)".contains("summaries.model.url: the key travels unencrypted") })
    }

    @Test(arguments: [
        (
            "summaries:\n  prompt: off\n  prompt_engine: model",
            "summaries.prompt_engine: the model is never asked, for summaries.prompt is off"
        ),
        (
            "stream:\n  commit_delay: 0s\nsummaries:\n  prompt_engine: model",
            "summaries.prompt_engine: the model is never asked: stream.commit_delay leaves it no time"
        ),
    ])
    func aPromptEngineThatIsNeverAskedIsWarnedAbout(yaml: String, told: String) throws {
        let environment = ["SUMMARY_URL": "http://localhost:1", "SUMMARY_MODEL": "small"]
        #expect(try load(yaml, environment: environment).warnings.contains { "\($0)".contains(told) })
        #expect(try load("summaries:\n  prompt_engine: model", environment: environment).warnings.isEmpty)
    }
}
