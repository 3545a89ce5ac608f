import Testing

@testable import Detect

@Suite("Limits: everything that grows has one")
struct LimitTests {
    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func harmony() throws -> Detector {
        Detector(profile: try #require(ProfileCatalogue.builtIn.named("gpt-oss")), start: .outside)
    }

    @Test func aProseBoundBeyondWhatIsKeptIsCutToIt() throws {
        var data = Profile(name: "long", summary: "")
        data.prose = ProseMarkers(openers: [.text("Let me think")], ends: [.text("Therefore")], bound: .max / 2)
        var detector = Detector(profile: try CompiledProfile(data), start: .outside)
        var answered = 0
        let piece = text("Let me think " + String(repeating: "x", count: 10_000))
        for _ in 0..<120 { detector.receive(piece.span) { if $0 == .answer { answered += $1.count } } }
        #expect(answered == 120 * piece.count)
    }

    @Test func aCallIsHandedOutOnceItIsComplete() throws {
        var detector = try harmony()
        detector.receive(text("<|channel|>commentary to=functions.f<|message|>{}<|call|>").span) { _, _ in }
        detector.receive(text("<|start|>assistant<|channel|>commentary to=functions.g<|message|>{").span) { _, _ in }
        #expect(detector.takeToolCalls() == [ToolCall(recipient: text("f"), arguments: text("{}"))])
        detector.receive(text("}<|call|>").span) { _, _ in }
        #expect(detector.takeToolCalls() == [ToolCall(recipient: text("g"), arguments: text("{}"))])
        #expect(detector.takeToolCalls().isEmpty)
    }

    @Test func aCallThatIsTooLongIsDropped() throws {
        var detector = try harmony()
        detector.receive(text("<|channel|>commentary to=functions.f<|message|>").span) { _, _ in }
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
        for _ in 0..<5 { detector.receive(piece.span) { _, _ in } }
        detector.receive(text("<|call|><|start|>assistant to=functions.g<|channel|>commentary<|message|>{}<|call|>").span) { _, _ in }
        #expect(detector.takeToolCalls().map(\.recipient) == [text("g")])
    }

    @Test func onlySoManyCallsAreKept() throws {
        var detector = try harmony()
        let call = text("<|start|>assistant to=functions.f<|channel|>commentary<|message|>{}<|call|>")
        for _ in 0..<(Detector.toolCallLimits.count + 5) { detector.receive(call.span) { _, _ in } }
        #expect(detector.takeToolCalls().count == Detector.toolCallLimits.count)
    }
}
