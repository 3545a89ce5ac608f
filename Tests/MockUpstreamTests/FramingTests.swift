import Testing

@testable import MockUpstream

@Suite struct FramingTests {
    private func written(_ framing: Framing, _ payloads: [String]) -> [UInt8] {
        var writer = FramingWriter(framing)
        return payloads.enumerated().flatMap { index, payload in
            writer.event(Array(payload.utf8), isLast: index == payloads.count - 1)
        }
    }

    @Test func theUsualFramingIsTheOneEveryClientReads() {
        #expect(written(Framing(), ["{\"a\":1}", "[DONE]"]) == Array("data: {\"a\":1}\n\ndata: [DONE]\n\n".utf8))
    }

    static let odd: [(Framing, String)] = [
        (Framing(lineEnd: .crlf), "data: {\"a\":1}\r\n\r\ndata: [DONE]\r\n\r\n"),
        (Framing(lineEnd: .cr), "data: {\"a\":1}\r\rdata: [DONE]\r\r"),
        (Framing(lineEnd: .mixed), "data: {\"a\":1}\n\rdata: [DONE]\r\n\n"),
        (Framing(spaceAfterColon: false), "data:{\"a\":1}\n\ndata:[DONE]\n\n"),
        (Framing(byteOrderMark: true), "\u{FEFF}data: {\"a\":1}\n\ndata: [DONE]\n\n"),
        (Framing(ids: true, retry: true), "retry: 3000\nid: 1\ndata: {\"a\":1}\n\nid: 2\ndata: [DONE]\n\n"),
        (Framing(eventName: "message"), "event: message\ndata: {\"a\":1}\n\nevent: message\ndata: [DONE]\n\n"),
        (Framing(multiLineData: true), "data: {\ndata: \"a\":1\ndata: }\n\ndata: [DONE]\n\n"),
        (Framing(commentEvery: 1, comment: ": hi"), ": hi\ndata: {\"a\":1}\n\n: hi\ndata: [DONE]\n\n"),
        (Framing(emptyDataEvery: 2), "data: \n\ndata: {\"a\":1}\n\ndata: [DONE]\n\n"),
        (Framing(keepAliveDataEvery: 2), "data: : keepalive\n\ndata: {\"a\":1}\n\ndata: [DONE]\n\n"),
        (Framing(finalBlankLine: false), "data: {\"a\":1}\n\ndata: [DONE]\n"),
    ]

    @Test(arguments: odd.indices)
    func everyDeviationIsExactlyWhatItSays(index: Int) {
        let (framing, text) = Self.odd[index]
        #expect(written(framing, ["{\"a\":1}", "[DONE]"]) == Array(text.utf8))
    }

    @Test(arguments: FixtureFiles.scenarios.filter { $0.hasPrefix("framing-") })
    func aStandardReaderGetsTheSameTextsFromEveryFraming(file: String) throws {
        let path = "\(FixtureFiles.scenariosFolder)/\(file)"
        var scenario = try ScenarioCatalogue.decode(FixtureFiles.bytes(FixtureFiles.scenariosFolder, file), file: path)
        let framed = try Example.play(scenario)
        let framing = scenario.framing
        scenario.framing = Framing()
        let plain = try Example.play(scenario)
        #expect(framed.response.body != plain.response.body)
        let oddities: Set<String> = ["", ": keepalive"]
        let wanted = framing.done ? plain.data : plain.data.dropLast()
        #expect(try framed.data.filter { !oddities.contains($0) }.map(normalised) == wanted.map(normalised))
    }

    /// JSON may have gained line ends where white space is allowed.
    private func normalised(_ payload: String) throws -> String {
        payload.hasPrefix("{") ? try JSON(parsing: payload).rendered() : payload
    }

    @Test func withoutDoneTheLastChunkIsTheLastEvent() throws {
        let played = try Example.play(Example.short(#","framing":{"done":false,"final_blank_line":false}"#))
        #expect(played.response.isComplete)
        #expect(played.response.text.hasSuffix("\"finish_reason\":\"stop\"}]}\n"))
        #expect(!played.response.text.hasSuffix("\n\n"))
    }
}
