import Detect
import PCRE

/// Segments do not depend on the cutting, and no byte is invented, lost or moved.
enum DetectionCheck {
    struct Setting {
        var profile: CompiledProfile
        var start: StartState
        var whitespace: WhitespacePolicy
        var isJSON: Bool
        var end: TextEnd
        /// The upstream shows reasoning fields of its own before the text.
        var upstreamSplits: Bool
    }

    struct Result: Equatable {
        var segments: [(kind: SegmentKind, text: [UInt8])] = []
        var promoted = false
        var missing = false
        var tools: [ToolCall] = []

        static func == (one: Result, other: Result) -> Bool {
            one.segments.elementsEqual(other.segments) { $0.kind == $1.kind && $0.text == $1.text }
                && one.promoted == other.promoted && one.missing == other.missing && one.tools == other.tools
        }

        mutating func add(_ kind: SegmentKind, _ text: Span<UInt8>) {
            if let last = segments.indices.last, segments[last].kind == kind {
                segments[last].text += text.copy
            } else {
                segments.append((kind, text.copy))
            }
        }

        func joined(_ kind: SegmentKind) -> [UInt8] { segments.filter { $0.kind == kind }.flatMap(\.text) }
    }

    static let profiles = ProfileCatalogue.builtIn.all
    private static let markers = profiles.map { MarkerText($0.profile) }

    static func run(_ input: inout FuzzInput) {
        let index = Int(input.byte()) % profiles.count
        let options = input.byte()
        let setting = Setting(
            profile: profiles[index], start: [.outside, .inside, .undecided][Int(options & 3) % 3],
            whitespace: options & 4 == 0 ? .trim : .exact, isJSON: options & 8 != 0,
            end: [.stop, .length, .cut][Int(options >> 4 & 3) % 3],
            upstreamSplits: options & 0xC0 == 0xC0)
        let cutting = input.cutting()
        let text = input.rest()
        let whole = detect([text], setting)
        promise(detect(cutting.pieces(of: text), setting) == whole, "the segments depend on the cutting")
        promise(detect(text.map { [$0] }, setting) == whole, "the segments differ byte by byte")
        for kind in [SegmentKind.reasoning, .answer] {
            promise(isSubsequence(whole.joined(kind), of: text), "text was given out that was not received in this order")
        }
        guard setting.whitespace == .exact, !whole.promoted else { return }
        let out = whole.segments.flatMap(\.text)
        promise(isSubsequence(out, of: text), "text changed its place")
        markers[index].check(received: text, out: out)
    }

    static func detect(_ pieces: [[UInt8]], _ setting: Setting) -> Result {
        var detector = Detector(
            profile: setting.profile, start: setting.start, whitespace: setting.whitespace, constrainedToJSON: setting.isJSON)
        var result = Result()
        if setting.upstreamSplits { detector.upstreamSplitReasoning() }
        for piece in pieces { detector.receive(piece.span) { result.add($0, $1) } }
        detector.finish(setting.end) { result.add($0, $1) }
        promise(detector.heldByteCount == 0, "text was kept after the end")
        result.promoted = detector.wasPromoted
        result.missing = detector.answerIsMissing
        result.tools = detector.takeToolCalls()
        return result
    }

    private static func isSubsequence(_ part: [UInt8], of all: [UInt8]) -> Bool {
        var next = 0
        for byte in all where next < part.count && part[next] == byte { next += 1 }
        return next == part.count
    }
}

/// What a profile may take out of a text.
struct MarkerText {
    private let patterns: [Pattern]
    private let hasChannels: Bool

    init(_ profile: Profile) {
        let frames = profile.frames.flatMap { [$0.open, $0.close] }
        // Implicit ends and plain words stay in the text.
        let removed = profile.starts + profile.ends + profile.strays + frames
        patterns = removed.compactMap {
            do { return try Pattern(alternatives: [$0.pattern]) } catch { return nil }
        }
        promise(patterns.count == removed.count, "a marker of a built-in profile does not compile")
        hasChannels = profile.channels != nil
    }

    /// What came in must be what went out with nothing but markers between; long texts are only checked without markers.
    func check(received: [UInt8], out: [UInt8]) {
        guard !hasChannels else { return }
        var ends: [Int: [Int]] = [:]
        for pattern in patterns { add(pattern, in: received, to: &ends) }
        if ends.isEmpty { return promise(received == out, "a text without markers was changed") }
        guard received.count <= 400 else { return }
        var reached: [Set<Int>] = Array(repeating: [], count: received.count + 1)
        reached[0] = [0]
        for index in received.indices {
            for done in reached[index] {
                if done < out.count, out[done] == received[index] { reached[index + 1].insert(done + 1) }
                for end in ends[index] ?? [] { reached[end].insert(done) }
            }
        }
        promise(reached[received.count].contains(out.count), "something other than a marker was taken out")
    }

    private func add(_ pattern: Pattern, in text: [UInt8], to ends: inout [Int: [Int]]) {
        var scratch = MatchScratch()
        var from = 0
        while from < text.count,
            case .match(let start, let end, _) = scratch.search(pattern, in: text.span, from: from, isTextStart: true, end: .final)
        {
            ends[start, default: []].append(end)
            from = start + 1
        }
    }
}
