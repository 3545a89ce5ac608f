import PCRE

/// The rules for marker patterns that come from configuration, checked when they are loaded.
///
/// A bad marker would not crash: it would hold text back without limit, match nothing at great cost, or cut a code point. So it is
/// refused with a reason while a person is looking.
struct PatternLint {
    let profileName: String

    init(_ profileName: String) { self.profileName = profileName }

    func check(_ profile: Profile) throws(ProfileError) {
        for marker in profile.allMarkers { try check(marker.pattern) }
        let searched = profile.modelPatterns + (profile.channels.map { $0.rules.map(\.pattern) + [$0.recipient] } ?? [])
        for pattern in searched { try checkCompiles(pattern) }
    }

    private func checkCompiles(_ pattern: String) throws(ProfileError) {
        if let reason = Self.fault(inSearched: pattern) {
            throw .invalid(profile: profileName, pattern: pattern, reason: reason)
        }
    }

    private func check(_ pattern: String) throws(ProfileError) {
        if let reason = Self.fault(inMarker: pattern) { throw .invalid(profile: profileName, pattern: pattern, reason: reason) }
    }

    /// Why a pattern that is only searched in a name or a header may not be used; nil if it may.
    static func fault(inSearched pattern: String) -> String? {
        do throws(PatternError) { _ = try Pattern(alternatives: [pattern], isCaseless: true) } catch { return error.description }
        return nil
    }

    /// Why a pattern may not be a marker; nil if it may.
    static func fault(inMarker pattern: String) -> String? {
        if let reason = PatternText(pattern).firstOffence() { return reason }
        let compiled: Pattern
        do throws(PatternError) { compiled = try Pattern(alternatives: [pattern]) } catch { return error.description }
        if compiled.canMatchEmpty { return "it can match the empty string; make at least one character required" }
        if compiled.highestBackReference > 0 { return "back-references are not allowed; write the text out" }
        if compiled.maximumLookBehind > CompiledProfile.maximumLookBehind {
            return "it looks back \(compiled.maximumLookBehind) bytes; at most \(CompiledProfile.maximumLookBehind) are kept"
        }
        return nil
    }
}

/// A pattern read as text, for what PCRE2 does not report about the compiled form.
struct PatternText {
    private let bytes: [UInt8]
    private var index = 0
    private var isInClass = false

    init(_ pattern: String) { bytes = Array(pattern.utf8) }

    /// The first thing that a marker may not contain, as a reason; nil if there is none.
    func firstOffence() -> String? {
        var reader = self
        while reader.index < reader.bytes.count {
            if let offence = reader.next() { return offence }
        }
        return nil
    }

    private mutating func next() -> String? {
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\\"): return escape()
        case UInt8(ascii: "["):
            // A "]" right after "[" or "[^" is a member.
            guard !isInClass else { return nil }
            isInClass = true
            if peek == UInt8(ascii: "^") { index += 1 }
            if peek == UInt8(ascii: "]") { index += 1 }
        case UInt8(ascii: "]"): isInClass = false
        case _ where isInClass: return nil
        case UInt8(ascii: "*"), UInt8(ascii: "+"):
            return "'\(Character(UnicodeScalar(byte)))' has no bound and could hold text back for ever; use {0,40} or the like"
        case UInt8(ascii: "{"): return openQuantifier()
        case UInt8(ascii: "("): return group()
        default: return nil
        }
        return nil
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func escape() -> String? {
        guard let letter = peek else { return nil }
        index += 1
        if letter == UInt8(ascii: "Q") { return "\\Q is not allowed; escape the characters one by one" }
        let refused: [UInt8: String] = [
            UInt8(ascii: "K"): "moves the match's start", UInt8(ascii: "C"): "may cut a code point",
            UInt8(ascii: "R"): "may cut a code point", UInt8(ascii: "X"): "may cut a code point",
            UInt8(ascii: "h"): "may cut a code point", UInt8(ascii: "v"): "may cut a code point",
            UInt8(ascii: "N"): "may cut a code point", UInt8(ascii: "p"): "means nothing on bytes",
            UInt8(ascii: "P"): "means nothing on bytes", UInt8(ascii: "g"): "is a reference",
            UInt8(ascii: "k"): "is a back-reference",
        ]
        return refused[letter].map { "\\\(Character(UnicodeScalar(letter))) is not allowed: it \($0)" }
    }

    /// `{n,}` is unbounded; `{n}`, `{n,m}` and a literal brace are fine.
    private mutating func openQuantifier() -> String? {
        var cursor = index
        while cursor < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[cursor]) { cursor += 1 }
        let isOpen =
            cursor > index && cursor + 1 < bytes.count && bytes[cursor] == UInt8(ascii: ",") && bytes[cursor + 1] == UInt8(ascii: "}")
        return isOpen ? "'{n,}' has no bound and could hold text back for ever; give a maximum" : nil
    }

    /// `(*VERB)` and recursion change how the whole alternation matches.
    private mutating func group() -> String? {
        guard let next = peek else { return nil }
        if next == UInt8(ascii: "*") { return "'(*' verbs are not allowed in a marker" }
        guard next == UInt8(ascii: "?"), index + 1 < bytes.count else { return nil }
        let kind = bytes[index + 1]
        let isRecursion = kind == UInt8(ascii: "R") || kind == UInt8(ascii: "&") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(kind)
        return isRecursion ? "recursion is not allowed in a marker" : nil
    }
}
