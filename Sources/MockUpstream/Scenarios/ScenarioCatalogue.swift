import Foundation

/// All scenarios of one run: the built-in ones, those in the fixtures folder (which win), and one per recording.
struct ScenarioCatalogue: Sendable {
    /// By name.
    private(set) var scenarios: [String: Scenario] = [:]
    private var sources: [String: String] = [:]
    private var namesByModel: [String: String] = [:]
    private static let builtIn = "a built-in scenario"

    /// Loads everything. `fixtures` is a folder of scenario files (`*.json`); `recordings` are folders of `*.jsonl` and `*.sse` files,
    /// each of which becomes the model `recording/<file stem>`.
    init(fixtures: String? = nil, recordings: [String] = []) throws(ScenarioError) {
        for text in BuiltInScenarios.all {
            try add(try Self.decode(Array(text.utf8), file: "built-in scenario"), from: Self.builtIn)
        }
        for file in try fixtures.map({ path throws(ScenarioError) in try Self.files(in: path, endings: [".json"]) }) ?? [] {
            let scenario = try Self.decode(try Self.read(file), file: file)
            try add(scenario, from: file, replacesBuiltIn: true)
        }
        for folder in recordings {
            for file in try Self.files(in: folder, endings: [".jsonl", ".sse"]) {
                try add(try Self.scenario(playing: file), from: file)
            }
        }
        for name in scenarios.keys.sorted() { try claimModels(of: name) }
    }

    func scenario(named name: String) throws(ScenarioError) -> Scenario {
        if let scenario = scenarios[name] { return scenario }
        throw .noSuchScenario(name: name, known: scenarios.keys.sorted())
    }

    /// The scenario a model name chooses: by the models lists, then by the scenario's own name.
    func scenario(forModel model: String) -> Scenario? {
        scenarios[namesByModel[model] ?? model]
    }

    /// Every name that `/v1/models` tells.
    var modelNames: [String] { Set(scenarios.keys).union(namesByModel.keys).sorted() }

    /// Reads one scenario from bytes; paths of recordings are relative to the folder of `file`.
    static func decode(_ bytes: [UInt8], file: String) throws(ScenarioError) -> Scenario {
        let value: JSON
        do throws(JSONProblem) { value = try JSON(parsing: bytes) } catch { throw .syntax(file: file, problem: error) }
        return try Scenario(value, file: file) { path throws(ScenarioError) in
            let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
            return try recording(at: URL(fileURLWithPath: path, relativeTo: folder).path)
        }
    }

    /// The folder `Fixtures/scenarios` in the current directory or in one above it.
    static func fixturesFolder(from directory: String = FileManager.default.currentDirectoryPath) -> String? {
        var folder = URL(fileURLWithPath: directory).standardizedFileURL
        while true {
            let candidate = folder.appendingPathComponent("Fixtures/scenarios").path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
            let parent = folder.deletingLastPathComponent().standardizedFileURL
            guard parent.path != folder.path, folder.path != "/" else { return nil }
            folder = parent
        }
    }

    private mutating func add(_ scenario: Scenario, from source: String, replacesBuiltIn: Bool = false) throws(ScenarioError) {
        if let other = sources[scenario.name], !(replacesBuiltIn && other == Self.builtIn) {
            throw .duplicate(file: source, name: scenario.name, other: other)
        }
        scenarios[scenario.name] = scenario
        sources[scenario.name] = source
    }

    private mutating func claimModels(of name: String) throws(ScenarioError) {
        for model in scenarios[name]?.models ?? [] {
            if let other = namesByModel[model] {
                throw .duplicate(file: sources[name] ?? name, name: model, other: "scenario \"\(other)\"")
            }
            namesByModel[model] = name
        }
    }

    private static func scenario(playing file: String) throws(ScenarioError) -> Scenario {
        let name = "recording/" + URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        var scenario = Scenario(name: name, summary: "plays the recording \(URL(fileURLWithPath: file).lastPathComponent)")
        scenario.recording = try recording(at: file)
        scenario.pacing.tokensPerSecond = 100
        return scenario
    }

    private static func recording(at file: String) throws(ScenarioError) -> Recording {
        let bytes = try read(file)
        return file.hasSuffix(".sse") ? Recording(eventStream: bytes) : try Recording(jsonLines: bytes, file: file)
    }

    private static func read(_ file: String) throws(ScenarioError) -> [UInt8] {
        do { return Array(try Data(contentsOf: URL(fileURLWithPath: file))) } catch {
            throw .unreadable(file: file, reason: error.localizedDescription)
        }
    }

    private static func files(in folder: String, endings: [String]) throws(ScenarioError) -> [String] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw .unreadable(file: folder, reason: error.localizedDescription)
        }
        return names.filter { name in endings.contains { name.hasSuffix($0) } }.sorted().map { "\(folder)/\($0)" }
    }
}
