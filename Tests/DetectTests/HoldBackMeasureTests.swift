import Detect
import Testing

/// The most bytes each built-in profile holds back, measured over bad text and printed.
@Suite("Hold-back of every profile, measured")
struct HoldBackMeasureTests {
    static let names = ProfileCatalogue.builtIn.all.map(\.profile.name)

    /// `words`: no marker's first byte. `signs`: near misses. What stands first leads into reasoning or the answer.
    struct Held {
        var words = 0
        var signs = 0
    }

    private static let words = Array("word and word, so what: 4.5 (or six); 'yes' + no/maybe? ~100%! ".utf8)

    /// Every marker, cut short by one to all of its bytes, between words.
    private static func signs(_ markers: [[UInt8]]) -> [UInt8] {
        var text: [UInt8] = []
        for marker in markers {
            for count in 1..<max(2, marker.count) { text += marker.prefix(count) + Array("- ".utf8) }
        }
        return text + Array("a < b << c <<< d <1> <<<<< </ < / > <".utf8)
    }

    private func measure(_ profile: CompiledProfile, _ lead: [UInt8], _ start: StartState, _ text: [UInt8]) -> Int {
        var detector = Detector(profile: profile, start: start, whitespace: .exact)
        detector.receive(lead.span) { _, _ in }
        var most = 0
        for byte in text {
            detector.receive([byte].span) { _, _ in }
            most = max(most, detector.heldByteCount)
        }
        return most
    }

    private func held(_ profile: CompiledProfile, _ markers: [[UInt8]], isInside: Bool) -> Held {
        let lead = Array((profile.profile.channels == nil ? "Zz " : "").utf8)
        let start = isInside ? StartState.inside : .outside
        return Held(words: measure(profile, lead, start, Self.words), signs: measure(profile, lead, start, Self.signs(markers)))
    }

    @Test func wordsAreNeverHeldAndSignsAtMostAMarkerLong() throws {
        var checked = 0
        for name in Self.names {
            let profile = try #require(ProfileCatalogue.builtIn.named(name))
            let markers = GeneratedText.markerTexts(of: profile.profile).map { Array($0.utf8) }
            let longest = profile.profile.longestMatch
            let answer = held(profile, markers, isInside: false)
            let reasoning = held(profile, markers, isInside: true)
            print(
                "hold-back: \(name): longest marker \(longest); answer \(answer.words) for words, \(answer.signs) for signs;"
                    + " reasoning \(reasoning.words) and \(reasoning.signs)")
            // Families whose markers are words, and channel headers, are searched for words.
            if profile.profile.marksWithSigns {
                checked += 1
                #expect(answer.words == 0, "\(name)")
                #expect(reasoning.words == 0, "\(name)")
            }
            #expect(max(answer.signs, reasoning.signs) <= longest - 1, "\(name)")
        }
        #expect(checked > 40)
    }
}

extension Profile {
    private var markers: [Marker] {
        starts + ends + implicitEnds + strays + frames.flatMap { [$0.open, $0.close] }
            + (channels.map { $0.headerStarts + $0.headerEnds + $0.bodyEnds } ?? [])
    }

    /// Every marker but the plain words begins with a sign that plain words do not have.
    var marksWithSigns: Bool {
        let signs: Set<Character> = ["<", "[", "◁", "\\"]
        return channels == nil && markers.allSatisfy { $0.pattern.first.map { signs.contains($0) } ?? false }
    }

    /// An upper bound for a marker's length in bytes: the pattern, with its bounded repeats counted in full.
    var longestMatch: Int {
        let lengths = markers.map { marker in
            let repeats = marker.pattern.split(separator: "{").dropFirst().compactMap {
                Int($0.prefix { $0 != "}" }.split(separator: ",").last ?? "")
            }
            return marker.pattern.filter { $0 != "\\" }.utf8.count + repeats.reduce(0, +)
        }
        return max(lengths.max() ?? 0, channels?.longestHeader ?? 0)
    }
}
