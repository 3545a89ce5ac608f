import AgentRequests
import Foundation
import Support
import Testing

/// Which requests are refused, and in which words.
@Suite struct RefusalTests {
    struct Bad: Decodable, Sendable, CustomTestStringConvertible {
        let api: String
        let body: String
        let field: String?
        let message: String

        var testDescription: String { "\(api): \(body.prefix(80))" }
    }

    @Test(arguments: try Fixtures.json("agents/requests/bad.json", as: [Bad].self))
    func aBadRequestIsRefusedWithASentenceThatNamesTheField(_ bad: Bad) throws {
        let api = try #require(AgentAPI(rawValue: bad.api))
        let error = #expect(throws: AgentRequestError.self, "\(bad.body)") { try api.translate(Array(bad.body.utf8)) }
        #expect(error?.message == bad.message, "\(bad.body)")
        #expect(error?.field == bad.field, "\(bad.body)")
        #expect(error?.message.contains("canary") == false)
        #expect(error?.code.isEmpty == false)
    }

    @Test(
        "what is refused before a field is looked at has a code and a sentence too",
        arguments: [
            (AgentRequestError.notUTF8, "invalid_json", "The request body is not valid UTF-8."),
            (.tooDeep(limit: 3), "json_too_deep", "The request body is nested deeper than 3 levels."),
            (.tooManyMembers(limit: 3), "invalid_request", "The request body has more than 3 members."),
            (.tooMany(field: "tools", limit: 3), "invalid_request", "The field \"tools\" holds more than 3 elements."),
            (.notAnObject, "invalid_request", "The request body must be a JSON object."),
        ])
    func errors(_ error: AgentRequestError, _ code: String, _ message: String) {
        #expect(error.code == code && error.message == message)
    }

    @Test(arguments: AgentAPI.allCases)
    func bytesThatAreNoUTF8AreRefused(_ api: AgentAPI) {
        let body = Array(#"{"model":"m","input":""#.utf8) + [0xC3, 0x28] + Array("\"}".utf8)
        #expect(throws: AgentRequestError.notUTF8) { try api.translate(body) }
    }

    @Test func whatNeedsStoredResponsesHasACodeOfItsOwn() {
        let error = #expect(throws: AgentRequestError.self) {
            try AgentAPI.responses.translate(Array(#"{"model":"m","input":"x","previous_response_id":"r"}"#.utf8))
        }
        #expect(error?.code == "unsupported_parameter")
    }

    /// Every value of every vector in turn, replaced by each kind of value: a translation on common ground, or a refusal that names a field.
    @Test(arguments: try AgentAPI.allCases.flatMap { try Vector.all($0) })
    func aValueOfAnotherKindIsTranslatedOrRefusedByName(_ vector: Vector) throws {
        let body = try JSONSerialization.jsonObject(with: Data(vector.body))
        for strange in [NSNull(), true, 7, "canary", [], ["canary"], [:], ["canary": ["canary"]]] as [Any] {
            for mutated in Mutations.all(of: body, with: strange) {
                let bytes = Vector.bytes(mutated)
                do {
                    let request = try vector.api.translate(bytes, vector.options)
                    #expect(CommonGround(request.body).faults == [], "\(String(decoding: bytes, as: UTF8.self))")
                } catch let error as AgentRequestError {
                    let isNamed = error.field?.isEmpty == false || error == .notAnObject
                    #expect(isNamed, "\(error) for \(String(decoding: bytes, as: UTF8.self))")
                    #expect(!error.message.contains("canary"))
                }
            }
        }
    }

    /// Bodies with bytes changed, taken out, doubled: refused, or translated into something that can be sent.
    @Test(arguments: try AgentAPI.allCases.flatMap { try Vector.all($0) })
    func aMangledBodyIsRefusedOrTranslatedWell(_ vector: Vector) throws {
        var random = SeededRandom(seed: 7)
        let body = vector.body
        for _ in 0..<60 {
            var mangled = body
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0..<mangled.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: mangled[place] = UInt8.random(in: 0...255, using: &random)
                case 1: mangled[place] = Array("{}[]\",:0tn".utf8)[Int.random(in: 0..<10, using: &random)]
                case 2: mangled.remove(at: place)
                default: mangled.insert(mangled[place], at: place)
                }
            }
            do {
                let request = try vector.api.translate(mangled, vector.options)
                #expect(CommonGround(request.body).faults == [], "\(String(decoding: mangled, as: UTF8.self))")
                #expect(try ChatRequestReading.reads(request.body))
            } catch let error as AgentRequestError {
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test(arguments: AgentAPI.allCases)
    func everyLimitIsKept(_ api: AgentAPI) throws {
        let list = api == .responses ? "input" : "messages"
        let message = #"{"role":"user","content":"x"}"#
        func refusal(_ change: (inout AgentRequestLimits) -> Void, _ body: String) -> AgentRequestError? {
            var options = AgentRequestOptions()
            change(&options.limits)
            return #expect(throws: AgentRequestError.self, "\(body)") { try api.translate(Array(body.utf8), options) }
        }
        let many = #"{"model":"m","\#(list)":[\#(message),\#(message),\#(message)]}"#
        #expect(refusal({ $0.items = 2 }, many) == .tooMany(field: list, limit: 2))
        #expect(refusal({ $0.depth = 2 }, many) == .tooDeep(limit: 2))
        #expect(refusal({ $0.members = 1 }, many) == .tooManyMembers(limit: 1))
        let part = #"{"type":"text","text":"x"}"#
        let parts = #"{"model":"m","\#(list)":[{"role":"user","content":[\#(part),\#(part)]}]}"#
        #expect(refusal({ $0.parts = 1 }, parts) == .tooMany(field: "\(list)[0].content", limit: 1))
        let tool = #"{"type":"\#(api == .responses ? "function" : "custom")","name":"f"}"#
        let tools = #"{"model":"m","tools":[\#(tool),\#(tool)],"\#(list)":[\#(message)]}"#
        #expect(refusal({ $0.tools = 1 }, tools) == .tooMany(field: "tools", limit: 1))
        let stop = api == .responses ? "stop" : "stop_sequences"
        let stops = #"{"model":"m","\#(stop)":["a","b"],"\#(list)":[\#(message)]}"#
        #expect(refusal({ $0.stops = 1 }, stops) == .tooMany(field: stop, limit: 1))
    }

    @Test(arguments: AgentAPI.allCases)
    func aBodyOfBracketsIsRefusedAtTheLimit(_ api: AgentAPI) {
        for bracket in ["[", "{\"a\":"] {
            let body = Array("{\"model\":\"m\",\"input\":".utf8) + Array(String(repeating: bracket, count: 1_000_000).utf8)
            #expect(throws: AgentRequestError.tooDeep(limit: 120)) { try api.translate(body) }
        }
    }

    @Test(arguments: AgentAPI.allCases)
    func theDeepestBodyThatIsAcceptedCanBeReadOn(_ api: AgentAPI) throws {
        let depth = 120 - (api == .responses ? 4 : 4)
        let schema =
            #"{"type":"object","properties":{},"x":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        let body =
            api == .responses
            ? #"{"model":"m","input":"x","tools":[{"type":"function","name":"f","parameters":\#(schema)}]}"#
            : #"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","input_schema":\#(schema)}]}"#
        let request = try api.translate(Array(body.utf8))
        #expect(CommonGround(request.body).faults == [])
        #expect(try ChatRequestReading.reads(request.body))
    }

    @Test(arguments: AgentAPI.allCases)
    func aDefaultModelMayStandIn(_ api: AgentAPI) throws {
        var options = AgentRequestOptions()
        options.limits.requiresModel = false
        let body = api == .responses ? #"{"input":"x"}"# : #"{"model":"","messages":[{"role":"user","content":"x"}]}"#
        let request = try api.translate(Array(body.utf8), options)
        #expect(request.model == nil)
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"messages":[{"role":"user","content":"x"}]}"#)
    }
}
