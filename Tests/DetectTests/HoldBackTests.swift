import Detect
import Testing

@Suite("Hold-back: only what a marker may still claim")
struct HoldBackTests {
    private func profile(_ name: String) throws -> CompiledProfile { try #require(TestProfiles.named(name)) }

    @Test(arguments: ["T", "R", "TI", "default"], [StartState.outside, .inside])
    func textWithoutAFirstByteOfAMarkerIsNeverHeld(_ name: String, _ start: StartState) throws {
        let text = Array("word `code` and\nnext line, é 日本 🎉".utf8)
        let setting = Setting(profile: try profile(name), start: start, whitespace: .exact)
        _ = setting.run([text]) { #expect($0 == 0) }
        // Byte by byte only the unfinished code point waits.
        _ = setting.run(Cutting.bytes(text)) { #expect($0 <= 3) }
        let ascii = Array("word `code` and\nnext line".utf8)
        _ = setting.run(Cutting.bytes(ascii)) { #expect($0 == 0) }
    }

    @Test func trimmedReasoningHoldsOnlyTheWhiteSpaceAtItsEnd() throws {
        let setting = Setting(profile: try profile("R"), start: .inside)
        var held: [Int] = []
        _ = setting.run(["a", " ", "\n", "b", " c"].map { Array($0.utf8) }) { held.append($0) }
        #expect(held == [0, 1, 2, 0, 0])
    }

    @Test func aMarkerIsHeldWhileTheTailIsItsPrefixAndNoLonger() throws {
        let setting = Setting(profile: try profile("R"), start: .inside)
        var held: [Int] = []
        _ = setting.run(Cutting.bytes(Array("a<b</think</think>c".utf8))) { held.append($0) }
        #expect(held == [0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7, 0, 0])
    }

    @Test func theAnswerIsNeverHeldOnceItHasBegun() throws {
        let setting = Setting(profile: try profile("T"), start: .outside)
        var held: [Int] = []
        _ = setting.run([Array("<think>r</think>a".utf8)] + Cutting.bytes(Array(" <think> </thi `<".utf8))) { held.append($0) }
        #expect(held.allSatisfy { $0 == 0 })
    }

    @Test func anOpenerThatCannotCountIsNotWaitedFor() throws {
        let setting = Setting(profile: try profile("default"))
        var held: [Int] = []
        _ = setting.run(Cutting.bytes(Array("a <think".utf8))) { held.append($0) }
        #expect(held.allSatisfy { $0 == 0 })
    }

    @Test func anUndecidedStartHoldsUpToItsWindow() throws {
        var data = Profile(name: "window", summary: "")
        data.starts = [.text("<think>")]
        data.ends = [.text("</think>")]
        data.undecidedWindow = 8
        let setting = Setting(profile: try CompiledProfile(data), start: .undecided)
        var held: [Int] = []
        let split = setting.run(Cutting.bytes(Array("0123456789</think>".utf8))) { held.append($0) }
        #expect(held.prefix(10) == [1, 2, 3, 4, 5, 6, 7, 0, 0, 0])
        #expect(split.segments == [Split.Segment(kind: .answer, text: Array("0123456789</think>".utf8))])
        // A closer that begins inside the window still counts.
        let inside = setting.run([Array("0123456</think>a".utf8)])
        #expect(inside.segments.map(\.text) == [Array("0123456".utf8), Array("a".utf8)])
    }

    @Test func longJSONFlowsOnceItsWindowIsFullAndItsTagsAreText() throws {
        var data = Profile(name: "window", summary: "")
        data.starts = [.text("<think>")]
        data.ends = [.text("</think>")]
        data.undecidedWindow = 8
        let text = Array("{\"a\":\"01234567<think>x</think>\"}".utf8)
        let setting = Setting(profile: try CompiledProfile(data), start: .inside, json: true)
        for pieces in [[text], Cutting.bytes(text)] {
            #expect(setting.run(pieces).segments == [Split.Segment(kind: .answer, text: text)])
        }
    }

    @Test func aLongRunOfWhiteSpaceIsGivenOutInUnits() throws {
        let text = Array(("a" + String(repeating: " ", count: 600) + "</think>b").utf8)
        let setting = Setting(profile: try profile("R"), start: .inside)
        let whole = setting.run([text])
        #expect(whole.joined(.reasoning).count == 1 + 512)
        #expect(setting.run(Cutting.bytes(text)) == whole)
    }

    @Test func aChunkThatNeedsNoChangeLeavesAsItCame() throws {
        var detector = Detector(profile: try profile("default"), start: .outside)
        detector.receive(Array("Hello".utf8).span) { _, _ in }
        var calls = 0
        detector.receive(Array(" there, `x`\nworld".utf8).span) { kind, text in
            calls += 1
            #expect(kind == .answer)
            #expect(text.bytes == Array(" there, `x`\nworld".utf8))
        }
        #expect(calls == 1)
    }
}
