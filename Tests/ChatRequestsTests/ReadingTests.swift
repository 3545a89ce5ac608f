import ChatRequests
import JSONBytes
import Support
import Testing

/// What a body says, and which bodies are refused.
@Suite struct ReadingTests {
    struct Bad: Decodable {
        let body: String
        let message: String
    }

    struct JSONTexts: Decodable {
        let reject: [String]
        let accept: [String]
    }

    @Test("a request says what its expected facts are", arguments: try Fixtures.paths(in: "requests/facts", withExtension: "json"))
    func facts(path: String) throws {
        let expected = try Fixtures.bytes(path.replacing(".json", with: ".txt"))
        #expect(try ChatRequest.read(Fixtures.bytes(path)).facts == String(decoding: expected, as: UTF8.self))
    }

    @Test(
        "a bad request is refused with a sentence that names the field and no value",
        arguments: try Fixtures.json("requests/bad.json", as: [Bad].self))
    func badRequest(bad: Bad) {
        let error = #expect(throws: ChatRequestError.self) { try ChatRequest.read(Array(bad.body.utf8)) }
        #expect(error?.message == bad.message, "\(bad.body)")
        #expect(error?.message.contains("canary") == false)
        #expect(error?.code.isEmpty == false)
    }

    @Test(
        "the field phases chooses profile and white space",
        arguments: [
            (#"{"profile": "mine", "whitespace": "exact"}"#, PhasesField(profile: "mine", whitespace: .exact)),
            (#"{"whitespace": "trim", "style": "think"}"#, PhasesField(style: "think", whitespace: .trim)),
            (#"{"profile": null, "whitespace": null}"#, PhasesField()),
        ])
    func phases(text: String, field: PhasesField) throws {
        let body = Array(#"{"model": "m", "phases": \#(text), "messages": [{"role": "user", "content": "x"}]}"#.utf8)
        #expect(try ChatRequest.read(body).phases == field)
    }

    @Test("what is no JSON is refused, alone and inside a request")
    func rejectedTexts() throws {
        for text in try Fixtures.json("requests/json.json", as: JSONTexts.self).reject {
            #expect(throws: ChatRequestError.self, "\(text.debugDescription)") { try ChatRequest.read(Array(text.utf8)) }
            let error = #expect(throws: ChatRequestError.self, "\(text.debugDescription)") { try ChatRequest.read(body(around: text)) }
            #expect(error?.code == "invalid_json", "\(text.debugDescription)")
        }
    }

    @Test("what is JSON is accepted inside a request, and passes untouched")
    func acceptedTexts() throws {
        for text in try Fixtures.json("requests/json.json", as: JSONTexts.self).accept {
            let bytes = body(around: text)
            #expect(try upstreamBody(bytes) == bytes, "\(text.debugDescription)")
        }
    }

    @Test(
        "what is no UTF-8 is refused wherever it stands",
        arguments: [
            [0xFF], [0x80], [0xC3], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        let quoted = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
        let text = body(around: "@")
        guard let place = text.firstIndex(of: UInt8(ascii: "@")) else { return }
        for piece in [bytes, quoted] {
            #expect(throws: ChatRequestError.notUTF8) { try ChatRequest.read(Array(text[..<place] + piece + text[(place + 1)...])) }
        }
        #expect(throws: ChatRequestError.notUTF8) { try ChatRequest.read(text + bytes) }
    }

    @Test("no beginning of a request is a request")
    func truncated() throws {
        let whole = try Fixtures.bytes("requests/facts/everything.json")
        for count in 0..<whole.count {
            #expect(throws: ChatRequestError.self, "\(count) bytes") { try ChatRequest.read(Array(whole[..<count])) }
        }
    }

    @Test("a hundred thousand brackets are refused without a deep stack", arguments: ["[", "{\"a\":", "[{\"a\":", "[[],"])
    func brackets(opening: String) {
        let deep = String(repeating: opening, count: 100_000)
        #expect(throws: ChatRequestError.self) { try ChatRequest.read(Array(deep.utf8)) }
        #expect(throws: ChatRequestError.tooDeep(limit: 128)) { try ChatRequest.read(body(around: deep)) }
        let inMessage = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"tool_calls\":" + deep
        #expect(throws: ChatRequestError.tooDeep(limit: 128)) { try ChatRequest.read(Array(inMessage.utf8)) }
    }

    @Test("the depth limit is exact", arguments: [8, 128, 256])
    func depth(limit: Int) throws {
        func nested(_ depth: Int) -> [UInt8] {
            body(around: String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        }
        // The request's own object is one level.
        _ = try ChatRequest.read(nested(limit - 1), limits: ChatRequestLimits(depth: limit))
        #expect(throws: ChatRequestError.tooDeep(limit: limit)) {
            try ChatRequest.read(nested(limit), limits: ChatRequestLimits(depth: limit))
        }
    }

    @Test("messages, members and choices have limits")
    func limits() throws {
        let message = "{\"role\":\"user\",\"content\":\"x\"}"
        let three = Array("{\"model\":\"m\",\"messages\":[\(message),\(message),\(message)],\"n\":3}".utf8)
        #expect(try ChatRequest.read(three, limits: ChatRequestLimits(messages: 3, members: 3, choices: 3)).conversation.messages == 3)
        #expect(throws: ChatRequestError.tooManyMessages(limit: 2)) { try ChatRequest.read(three, limits: ChatRequestLimits(messages: 2)) }
        #expect(throws: ChatRequestError.tooManyMembers(limit: 2)) { try ChatRequest.read(three, limits: ChatRequestLimits(members: 2)) }
        #expect(throws: ChatRequestError.outOfRange(field: "n", expected: "a whole number from 1 to 2")) {
            try ChatRequest.read(three, limits: ChatRequestLimits(choices: 2))
        }
    }

    @Test("the parts of a message have a limit, and of repeated content the last counts")
    func parts() throws {
        let three = Array("{\"model\":\"m\",\"messages\":[{\"content\":[\"a\"],\"role\":\"user\",\"content\":[\"b\",\"c\",\"d\"]}]}".utf8)
        #expect(try ChatRequest.read(three, limits: ChatRequestLimits(parts: 3)).conversation.lastUserText == Array("b\nc\nd".utf8))
        let error = #expect(throws: ChatRequestError.self) { try ChatRequest.read(three, limits: ChatRequestLimits(parts: 2)) }
        #expect(error?.message == "The field \"messages[0].content\" must be an array of at most 2 parts.")
    }

    @Test("every error has a code, a sentence, and the field to blame")
    func errors() {
        let cases: [(ChatRequestError, String, String?)] = [
            (.notUTF8, "invalid_json", nil), (.notJSON(.unexpectedEnd), "invalid_json", nil), (.tooDeep(limit: 5), "json_too_deep", nil),
            (.notAnObject, "invalid_request", nil), (.repeatedMember("a"), "invalid_request", "a"),
            (.tooManyMembers(limit: 5), "invalid_request", nil),
            (.missing(field: "a"), "invalid_request", "a"), (.wrongType(field: "a", expected: "b"), "invalid_request", "a"),
            (.outOfRange(field: "a", expected: "b"), "invalid_request", "a"), (.noMessages, "invalid_request", "messages"),
            (.tooManyMessages(limit: 5), "invalid_request", "messages"),
        ]
        for (error, code, field) in cases {
            #expect(error.code == code)
            #expect(error.field == field)
            #expect(error.message.hasSuffix("."))
        }
        #expect(ChatRequestError.tooDeep(limit: 5).message == "The request body is nested deeper than 5 levels.")
        #expect(ChatRequestError.tooManyMessages(limit: 5).message == "The field \"messages\" holds more than 5 messages.")
        #expect(ChatRequestError.tooManyMembers(limit: 5).message == "The request body has more than 5 members.")
        #expect(ChatRequestError.notUTF8.message == "The request body is not valid UTF-8.")
    }

    @Test("the name of a repeated member is shown only as far as it is a name")
    func shownName() {
        let twice = Array("{\"a\\n\\u001b[31m b\":1,\"a\\n\\u001b[31m b\":1}".utf8)
        #expect(throws: ChatRequestError.repeatedMember("a31mb")) { try ChatRequest.read(twice) }
    }

    @Test("a long prompt and a long prefill are kept in part, cut between characters")
    func keptText() throws {
        let long = String(repeating: "aé漢😀", count: 2000)
        let text =
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\(long)\"},{\"role\":\"assistant\",\"content\":\"\(long)\"}]}"
        for count in 100...110 {
            let conversation = try ChatRequest.read(Array(text.utf8), limits: ChatRequestLimits(promptBytes: count)).conversation
            #expect(conversation.lastUserTextBytes == long.utf8.count)
            #expect((count - 3...count).contains(conversation.lastUserText.count))
            let isWhole = UTF8Repair.isValid(conversation.lastUserText.span)
            #expect(isWhole)
            #expect(long.utf8.starts(with: conversation.lastUserText))
            #expect(conversation.prefill.map { UTF8Repair.isValid($0.span) && long.hasSuffix(String(decoding: $0, as: UTF8.self)) } == true)
        }
    }

    @Test("without a model the request is read where a default is configured")
    func defaultModel() throws {
        let limits = ChatRequestLimits(requiresModel: false)
        for (before, after) in [
            ("", "\"model\":\"d\","), ("\"model\" : null ,", "\"model\" : \"d\" ,"), ("\"model\":\"\",", "\"model\":\"d\","),
        ] {
            let bytes = Array("{\(before)\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}".utf8)
            let request = try ChatRequest.read(bytes, limits: limits)
            #expect(request.model == nil)
            #expect(request.upstreamBody(from: bytes, model: nil, stripHistory: true) == bytes)
            let expected = "{\(after)\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
            #expect(String(decoding: request.upstreamBody(from: bytes, model: "d", stripHistory: true), as: UTF8.self) == expected)
        }
        let suffixOnly = Array("{\"model\":\"#off\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}".utf8)
        let request = try ChatRequest.read(suffixOnly, limits: limits)
        #expect(request.modelSuffix == "off")
    }
}
