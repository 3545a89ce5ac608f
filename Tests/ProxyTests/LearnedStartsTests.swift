import Testing

@testable import Proxy

/// Models that are remembered to begin inside reasoning.
@Suite struct LearnedStartsTests {
    @Test("a model is known at the upstream where it was learned, until it is forgotten")
    func learned() {
        let starts = LearnedStarts()
        #expect(!starts.use("m", at: "a"))
        #expect(starts.learn("m", at: "a"))
        #expect(!starts.learn("m", at: "a"), "the second time is no news")
        #expect(starts.use("m", at: "a") && starts.knows("m", at: "a"))
        #expect(!starts.use("m", at: "b") && !starts.use("n", at: "a"))
        #expect(starts.forget("m", at: "a"))
        #expect(!starts.forget("m", at: "a") && !starts.use("m", at: "a"))
    }

    @Test("past the limit the model that was used longest ago goes; a listing is no use")
    func bounded() {
        let starts = LearnedStarts(limit: 3)
        for model in ["a", "b", "c"] { #expect(starts.learn(model, at: "u")) }
        #expect(starts.use("a", at: "u"))
        #expect(starts.knows("b", at: "u"))
        #expect(starts.learn("d", at: "u"))
        #expect(["a", "b", "c", "d"].filter { starts.knows($0, at: "u") } == ["a", "c", "d"])
        #expect(starts.count == 3)
    }

    @Test("a model's name of unusual length is not kept")
    func longNames() {
        let starts = LearnedStarts()
        #expect(starts.learn(String(repeating: "m", count: LearnedStarts.nameLimit), at: "u"))
        #expect(!starts.learn(String(repeating: "m", count: LearnedStarts.nameLimit + 1), at: "u"))
        #expect(starts.count == 1)
    }
}
