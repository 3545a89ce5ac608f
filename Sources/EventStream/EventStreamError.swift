/// Why the reading of an event stream ended early: the sender went over a limit.
///
/// The limit trips while the bytes arrive, so memory stays bounded, and it is final: the reader
/// ignores everything that comes later. Events before the offending line were handed out already.
public enum EventStreamError: Error, Equatable, Sendable {
    /// One line grew past `limit` bytes, its line end and a byte order mark not counted.
    case lineTooLong(limit: Int)

    /// The data of one event grew past `limit` bytes, the line feeds that join its lines counted.
    case eventTooLarge(limit: Int)

    /// What happened and what the reader of the message can change about it.
    public var message: String {
        switch self {
        case .lineTooLong(let limit):
            """
            A line of the event stream is longer than \(limit) bytes. Raise the line limit, \
            or make the sender split its payload over several events.
            """
        case .eventTooLarge(let limit):
            """
            The data of one event in the stream is larger than \(limit) bytes. Raise the event limit, \
            or make the sender split its payload over several events.
            """
        }
    }
}
