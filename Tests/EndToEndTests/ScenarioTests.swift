import Foundation
import Support
import Testing

extension EndToEnd {
    /// Every scenario of the mock that ends well, through the real programs: the answer arrives whole, the thoughts do not.
    @Suite struct ScenarioTests {
        private struct Scenario: Decodable {
            let name: String
            let models: [String]?
            let format: String?
            let reasoning: Text?
            let answer: Text?
            let finish_reason: String?
            let fault: Anything?
            let segments: Anything?
            let choices: Anything?

            /// A string or an array of lines.
            struct Text: Decodable {
                let text: String

                init(from decoder: any Decoder) throws {
                    let container = try decoder.singleValueContainer()
                    if let lines = try? container.decode([String].self) {  // else it is one string
                        text = lines.joined(separator: "\n")
                    } else {
                        text = try container.decode(String.self)
                    }
                }
            }

            /// Whatever it is, it is there.
            struct Anything: Decodable {
                init(from decoder: any Decoder) throws {}
            }
        }

        private static func scenarios() throws -> [Scenario] {
            try Fixtures.paths(in: "scenarios", withExtension: "json").map { try Fixtures.json($0, as: Scenario.self) }
                .filter { $0.answer?.text.contains("{{") != true }
                .filter { $0.fault == nil && $0.segments == nil && $0.choices == nil && $0.answer != nil && $0.format != "prose" }
        }

        @Test(arguments: [true, false])
        func everyAnswerArrivesWholeAndNoThoughtLeaves(stream: Bool) throws {
            let house = try House(mock: ["--tokens-per-second", "0"])
            let connection = try house.connect()
            let scenarios = try Self.scenarios()
            #expect(scenarios.count > 40)
            for scenario in scenarios {
                let reply = try connection.exchange(.chat(scenario.models?.first ?? scenario.name, stream: stream))
                #expect(reply.status == 200, "\(scenario.name): \(reply.text.prefix(300))")
                let answer = stream ? reply.stream.answer : reply.json["choices"][0]["message"]["content"].string ?? ""
                #expect(answer.trimmed == scenario.answer?.text.trimmed, "\(scenario.name)")
                if stream {
                    #expect(reply.stream.endsWithDone && reply.stream.finishReason != nil, "\(scenario.name)")
                    #expect(reply.stream.markers == ["prompt_summary", "reasoning_summary", "final_output"], "\(scenario.name)")
                }
                // A long thought comes out shorter than it went in.
                if let thought = scenario.reasoning?.text, thought.count > 200 {
                    let shown = stream ? reply.stream.text(phase: "reasoning_summary") : reply.json["phases"][1]["content"].string ?? ""
                    #expect(!shown.isEmpty || scenario.format == "plain", "\(scenario.name)")
                    #expect(shown.count < thought.count, "\(scenario.name): \(shown)")
                }
            }
        }

        @Test func severalChoicesKeepTheirIndexes() throws {
            let house = try House(mock: ["--tokens-per-second", "0"])
            for model in ["choices-interleaved", "choices-in-sequence"] {
                let reply = try house.stream(model)
                let events = reply.stream.events.map(\.json)
                let indexes = Set(events.flatMap { $0["choices"].array.compactMap { $0["index"].int } })
                #expect(indexes.count > 1, "\(model)")
                for index in indexes {
                    let finishes = events.flatMap { $0["choices"].array }.filter {
                        $0["index"].int == index && $0["finish_reason"].string != nil
                    }
                    #expect(finishes.count == 1, "\(model), choice \(index)")
                }
                #expect(reply.stream.endsWithDone, "\(model)")
                let whole = try house.send(.chat(model, stream: false))
                #expect(whole.json["choices"].array.count == indexes.count, "\(model)")
            }
        }

        @Test func toolCallsPassUnchanged() throws {
            let house = try House(mock: ["--tokens-per-second", "0"])
            let reply = try house.stream("tool-calls")
            let direct = try RawConnection(port: house.mockPort).exchange(.chat("tool-calls", stream: true))
            #expect(Self.toolCalls(reply.stream) == Self.toolCalls(direct.stream))
            #expect(!Self.toolCalls(reply.stream).isEmpty)
            #expect(reply.stream.finishReason == "tool_calls")
            #expect(reply.stream.endsWithDone)
        }

        /// Names and arguments, fragments joined.
        private static func toolCalls(_ stream: ChatStream) -> [String] {
            var calls: [String] = []
            for event in stream.events {
                for call in event.json["choices"][0]["delta"]["tool_calls"].array {
                    let index = call["index"].int ?? 0
                    while calls.count <= index { calls.append("") }
                    calls[index] += (call["function"]["name"].string ?? "") + (call["function"]["arguments"].string ?? "")
                }
            }
            return calls
        }
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
