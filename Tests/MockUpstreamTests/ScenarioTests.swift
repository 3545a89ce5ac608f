import Testing

@testable import MockUpstream

@Suite struct ScenarioTests {
    @Test func thereAreEnoughFixtures() {
        #expect(FixtureFiles.scenarios.count >= 100)
        #expect(FixtureFiles.recordings.count >= 7)
    }

    @Test(arguments: FixtureFiles.scenarios)
    func everyScenarioFileDecodesAndIsNamedLikeItsFile(file: String) throws {
        let scenario = try ScenarioCatalogue.decode(
            FixtureFiles.bytes(FixtureFiles.scenariosFolder, file), file: "\(FixtureFiles.scenariosFolder)/\(file)")
        #expect("\(scenario.name).json" == file)
        #expect(!scenario.summary.isEmpty)
    }

    @Test func theCatalogueHoldsFilesBuiltInScenariosAndRecordings() throws {
        let catalogue = try ScenarioCatalogue(fixtures: FixtureFiles.scenariosFolder, recordings: [FixtureFiles.recordingsFolder])
        #expect(catalogue.scenarios.count == FixtureFiles.scenarios.count + FixtureFiles.recordings.count + BuiltInScenarios.all.count)
        #expect(catalogue.scenario(forModel: "deepseek-r1")?.name == "think-tags")
        #expect(catalogue.scenario(forModel: "recording/chat.mistral-style.reasoning") != nil)
        #expect(catalogue.scenario(forModel: "unheard-of") == nil)
        #expect(catalogue.modelNames.contains("mock-reasoner"))
    }

    @Test func everyDialectFramingAndFaultHasAScenario() throws {
        let scenarios = try ScenarioCatalogue(fixtures: FixtureFiles.scenariosFolder).scenarios.values
        for dialect in Dialect.allCases { #expect(scenarios.contains { $0.format == dialect }, "no scenario for \(dialect)") }
        for kind in Fault.Kind.allCases { #expect(scenarios.contains { $0.fault?.kind == kind }, "no scenario for \(kind)") }
        for end in Framing.LineEnd.allCases { #expect(scenarios.contains { $0.framing.lineEnd == end }) }
        for moment in UsagePlan.Moment.allCases where moment != .never { #expect(scenarios.contains { $0.usage.moment == moment }) }
    }

    @Test func theDocumentationNamesEveryFaultAndDialect() throws {
        let text = String(decoding: try FixtureFiles.bytes(FixtureFiles.scenariosFolder, "README.md"), as: UTF8.self)
        for kind in Fault.Kind.allCases { #expect(text.contains("`\(kind.rawValue)`"), "\(kind.rawValue) is not documented") }
        for dialect in Dialect.allCases { #expect(text.contains("`\(dialect.rawValue)`")) }
        for key in Fault.Kind.allCases.flatMap(\.parameters) { #expect(text.contains("`\(key)`"), "\(key) is not documented") }
    }

    @Test(arguments: [
        (#"{"name":"a","description":"d","pasing":{}}"#, #"f.json: unknown key "pasing"; did you mean "pacing"?"#),
        (#"{"name":"a","description":"d","framing":{"bom":true}}"#, #"f.json: unknown key "bom" in framing; known: "#),
        (#"{"name":"a","description":"d","choices":[{"text":"x"}]}"#, #"f.json: unknown key "text" in choices[0]"#),
        (#"{"description":"d"}"#, "f.json: name is missing"),
        (#"{"name":"a"}"#, "f.json: description is missing"),
        (#"{"name":"a","description":"d","format":"markers"}"#, "f.json: markers (the format"),
        (#"{"name":"a","description":"d","format":"xml"}"#, #"f.json: format: "xml" is none of reasoning_content"#),
        (#"{"name":"a","description":"d","answer":7}"#, "f.json: answer must be a string or an array of strings"),
        (#"{"name":"a","description":"d","pacing":{"jitter":"much"}}"#, "f.json: pacing.jitter must be a number"),
        (#"{"name":"a","description":"d","pacing":{"seed":-1}}"#, "f.json: pacing.seed must be a whole number"),
        (#"{"name":"a","description":"d","chunking":"bytes:0"}"#, #"f.json: chunking: "bytes:0" is none of token"#),
        (#"{"name":"a","description":"d","answer":"x","choices":[]}"#, "f.json: choices: write the texts inside"),
        (#"{"name":"a","description":"d","segments":[{"answer":"x","raw":"y"}]}"#, "f.json: segments[0]: needs exactly one"),
        (#"{"name":"a","description":"d","tool_calls":[{"id":"x"}]}"#, "f.json: tool_calls[0].name is missing"),
        (#"{"name":"a","description":"d","fault":{"kind":"stal"}}"#, #"f.json: fault.kind: there is no fault "stal""#),
        (
            #"{"name":"a","description":"d","fault":{"kind":"stall","status":3}}"#,
            #"f.json: fault.status: means nothing for the fault "stall""#
        ),
        (#"{"name":"a","description":"d","fault":{"kind":"status","status":99}}"#, "f.json: fault.status: 99 is not a status"),
        (#"{"name":"a","description":"d","fault":{"kind":"stall","in":"middle"}}"#, "f.json: fault.in: must be reasoning or answer"),
        (#"{"name":"a","description":"d","fault":{"kind":"stall","when":1}}"#, #"f.json: unknown key "when" in fault"#),
        (#"{"name":"a","#, "f.json: not valid JSON: line 1, column 13"),
        (#"[]"#, "f.json: the scenario must be an object"),
        (#"{"name":"a","description":"d","recording":"none.jsonl"}"#, "none.jsonl: cannot be read: "),
    ])
    func mistakesNameTheFileAndThePlace(json: String, message: String) {
        let error = #expect(throws: ScenarioError.self) { try ScenarioCatalogue.decode(Array(json.utf8), file: "f.json") }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "no error")")
    }

    @Test func aMissingFolderAndAnUnknownNameAreExplained() throws {
        #expect(throws: ScenarioError.self) { try ScenarioCatalogue(fixtures: "/nowhere/at/all") }
        let error = #expect(throws: ScenarioError.self) { try ScenarioCatalogue().scenario(named: "ecko") }
        #expect(error?.description == #"there is no scenario "ecko"; did you mean "echo"?"#)
    }

    @Test(arguments: FixtureFiles.recordings)
    func everyRecordingIsPlayedLineByLine(file: String) throws {
        let bytes = try FixtureFiles.bytes(FixtureFiles.recordingsFolder, file)
        var scenario = Scenario(name: "r", summary: "")
        scenario.recording = file.hasSuffix(".sse") ? Recording(eventStream: bytes) : try Recording(jsonLines: bytes, file: file)
        let played = try Example.play(scenario)
        #expect(played.last == .complete(keepAlive: true))
        #expect(played.data.last == "[DONE]")
        if file.hasSuffix(".sse") {
            #expect(played.response.body == bytes)
        } else {
            #expect(played.data.dropLast().joined(separator: "\n") + "\n" == String(decoding: bytes, as: UTF8.self))
        }
        let texts = try StreamTexts(played.data)
        let whole = try JSON(parsing: WholeAnswer.body(scenario, Example.request(stream: false), Example.context.identity))
        #expect(whole["choices"]?.elements?.first?["message"]?["content"]?.text == texts.content[0])
        #expect(whole["choices"]?.elements?.first?["finish_reason"]?.text == texts.finishReasons[0])
    }

    @Test func aRecordingWithTypedEventsNamesThem() throws {
        let lines = #"{"type":"response.created","n":1}"# + "\r\n\n" + #"{"type":"response.completed"}"#
        var scenario = Scenario(name: "r", summary: "")
        scenario.recording = try Recording(jsonLines: Array(lines.utf8), file: "r.jsonl")
        let events = EventReader(try Example.play(scenario).response.body).events
        #expect(events.map(\.name) == ["response.created", "response.completed"])
    }
}
