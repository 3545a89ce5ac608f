import Detect

/// What a detector made of a text.
struct Split: Equatable, CustomStringConvertible {
    struct Segment: Equatable {
        var kind: SegmentKind
        var text: [UInt8]
    }

    var segments: [Segment] = []
    var answerIsMissing = false
    var wasPromoted = false
    var tools: [ToolCall] = []
    /// Spans that were not whole code points; 0 for a text that is valid UTF-8.
    var brokenSpans = 0

    var description: String {
        let list = segments.map { "\($0.kind == .reasoning ? "r" : "a"):\(String(decoding: $0.text, as: UTF8.self).debugDescription)" }
        let calls = tools.map { "\(String(decoding: $0.recipient, as: UTF8.self))(\(String(decoding: $0.arguments, as: UTF8.self)))" }
        return (list + calls + (answerIsMissing ? ["missing"] : []) + (wasPromoted ? ["promoted"] : [])).joined(separator: " ")
    }

    func joined(_ kind: SegmentKind) -> [UInt8] { segments.filter { $0.kind == kind }.flatMap(\.text) }

    mutating func add(_ kind: SegmentKind, _ text: [UInt8]) {
        if String(validating: text, as: UTF8.self) == nil { brokenSpans += 1 }
        if let last = segments.indices.last, segments[last].kind == kind {
            segments[last].text += text
        } else {
            segments.append(Segment(kind: kind, text: text))
        }
    }
}

/// A detector's settings, so that one text can be run many times.
struct Setting {
    var profile: CompiledProfile
    var start = StartState.outside
    var whitespace = WhitespacePolicy.trim
    var json = false
    var end = TextEnd.stop
    var upstreamSplits = false

    /// Runs the pieces; `watch` is called after each with the detector's hold-back.
    func run(_ pieces: [[UInt8]], watch: (Int) -> Void = { _ in }) -> Split {
        var split = Split()
        var detector = Detector(profile: profile, start: start, whitespace: whitespace, constrainedToJSON: json)
        if upstreamSplits { detector.upstreamSplitReasoning() }
        for piece in pieces {
            detector.receive(piece.span) { kind, text in split.add(kind, text.bytes) }
            watch(detector.heldByteCount)
        }
        detector.finish(end) { kind, text in split.add(kind, text.bytes) }
        split.answerIsMissing = detector.answerIsMissing
        split.wasPromoted = detector.wasPromoted
        split.tools = detector.takeToolCalls()
        return split
    }
}

extension Span<UInt8> {
    var bytes: [UInt8] { indices.map { self[$0] } }
}

/// A small seeded generator (splitmix64): the same pieces on every machine.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Ways to cut a text.
enum Cutting {
    static func bytes(_ text: [UInt8]) -> [[UInt8]] { text.map { [$0] } }

    static func twoWay(_ text: [UInt8]) -> [[[UInt8]]] {
        (0...text.count).map { [Array(text[..<$0]), Array(text[$0...])] }
    }

    static func random(_ text: [UInt8], longest: Int, using random: inout SeededRandom) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var from = 0
        while from < text.count {
            let to = min(text.count, from + Int.random(in: 1...longest, using: &random))
            pieces.append(Array(text[from..<to]))
            from = to
        }
        return pieces
    }
}
