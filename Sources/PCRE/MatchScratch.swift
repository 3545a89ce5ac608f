import CPCRE2

/// What a search needs to write to: one per stream, reused for every call, never shared between threads.
///
/// Memory is allocated by the first search, so a stream that never meets a marker's first byte pays nothing. JIT code runs on
/// PCRE2's built-in 32 KiB of machine stack; a pattern that needs more ends in ``MatchOutcome/limit``. An own JIT stack was left
/// out: it costs two system calls per stream, and bounded marker patterns stay far below.
@safe
public struct MatchScratch: ~Copyable, @unchecked Sendable {
    // @unchecked Sendable: not copyable, so whoever holds it is the only one who can use its two allocations.

    /// The default of `init(matchLimit:)`. Two classic exponential patterns on 66 bytes: at most 0.1 ms (JIT) or 1.2 ms
    /// (interpreter) with it, 35–39 ms or 220–357 ms with PCRE2's own 10,000,000.
    public static let defaultMatchLimit = 20_000

    /// KiB of memory that one search may take for its back-tracking; PCRE2's own limit is 20 GB.
    static let heapLimit: UInt32 = 4096

    private var data: OpaquePointer?
    private var context: OpaquePointer?
    private let matchLimit: UInt32

    /// A scratch whose searches give up after `matchLimit` internal match calls.
    public init(matchLimit: Int = MatchScratch.defaultMatchLimit) {
        // SAFETY: nothing is allocated yet; `prepare` does it before the first use.
        unsafe data = nil
        unsafe context = nil
        self.matchLimit = UInt32(clamping: matchLimit)
    }

    deinit {
        // SAFETY: both came from their create calls, are owned here alone and freed once; nil is allowed.
        unsafe pcre2_match_data_free_8(data)
        unsafe pcre2_match_context_free_8(context)
    }

    /// Searches `subject` from byte `start` on; bytes before it are left context, seen by look-behind only.
    ///
    /// With an open end this is `PCRE2_PARTIAL_HARD`: a match is reported only when no further text can change it. For the result
    /// to be independent of how the text was cut, keep as many bytes before `start` as the patterns look behind (at least one).
    ///
    /// - Parameters:
    ///   - pattern: what to look for.
    ///   - subject: any bytes; need not be UTF-8.
    ///   - start: where to begin.
    ///   - isTextStart: the subject's first byte is the first of the whole text, so `^` may match before it.
    ///   - end: whether more text may follow.
    /// - Returns: the leftmost match, or where a match may still begin.
    public mutating func search(
        _ pattern: Pattern, in subject: Span<UInt8>, from start: Int, isTextStart: Bool, end: SubjectEnd
    ) -> MatchOutcome {
        guard start < subject.count else { return .none }
        guard prepare() else { return .limit }
        let options = (end == .open ? PCRE2_PARTIAL_HARD : 0) | (isTextStart ? 0 : PCRE2_NOTBOL)
        // SAFETY: the span's memory outlives the call; start < count; data and context are ours and nobody else uses them now.
        let result = unsafe subject.withUnsafeBufferPointer { bytes in
            unsafe pcre2_match_8(pattern.code, bytes.baseAddress, bytes.count, start, options, data, context)
        }
        return outcome(of: result)
    }

    private mutating func prepare() -> Bool {
        // SAFETY: each create call gives an object of ours or nil; both are checked, and freed in `deinit` only.
        if unsafe data == nil { unsafe data = pcre2_match_data_create_8(1, nil) }
        if unsafe context == nil {
            unsafe context = pcre2_match_context_create_8(nil)
            limit()
        }
        // SAFETY: pointers are compared, not followed.
        return unsafe data != nil && context != nil
    }

    private func limit() {
        // SAFETY: the context is ours and nobody else uses it now; the calls store numbers in it. Depth and heap are for the
        // interpreter only: machine code knows neither.
        guard let context = unsafe context else { return }
        unsafe pcre2_set_match_limit_8(context, matchLimit)
        unsafe pcre2_set_depth_limit_8(context, matchLimit)
        unsafe pcre2_set_heap_limit_8(context, Self.heapLimit)
    }

    private func outcome(of result: Int32) -> MatchOutcome {
        switch result {
        case PCRE2_ERROR_NOMATCH: return .none
        case PCRE2_ERROR_PARTIAL: return .partial(start: offset(0))
        case 0...: return .match(start: offset(0), end: offset(1), index: alternative())
        // Match limit, JIT stack, heap, memory, internal: nothing is known and asking again would cost the same.
        default: return .limit
        }
    }

    private func offset(_ index: Int) -> Int {
        // SAFETY: the match data was made with one pair, so indices 0 and 1 exist after a match or a partial match.
        unsafe pcre2_get_ovector_pointer_8(data)[index]
    }

    private func alternative() -> Int {
        // SAFETY: asked after a match only; the mark is a zero-terminated name inside the pattern's code, which the caller keeps
        // alive; ours have two digits.
        guard let mark = unsafe pcre2_get_mark_8(data) else { return 0 }
        return unsafe Int(mark[0] &- 48) * 10 + Int(mark[1] &- 48)
    }
}
