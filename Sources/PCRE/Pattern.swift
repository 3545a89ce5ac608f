import CPCRE2

/// A compiled alternation: which of several byte patterns begins first, and where.
///
/// Byte mode: PCRE2's UTF mode is off and cannot be switched on from inside a pattern, so any bytes may be searched and no
/// UTF check is paid (measured on 10.42 with JIT, 5 to 27 byte chunks: 30–56 ns without, 43–123 ns with). Multi-byte
/// literals match as the bytes they are. The price: `.` and `[^x]` mean one byte, case folding is ASCII only.
///
/// JIT-compiled for complete and for partial matching. Immutable after `init`, so one object serves every thread; what a
/// match needs to scribble on is the caller's ``MatchScratch``.
@safe
public final class Pattern: @unchecked Sendable {
    // @unchecked Sendable: PCRE2 promises that compiled code is read-only during matching; nothing here changes after init.

    /// The most alternatives one pattern may have: their numbers are two digits in the compiled marks.
    public static let maximumAlternatives = 100

    /// The bytes a match can begin with; every byte if PCRE2 does not know.
    public let firstBytes: ByteSet
    /// PCRE2's count of characters looked at before the match start. Not reliable for `^` in multi-line mode: see ``MatchScratch``.
    public let maximumLookBehind: Int
    /// Whether some alternative can match the empty string.
    public let canMatchEmpty: Bool
    /// The highest back-reference number used, 0 for none.
    public let highestBackReference: Int
    /// Whether PCRE2 made machine code; false where the system forbids it, then the interpreter gives the same results slower.
    public let isJITCompiled: Bool

    let code: OpaquePointer

    /// Compiles the alternatives; at the same position an earlier one wins.
    ///
    /// - Parameters:
    ///   - alternatives: PCRE2 patterns, each valid by itself.
    ///   - isAnchored: a match must begin where the search begins.
    ///   - isCaseless: ASCII letters match in either case.
    /// - Throws: ``PatternError`` naming the alternative, the offset and PCRE2's reason.
    public convenience init(alternatives: [String], isAnchored: Bool = false, isCaseless: Bool = false) throws(PatternError) {
        try self.init(alternatives: alternatives, isAnchored: isAnchored, isCaseless: isCaseless, usesJIT: true)
    }

    /// Without JIT the interpreter does the same, as it does where the system forbids machine code made at run time.
    init(alternatives: [String], isAnchored: Bool = false, isCaseless: Bool = false, usesJIT: Bool) throws(PatternError) {
        guard !alternatives.isEmpty else { throw .noAlternatives }
        guard alternatives.count <= Self.maximumAlternatives else { throw .tooManyAlternatives(limit: Self.maximumAlternatives) }
        let options =
            PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C
            | (isAnchored ? PCRE2_ANCHORED : 0) | (isCaseless ? PCRE2_CASELESS : 0)
        // SAFETY: what compile returns is ours: single ones are freed at once, the joined one in `deinit`; the info calls only read it.
        // Each alone first: the offset in an error then means something to its author, and a stray ")" cannot leak out.
        for (index, alternative) in alternatives.enumerated() {
            switch unsafe Self.compile(alternative, options) {
            case .success(let single): unsafe pcre2_code_free_8(single)
            case .failure(let failure): throw .refused(index: index, offset: failure.offset, reason: failure.reason)
            }
        }
        // SAFETY: the compiled code is ours until `deinit` frees it; everything below only reads it, before anybody else can.
        switch unsafe Self.compile(Self.joined(alternatives), options) {
        case .success(let compiled): unsafe code = compiled
        case .failure(let failure): throw .notJoinable(reason: failure.reason)
        }
        // SAFETY: `code` was just compiled and is shared with nobody yet.
        isJITCompiled = unsafe usesJIT && pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_HARD) == 0
        firstBytes = unsafe Self.firstBytes(of: code)
        maximumLookBehind = unsafe Self.number(code, PCRE2_INFO_MAXLOOKBEHIND)
        canMatchEmpty = unsafe Self.number(code, PCRE2_INFO_MATCHEMPTY) != 0
        highestBackReference = unsafe Self.number(code, PCRE2_INFO_BACKREFMAX)
    }

    deinit {
        // SAFETY: `code` came from pcre2_compile, is freed once, here; nobody holds it longer than the object.
        unsafe pcre2_code_free_8(code)
    }

    private struct Refusal: Error {
        let offset: Int
        let reason: String
    }

    /// `(?:a)(*:00)|(?:b)(*:01)`: the mark tells which alternative matched, whatever groups the alternatives contain.
    private static func joined(_ alternatives: [String]) -> String {
        alternatives.enumerated()
            .map { index, text in "(?:\(text))(*:\(index / 10)\(index % 10))" }
            .joined(separator: "|")
    }

    private static func compile(_ text: String, _ options: UInt32) -> Result<OpaquePointer, Refusal> {
        var text = text
        var errorCode: Int32 = 0
        var errorOffset = 0
        // SAFETY: the UTF-8 view outlives the call; PCRE2 copies what it needs. The two out-parameters are local variables.
        let code = text.withUTF8 { bytes in
            unsafe pcre2_compile_8(bytes.baseAddress, bytes.count, options, &errorCode, &errorOffset, nil)
        }
        if let code = unsafe code { return unsafe .success(code) }
        return unsafe .failure(Refusal(offset: errorOffset, reason: reason(errorCode)))
    }

    private static func reason(_ errorCode: Int32) -> String {
        var message = [UInt8](repeating: 0, count: 256)
        // SAFETY: the buffer's own address and count; PCRE2 truncates to it.
        let length = unsafe message.withUnsafeMutableBufferPointer { buffer in
            unsafe pcre2_get_error_message_8(errorCode, buffer.baseAddress, buffer.count)
        }
        guard length > 0 else { return "PCRE2 error \(errorCode)" }
        return String(decoding: message.prefix(Int(length)), as: UTF8.self)  // WHY: an error's text, once
    }

    private static func number(_ code: OpaquePointer, _ what: Int32) -> Int {
        var value: UInt32 = 0
        // SAFETY: each `what` used here is documented to store a uint32_t.
        let result = unsafe pcre2_pattern_info_8(code, UInt32(what), &value)
        return result == 0 ? Int(value) : 0
    }

    private static func firstBytes(of code: OpaquePointer) -> ByteSet {
        // SAFETY: the caller's `code` is alive during the call and is only asked about itself.
        if unsafe number(code, PCRE2_INFO_MATCHEMPTY) != 0 { return .all }
        if unsafe number(code, PCRE2_INFO_FIRSTCODETYPE) == 1 {
            // SAFETY: as above. PCRE2 does not tell whether this unit is caseless: take both cases, a guard may be too wide.
            let unit = UInt8(truncatingIfNeeded: unsafe number(code, PCRE2_INFO_FIRSTCODEUNIT))
            var set = ByteSet()
            set.insert(unit)
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(unit & 0xDF) { set.insert(unit ^ 0x20) }
            return set
        }
        var bitmap: UnsafePointer<UInt8>?
        // SAFETY: FIRSTBITMAP stores a pointer to 32 bytes owned by `code`, or nil; read here and not kept.
        guard unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_FIRSTBITMAP), &bitmap) == 0, let bitmap = unsafe bitmap else {
            return .all
        }
        var set = ByteSet()
        // SAFETY: the 32 bytes above, read while `code` is alive.
        for byte in UInt8.min...UInt8.max where unsafe bitmap[Int(byte / 8)] & (1 << (byte % 8)) != 0 { set.insert(byte) }
        return set
    }
}
