import AgentRequests
import ChatRequests
import Foundation
import Support
import Testing

/// What holds for every conversation, whatever it is.
@Suite struct HistoryTests {
    @Test(arguments: AgentAPI.allCases, 0..<20)
    func anyHistoryIsOnCommonGroundAndLosesNoWord(_ api: AgentAPI, _ round: Int) throws {
        var options = AgentRequestOptions()
        options.opensReasoning = { Array($0.dropFirst(5)) }
        for seed in round * 50..<round * 50 + 50 {
            let history = RandomHistory(seed: UInt64(seed), api)
            let request = try api.translate(Vector.bytes(history.body), options)
            #expect(CommonGround(request.body).faults == [], "seed \(seed)")
            let text = String(decoding: request.body, as: UTF8.self)
            for word in history.said { #expect(text.contains(word), "seed \(seed) lost \(word)") }
            #expect(try ChatRequest.read(request.body).conversation.messages > 0, "seed \(seed)")
            let question = String(decoding: request.question, as: UTF8.self)
            #expect(question.contains(history.question), "seed \(seed): \(question)")
        }
    }

    @Test(arguments: AgentAPI.allCases)
    func wordsKeepTheirOrder(_ api: AgentAPI) throws {
        let turns = (0..<50).map { ["role": $0 % 2 == 0 ? "user" : "assistant", "content": "word\($0)z"] }
        let body: [String: Any] = ["model": "m", api == .responses ? "input" : "messages": turns]
        let shown = Vector.shown(try api.translate(Vector.bytes(body)).body)
        let contents = (shown["messages"] as? [[String: Any]] ?? []).compactMap { $0["content"] as? String }
        #expect(contents == (0..<50).map { "word\($0)z" })
    }

    /// The same history twice as long takes about twice the time: what is quadratic takes four times, and at this length minutes.
    @Test(arguments: HugeHistory.allCases)
    func timeAndSizeGrowWithTheHistory(_ kind: HugeHistory) throws {
        var options = AgentRequestOptions()
        options.limits.items = 1_000_000
        options.limits.parts = 1_000_000
        options.limits.tools = 1_000_000
        var times: [Duration] = []
        for count in [400, 4_000] {
            let body = kind.body(count)
            let start = ContinuousClock.now
            let request = try AgentRequest.responses(body, options: options)
            times.append(ContinuousClock.now - start)
            #expect(request.body.count < 8 * body.count + 4096)
        }
        // Ten times the work; a hundred would be quadratic. Other programs run beside the tests.
        #expect(times[1] < times[0] * 40 + .milliseconds(500), "\(times)")
    }
}

/// Histories in which a careless translation takes quadratic time.
enum HugeHistory: CaseIterable {
    case users, assistants, calls, equalIDs, numberedIDs, equalTools, longNamespace, reasoning, orphans, reminders, escapes

    func body(_ count: Int) -> [UInt8] {
        let user = #"{"role":"user","content":"x"}"#
        func input(_ items: [String], _ tools: [String] = []) -> [UInt8] {
            let tools = tools.isEmpty ? "" : #""tools":[\#(tools.joined(separator: ","))],"#
            return Array(#"{"model":"m",\#(tools)"input":[\#((items + [user]).joined(separator: ","))]}"#.utf8)
        }
        func call(_ id: String) -> String { #"{"type":"function_call","call_id":"\#(id)","name":"f","arguments":"{}"}"# }
        func result(_ id: String) -> String { #"{"type":"function_call_output","call_id":"\#(id)","output":"x"}"# }
        let numbers = 0..<count
        switch self {
        case .users: return input(numbers.map { _ in user })
        case .assistants: return input(numbers.map { _ in #"{"role":"assistant","content":"x"}"# })
        case .calls: return input(numbers.map { call("c\($0)") } + numbers.map { result("c\($0)") })
        case .equalIDs: return input(numbers.map { _ in call("c") } + numbers.map { _ in result("c") })
        case .numberedIDs: return input(numbers.map { call("c_\($0)") } + numbers.map { _ in call("c") })
        case .equalTools:
            return input([], numbers.map { #"{"type":"function","name":"f.\#($0 % 2)\#(String(repeating: "-", count: 70))\#($0)"}"# })
        case .longNamespace:
            let functions = numbers.map { #"{"type":"function","name":"f\#($0)"}"# }.joined(separator: ",")
            let text = String(repeating: "x", count: 50)
            return input([], [#"{"type":"namespace","name":"n","description":"\#(text)","tools":[\#(functions)]}"#])
        case .reasoning: return input(numbers.map { _ in #"{"type":"reasoning","summary":[],"encrypted_content":"x"}"# })
        case .orphans: return input(numbers.map { result("o\($0)") })
        case .reminders:
            return input([#"{"role":"assistant","content":"x"}"#] + numbers.map { _ in #"{"role":"developer","content":"x"}"# })
        case .escapes:
            return input([#"{"type":"custom_tool_call","call_id":"c","name":"f","input":"\#(String(repeating: #"\\\""#, count: count))"}"#])
        }
    }
}
