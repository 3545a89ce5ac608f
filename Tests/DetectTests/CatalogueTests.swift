import Detect
import Foundation
import Testing

@Suite("The built-in catalogue")
struct CatalogueTests {
    static let models: [(id: String, profile: String)] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/detect/models.txt")
        let lines = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }
        return lines.map { line in
            let words = line.split(separator: " ").map(String.init)
            return (words[0], words[1])
        }
    }()

    @Test(arguments: models)
    func anIdGetsItsFamily(_ id: String, _ name: String) {
        #expect(ProfileCatalogue.builtIn.profile(forModel: id).profile.name == name)
    }

    @Test func everyFamilyButTheGenericOnesIsReachedByAnId() {
        let generic: Set = ["think", "think-inside", "think-interleaved", "gpt-oss-stripped"]
        let names = Set(ProfileCatalogue.builtIn.all.map(\.profile.name))
        #expect(names.subtracting(Self.models.map(\.profile)) == generic)
    }

    @Test(arguments: ProfileCatalogue.builtIn.profiles.map(\.name))
    func everyProfileHasFourVectorsAndOneOfEachKind(_ name: String) {
        let vectors = Vector.all.filter { $0.profile == name }
        #expect(vectors.count >= 4)
        #expect(Set(vectors.compactMap(\.kind)) == Set(Vector.Kind.allCases))
    }

    @Test func theVectorsOfAKindAreOfThatKind() {
        for vector in Vector.all where vector.kind == .cut { #expect(vector.chunks.count >= 3, "\(vector.testDescription)") }
        for vector in Vector.all where vector.kind == .normal {
            #expect(vector.missing != true && vector.promoted != true, "\(vector.testDescription)")
        }
    }

    @Test func theLastResortIsLast() {
        #expect(ProfileCatalogue.builtIn.all.last?.profile.name == "default")
        #expect(ProfileCatalogue.builtIn.all.allSatisfy { !$0.profile.summary.isEmpty })
    }

    @Test(arguments: ["gpt-oss", "mistral", "cohere", "gemma4", "kimi-k3"])
    func familiesWhoseMarkersCanVanishSaySo(_ name: String) throws {
        #expect(try #require(ProfileCatalogue.builtIn.named(name)).profile.markersAreSpecialTokens)
        #expect(ProfileCatalogue.builtIn.named("qwen3")?.profile.markersAreSpecialTokens == false)
    }

    @Test func aFamilyStartsWhereItsServersSay() throws {
        func start(_ name: String, _ request: ThinkingRequest) throws -> StartState {
            try #require(ProfileCatalogue.builtIn.named(name)).startState(for: request)
        }
        #expect(try start("deepseek-r1", ThinkingRequest(enableThinking: false)) == .inside)
        #expect(try start("deepseek-v3", ThinkingRequest()) == .outside)
        #expect(try start("deepseek-v3", ThinkingRequest(thinking: true, reasoningEffort: "none")) == .outside)
        #expect(try start("qwen3", ThinkingRequest(enableThinking: false)) == .outside)
        #expect(try start("qwen3", ThinkingRequest()) == .inside)
        #expect(try start("kimi-k2", ThinkingRequest(thinking: false)) == .outside)
        #expect(try start("mimo", ThinkingRequest()) == .undecided)
        #expect(try start("minimax-m3", ThinkingRequest(thinking: true)) == .inside)
        #expect(try start("hy-v3", ThinkingRequest(reasoningEffort: "no_think")) == .outside)
        #expect(try start("gpt-oss", ThinkingRequest(reasoningEffort: "high")) == .outside)
        #expect(try start("default", ThinkingRequest(enableThinking: true)) == .undecided)
    }
}
