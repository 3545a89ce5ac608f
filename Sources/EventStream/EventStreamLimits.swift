/// How much of an unfinished line or event a reader accepts from a sender it does not trust.
///
/// A reader holds at most one event's data, one line, one event name and two ids; each of the last
/// three is bounded by the line limit. A limit below zero counts as zero.
public struct EventStreamLimits: Sendable {
    /// The longest line accepted, in bytes, without its line end.
    ///
    /// 4 MiB by default: images and tool arguments travel as one JSON line, and readers with limits
    /// of 128 to 512 KiB are known to fail on them.
    public var lineBytes: Int

    /// The most data one event may carry, in bytes: its data lines and the line feeds that join them.
    public var eventBytes: Int

    /// Limits of 4 MiB for a line and 8 MiB for an event, unless told otherwise.
    public init(lineBytes: Int = 4 << 20, eventBytes: Int = 8 << 20) {
        self.lineBytes = lineBytes
        self.eventBytes = eventBytes
    }
}
