import ChatRequests
import Phases
import Settings
import Summaries
import Testing

@testable import Proxy

/// What becomes of the reasoning: the request's wish, within what the operator allows.
@Suite struct SummaryChoiceTests {
    struct Row: Sendable {
        var configured: String
        var request: String
        var outcome: String

        init(_ configured: String, _ request: String, _ outcome: String) {
            (self.configured, self.request, self.outcome) = (configured, request, outcome)
        }
    }

    @Test(
        "the object phases comes before reasoning.summary, and that before the configuration",
        arguments: [
            Row("", "", "auto"),
            Row("level: concise", "", "concise"),
            Row("level: off", "", "off"),
            Row("levels: {'m*': detailed, '*': off}", "", "detailed"),
            Row("level: concise, levels: {'x*': detailed}", "", "concise"),
            Row("level: concise", #""reasoning":{"summary":"detailed"}"#, "detailed"),
            Row("level: concise", #""reasoning":{"summary":"auto"}"#, "concise"),
            Row("level: concise", #""reasoning":{"summary":"detailed"},"phases":{"summary":"off"}"#, "off"),
            Row("", #""reasoning":{"summary":"none"},"phases":{"summary":"concise"}"#, "concise"),
            Row("", #""phases":{"summary":false}"#, "off"),
            Row("level: detailed", #""phases":{"summary":true}"#, "detailed"),
            Row("level: off", #""phases":{"summary":"concise"}"#, "concise"),
            // Where the operator makes no summaries there is none to ask for.
            Row("reasoning: off", #""phases":{"summary":"detailed"}"#, "off"),
            Row("reasoning: off, levels: {'m*': full}", "", "off"),
            // Raw thoughts are the operator's to give.
            Row("", #""phases":{"summary":"full"}"#, "summary_level_not_allowed phases.summary"),
            Row("", #""reasoning":{"summary":"full"}"#, "summary_level_not_allowed reasoning.summary"),
            Row("reasoning: off", #""phases":{"summary":"full"}"#, "summary_level_not_allowed phases.summary"),
            Row("allow_full: on", #""phases":{"summary":"full"}"#, "full"),
            Row("allow_full: on, reasoning: off", #""phases":{"summary":"full"}"#, "off"),
            Row("allow_full: on", "", "auto"),
            Row("levels: {'m*': full}", "", "full"),
            Row("reasoning: full", "", "full"),
            Row("reasoning: full", #""phases":{"summary":"full"}"#, "full"),
            Row("reasoning: full", #""phases":{"summary":"concise"}"#, "concise"),
            Row("reasoning: full", #""phases":"think""#, "full"),
        ])
    func levels(row: Row) throws {
        let settings = try Self.loaded("summaries: {\(row.configured)}\n").summaries
        let member = row.request.isEmpty ? "" : row.request + ","
        let chat = try ChatRequest.read(Array("{\"model\":\"m1\",\(member)\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}".utf8))
        #expect(outcome(settings, chat) == row.outcome, "\(row)")
    }

    private func outcome(_ settings: SummarySettings, _ chat: ChatRequest) -> String {
        do {
            switch try SummaryChoice(settings: settings).mode(for: chat, model: "m1") {
            case .off: return "off"
            case .full: return "full"
            case .extractive(let options):
                switch options.maximumStepCharacters {
                case 160: return "concise"
                case 240: return "auto"
                default: return "detailed"
                }
            }
        } catch {
            return error.code + " " + (error.param ?? "")
        }
    }

    @Test("interval, length and notice are configured for auto, and the other levels follow")
    func numbers() throws {
        let settings = try Self.loaded("summaries: {interval: 4s, max_length: 1000, level: concise, repetition_notice: 0s}\n").summaries
        let chat = try ChatRequest.read(Array(#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#.utf8))
        guard case .extractive(let options) = try SummaryChoice(settings: settings).mode(for: chat, model: "m") else {
            Issue.record("not extractive")
            return
        }
        #expect(options.minimumStepInterval == .seconds(8) && options.maximumTotalCharacters == 500)
        #expect(options.repetitionNoticeDelay == nil)
    }

    private static func loaded(_ yaml: String) throws -> ProxySettings {
        try ProxySettings.load(from: SettingsSources(file: SettingsFile(path: "p.yaml", content: .bytes(Array(yaml.utf8)))))
    }
}
