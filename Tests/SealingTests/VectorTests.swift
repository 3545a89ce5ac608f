import Testing

@testable import Sealing

/// The format, pinned: values that another implementation has made from the description in `SealedValue` and `SealKey`.
@Suite struct VectorTests {
    struct Vector: CustomTestStringConvertible, Sendable {
        var key = SealTests.key
        var model: String
        var client: String
        var reasoning: String
        var value: String

        var testDescription: String { model }
    }

    static let vectors = [
        Vector(
            model: "deepseek-v4", client: "token 3", reasoning: "The secret of the zebra is its stripes.",
            value: "rp.AXkx8vtf58hFAAECAwQFBgcICQoLk59LfbHWXnzynGDAab6CTDL6c6YOsnpPp4FmRtXk2uoyIhRjsTj3ncOteiXGkE7lcXT570OEWg"),
        Vector(
            model: "", client: "", reasoning: "",
            value: "rp.AXkx8vtf58hF________________TqwxFngvzSbfaaOzj3vi0g"),
        Vector(
            key: "Schlüssel 鍵 🔑 of many bytes, not for use", model: "模型", client: "", reasoning: "先想一想。7 × 13 = 91",
            value: "rp.AX5oogHIGkZBAAAAAAAAAAAAAAAATSC_npRuP7ao7KHrGXYkGYlqgVR6zY-3wD83E-pTHwG1eWfg1x2Dm0e7XA"),
    ]

    @Test(arguments: vectors)
    func aValueMadeElsewhereOpens(vector: Vector) {
        let binding = SealBinding(model: vector.model, client: Array(vector.client.utf8))
        let opening = ReasoningSeal(keys: [vector.key]).open(Array(vector.value.utf8), for: binding, atMost: 1024)
        #expect(opening == .opened(Array(vector.reasoning.utf8)))
    }
}
