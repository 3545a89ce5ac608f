import Support
import Testing

@testable import Summaries

@Suite struct ReasoningWindowTests {
    private func taken(_ window: inout ReasoningWindow) -> String { String(decoding: window.take().text, as: UTF8.self) }

    @Test func aWindowEndsAtASentenceAndTheNextGoesOnThere() {
        var window = ReasoningWindow(limit: 1_000)
        window.append(Array("It tests two. It tests three. And then it".utf8).span)
        #expect(taken(&window) == "It tests two. It tests three.")
        window.append(Array(" goes on to five. ".utf8).span)
        #expect(taken(&window) == " And then it goes on to five.")
        #expect(window.byteCount == 1)
    }

    @Test(arguments: ["这是第一句。这是第二句。还有", "三つある！次は五つだ。そして"])
    func ideographicSentencesEndWindowsToo(text: String) {
        var window = ReasoningWindow(limit: 1_000)
        window.append(Array(text.utf8).span)
        #expect(taken(&window).hasSuffix("。"))
    }

    @Test func ofMoreThanTheLimitTheEndIsKept() {
        for piece in [1, 7, 300, 100_000] {
            var window = ReasoningWindow(limit: 500)
            let text = (0..<400).map { "Sentence number \($0) is here." }.joined(separator: " ")
            let bytes = Array(text.utf8)
            var start = 0
            while start < bytes.count {
                let end = min(start + piece, bytes.count)
                window.append(Array(bytes[start..<end]).span)
                start = end
            }
            #expect(window.byteCount == bytes.count)
            let (kept, isShortened) = window.take()
            let told = String(decoding: kept, as: UTF8.self)
            #expect(isShortened && kept.count <= 500 && kept.count > 400)
            #expect(text.contains(told) && told.contains("number 398"))
        }
    }

    @Test func noCharacterIsCut() {
        let text = String(repeating: "漢字かな😀ü", count: 40)
        for limit in 64...90 {
            for cut in 0..<9 {
                var window = ReasoningWindow(limit: limit)
                window.append(Array(Array(text.utf8).dropLast(cut)).span)
                let (kept, _) = window.take()
                #expect(String(validating: kept, as: UTF8.self) != nil, "\(limit), \(cut)")
            }
        }
    }
}
