/// A piece of text that a model writes between its reasoning and its answer, as a PCRE2 pattern.
///
/// Patterns run in byte mode: `[^>]` is one byte. Every quantifier must be bounded, or a marker could hold text back without
/// limit; ``CompiledProfile`` checks that.
public struct Marker: Sendable, Equatable {
    /// The PCRE2 pattern.
    public var pattern: String

    /// A marker written as a PCRE2 pattern.
    public static func pattern(_ pattern: String) -> Marker { Marker(pattern: pattern) }

    /// A marker that is exactly `text`.
    public static func text(_ text: String) -> Marker {
        var pattern = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar), !"\n ".unicodeScalars.contains(scalar) {
                pattern.unicodeScalars.append("\\")
            }
            pattern.unicodeScalars.append(scalar)
        }
        return Marker(pattern: pattern)
    }
}

/// What a marker does when it is found; which roles are searched depends on the detector's state.
public enum MarkerRole: Equatable, Sendable {
    /// Opens reasoning; removed.
    case start
    /// Closes reasoning; removed.
    case end
    /// Closes reasoning and is the first text of the answer: a tool opener.
    case implicitEnd
    /// Opens the frame some models put around the answer; removed.
    case frameOpen
    /// Closes that frame; removed.
    case frameClose
    /// A special token that leaked into the text; removed.
    case stray
    /// A phrase that begins reasoning in plain words; kept, in the reasoning.
    case proseStart
    /// A phrase that begins the answer in plain words; kept, in the answer.
    case proseEnd
    /// A sign that the plain words are an answer after all; kept, in the answer, with everything before it.
    case proseVeto
    /// Begins a channel header; the header up to its end is removed.
    case headerStart
    /// Ends a channel header; the body follows.
    case headerEnd
    /// Ends a channel's body; removed.
    case bodyEnd
}
