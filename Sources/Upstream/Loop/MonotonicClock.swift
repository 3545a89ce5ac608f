// `timespec` belongs to the module through which the compiler happens to meet it first.
internal import CCurl
internal import Glibc

/// Time since an arbitrary moment, which no change of the wall clock moves.
enum MonotonicClock {
    /// Now, by `CLOCK_MONOTONIC`: the clock of the timer descriptors. About 20 ns a reading.
    static var now: Duration {
        var time = timespec()
        // SAFETY: `time` is this frame's own; the call fills it.
        unsafe _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

extension Duration {
    /// Whole milliseconds, rounded up (a timer must not fire early), from 0 to `Int32.max`.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1000 else { return Int(Int32.max) }
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return max(0, Int(milliseconds))
    }
}
