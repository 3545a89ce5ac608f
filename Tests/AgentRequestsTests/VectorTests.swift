import AgentRequests
import ChatRequests
import Foundation
import Support
import Testing

/// Every row of the translation: a request in, a body out.
@Suite struct VectorTests {
    @Test(arguments: try AgentAPI.allCases.flatMap { try Vector.all($0) })
    func aRequestBecomesWhatItsVectorSays(_ vector: Vector) throws {
        let request = try vector.api.translate(vector.body, vector.options)
        let made = NSDictionary(dictionary: Vector.shown(request.body))
        #expect(made == NSDictionary(dictionary: vector.object["out"] as? [String: Any] ?? [:]), "\(vector.name): \(made)")
        let facts = NSDictionary(dictionary: Vector.facts(request, names: Vector.functions(request.body)))
        #expect(facts == NSDictionary(dictionary: vector.object["facts"] as? [String: Any] ?? [:]), "\(vector.name): \(facts)")
    }

    @Test(arguments: try AgentAPI.allCases.flatMap { try Vector.all($0) })
    func whatBecomesOfItIsOnCommonGround(_ vector: Vector) throws {
        let request = try vector.api.translate(vector.body, vector.options)
        #expect(CommonGround(request.body).faults == [], "\(vector.name)")
    }

    @Test(arguments: try AgentAPI.allCases.flatMap { try Vector.all($0) })
    func theProxyReadsItLikeAnyChatRequest(_ vector: Vector) throws {
        let request = try vector.api.translate(vector.body, vector.options)
        let chat = try ChatRequest.read(request.body)
        #expect(chat.model == request.model)
        #expect(chat.stream == request.stream && chat.includesUsage == request.stream)
        #expect(chat.thinking.effort == request.effort)
        #expect(chat.tools == Vector.functions(request.body).count)
        #expect(chat.stops == request.stopSequences.count)
        let isSwitched = vector.options.thinkingSwitch != nil
        #expect((chat.thinking.enableThinking ?? chat.thinking.thinking) == (isSwitched ? request.thinking : nil))
    }

    /// The vectors anew, after a change on purpose; then read the difference.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["WRITE_VECTORS"] != nil), arguments: AgentAPI.allCases)
    func write(_ api: AgentAPI) throws {
        let lines = try Vector.all(api).map { vector in
            let request = try api.translate(vector.body, vector.options)
            var object = vector.object
            object["out"] = Vector.shown(request.body)
            let facts = Vector.facts(request, names: Vector.functions(request.body))
            object["facts"] = facts.isEmpty ? nil : facts
            return object
        }
        let data = try JSONSerialization.data(withJSONObject: lines, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        try (data + Data("\n".utf8)).write(to: Fixtures.folder.appending(path: "\(Vector.folder)/\(api.rawValue).json"))
    }
}
