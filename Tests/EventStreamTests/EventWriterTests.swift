import EventStream
import Support
import Testing

@Suite("Writing an event stream")
struct EventWriterTests {
    private func written(_ write: (inout [UInt8]) -> Void) -> String {
        var output = Array("before|".utf8)
        write(&output)
        return String(decoding: output, as: UTF8.self)
    }

    private func written(event name: EventName? = nil, data: String) -> String {
        let bytes = Array(data.utf8)
        return written { EventWriter.append(event: name, data: bytes.span, to: &$0) }
    }

    @Test("An event is one data line and a blank line, appended to what is there")
    func plainEvent() {
        #expect(written(data: "{\"a\":1}") == "before|data: {\"a\":1}\n\n")
        #expect(written(data: "") == "before|data: \n\n")
    }

    @Test("A named event has its name first")
    func namedEvent() {
        #expect(written(event: "phase", data: "{}") == "before|event: phase\ndata: {}\n\n")
        #expect(
            written(event: "response.reasoning_summary_text.delta", data: "{}")
                == "before|event: response.reasoning_summary_text.delta\ndata: {}\n\n")
    }

    @Test("The end of a chat completion stream")
    func done() {
        #expect(written { EventWriter.appendDone(to: &$0) } == "before|data: [DONE]\n\n")
    }

    @Test("A comment ends with one line feed")
    func comment() {
        #expect(written { EventWriter.appendComment(to: &$0) } == "before|: ping\n")
        #expect(written { EventWriter.appendComment("still there, and thinking", to: &$0) } == "before|: still there, and thinking\n")
    }

    @Test("A line break never creates a line")
    func lineBreaksBecomeSpaces() {
        #expect(
            written(event: "a\nb\r", data: "x\r\n\r\ndata: y\nevent: z") == "before|event: a b \ndata: x    data: y event: z\n\n")
        #expect(written { EventWriter.appendComment("a\ndata: b\n", to: &$0) } == "before|: a data: b \n")
    }

    @Test("What is written reads as what was meant, however it is cut", arguments: 0..<60 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let names: [(EventName?, String)] = [(nil, ""), ("phase", "phase"), ("response.output_text.delta", "response.output_text.delta")]
        var output: [UInt8] = []
        var expected: [StreamVector.Event] = []
        var comments = 0
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            if Bool.random(using: &random) {
                EventWriter.appendComment(to: &output)
                comments += 1
            }
            let (name, text) = names[Int.random(in: 0..<3, using: &random)]
            let data = payload(&random)
            EventWriter.append(event: name, data: data.span, to: &output)
            expected.append(.init(name: Array(text.utf8), data: data.map { $0 == 10 || $0 == 13 ? 32 : $0 }))
        }
        EventWriter.appendDone(to: &output)
        expected.append(.init(name: [], data: Array("[DONE]".utf8)))

        for cutting in Chopper(seed: seed, mostSplits: 40, randomCuttings: 4).cuttings(of: output) {
            let reading = Reading(pieces: cutting.pieces)
            #expect(reading.events == expected, "\(cutting)")
            #expect(reading.atEnd.isEmpty && reading.error == nil && reading.comments == comments, "\(cutting)")
        }
    }

    /// Text made of what is dangerous in this format, of other text, and of any bytes.
    private func payload(_ random: inout SeededRandom) -> [UInt8] {
        let parts = [
            "\n", "\r", "\r\n", "\n\n", "data: ", "event: x", ": ", ":", " ", "\u{0}", "\u{FEFF}", "ü", "你好", "😀", "{\"a\":\"b\\n\"}",
        ]
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            if Int.random(in: 0..<8, using: &random) == 0 {
                bytes.append(UInt8.random(in: 0...255, using: &random))
            } else {
                bytes += parts[Int.random(in: 0..<parts.count, using: &random)].utf8
            }
        }
        return bytes
    }
}
