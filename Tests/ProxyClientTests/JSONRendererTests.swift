import Foundation
import Testing

@testable import proxy_client

@Suite("What a program reads")
struct JSONRendererTests {
    private func lines(_ name: String) throws -> [[String: Any]] {
        let shown = render(try play(name, style: "events"), with: JSONRenderer())
        #expect(shown.decoration == "")
        return try shown.answer.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test(
        "Every line is one JSON object with its event, and the last one is the end",
        arguments: ["events.sse", "think.sse", "hostile.sse", "cut.sse", "error-in-stream.sse", "strangers.sse", "whole-events.json"])
    func everyLineIsAnObject(name: String) throws {
        let lines = try lines(name)
        #expect(lines.first?["event"] as? String == "head")
        #expect(lines.last?["event"] as? String == "end")
        let known: Set = ["head", "phase", "delta", "summary", "note", "usage", "error", "end"]
        #expect(lines.allSatisfy { known.contains($0["event"] as? String ?? "") })
    }

    @Test("Deltas put together are the answer, summaries the rest")
    func deltasAreTheAnswer() throws {
        let lines = try lines("events.sse")
        let text = { (event: String) in lines.filter { $0["event"] as? String == event }.compactMap { $0["text"] as? String }.joined() }
        #expect(text("delta") == "There are eight: 2, 3, 5, 7,\n 11, 13, 17 and 19 — ✓.")
        #expect(text("summary").contains("Strikes out 9 and 15."))
        #expect(lines.filter { $0["event"] as? String == "phase" }.count == 3)
        #expect(lines.last?["first_answer_ms"] as? Double == 5)
        #expect(lines.last?["complete"] as? Bool == true)
        #expect(lines.last?["exit"] as? Int == 0)
    }

    @Test("An error comes before the end, with kind, code and exit code")
    func anErrorComesBeforeTheEnd() throws {
        let lines = try lines("error-in-stream.sse")
        let error = try #require(lines.dropLast().last)
        #expect(error["event"] as? String == "error")
        #expect(error["kind"] as? String == "failed")
        #expect(error["code"] as? String == "gap_timeout")
        #expect(lines.last?["exit"] as? Int == 1)
    }

    @Test("A line is safe on a terminal")
    func aLineIsSafeOnATerminal() throws {
        let shown = render(try play("hostile.sse"), with: JSONRenderer())
        #expect(shown.answer.unicodeScalars.allSatisfy { !$0.isControl || $0 == "\n" })
    }

    @Test("A golden line")
    func aGoldenLine() {
        let value = JSONValue.object([
            .init("a\"\\", .string("x\n\t\r\u{1}\u{9B}é😀")), .init("n", .number(1.5)), .init("i", .integer(3)), .init("z", .null),
            .init("inf", .number(.infinity)), .init("b", .bool(false)),
        ])
        #expect(value.text == #"{"a\"\\":"x\n\t\r\u0001\u009bé😀","n":1.5,"i":3,"z":null,"inf":null,"b":false}"#)
    }
}
