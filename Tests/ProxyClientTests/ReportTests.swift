import Foundation
import Testing

@testable import proxy_client

@Suite("Health and models")
struct ReportTests {
    private func document(_ json: String, status: Int = 200) -> Fetch.Document {
        Fetch.Document(status: status, json: JSONValue(parsing: Array(json.utf8)), body: Array(json.utf8))
    }

    @Test("Health is a line and a table")
    func healthIsALineAndATable() {
        let json = """
            {"status": "degraded", "version": "1.2", "uptime_seconds": 95, "upstreams": [
              {"name": "local", "breaker": {"state": "closed", "reason": null}, "in_flight": 2},
              {"name": "far away", "breaker": {"state": "open", "reason": "5 failures"}, "in_flight": 0}]}
            """
        let report = HealthReport(document(json))
        #expect(
            report.lines(for: look().answer) == [
                "degraded · version 1.2 · up 95 s", "", "NAME      STATE   REASON      IN FLIGHT", "local     closed  –           2",
                "far away  open    5 failures  0",
            ])
        let coloured = report.lines(for: look(colour: true).answer).joined(separator: "\n")
        #expect(coloured.contains("{32}closed{0}".withEscapes) && coloured.contains("{1;31}open{0}".withEscapes))
        #expect(report.exit == .ok)
    }

    @Test("Upstreams may be listed by name")
    func upstreamsMayBeListedByName() {
        let report = HealthReport(document(#"{"status":"ok","upstreams":{"a":{"state":"closed"},"b":{"state":"open"}}}"#))
        #expect(report.lines(for: look().answer).suffix(2) == ["a     closed", "b     open"])
    }

    @Test("Models are listed with their capabilities, and made safe")
    func modelsAreListed() throws {
        let json = """
            {"object": "list", "data": [{"id": "m\\u001b[2J", "object": "model", "created": 1, "owned_by": "o",
              "reasoning_proxy": {"detection_profile": "qwen3", "prompt_summary": true, "start_state": "inside"}}, {"id": "n"}]}
            """
        let list = try #require(ModelList(JSONValue(parsing: Array(json.utf8))))
        #expect(
            list.lines(for: look(terminal: true).answer) == [
                "ID     DETECTION PROFILE  START STATE  PROMPT SUMMARY  OWNED BY",
                "m␛[2J  qwen3              inside       yes             o",
                "n      –                  –            –               –",
            ])
        #expect(list.first == "m\u{1B}[2J")
        #expect(ModelList(JSONValue(parsing: Array("[]".utf8))) == nil)
    }

    @Test("JSON goes in and out unchanged", arguments: [#"{"a":[1,2.5,-3,true,null,"x\n"],"b":{"c":"\u009b"}}"#, "[]", "{}"])
    func jsonGoesInAndOut(text: String) {
        #expect(JSONValue(parsing: Array(text.utf8))?.text == text)
    }
}
