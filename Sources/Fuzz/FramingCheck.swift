import EventStream

/// Events do not depend on how the stream was cut.
enum FramingCheck {
    struct Event: Equatable {
        var name: [UInt8]
        var data: [UInt8]
    }

    struct Result: Equatable {
        var events: [Event] = []
        var error: EventStreamError?
        var lastID: [UInt8] = []
        var reconnection: Int?
        var comments = 0
        var emptyData = 0
    }

    static func run(_ input: inout FuzzInput) {
        let limits = input.choice(of: [EventStreamLimits(), EventStreamLimits(lineBytes: 24, eventBytes: 40)])
        let cutting = input.cutting()
        let bytes = input.rest()
        let whole = frame([bytes], limits)
        promise(frame(cutting.pieces(of: bytes), limits) == whole, "the events depend on the cutting")
        promise(frame(bytes.map { [$0] }, limits) == whole, "the events differ byte by byte")
        promise(whole.events.allSatisfy { $0.data.count <= limits.eventBytes }, "an event is longer than the limit")
    }

    static func frame(_ pieces: [[UInt8]], _ limits: EventStreamLimits = EventStreamLimits()) -> Result {
        var framer = EventFramer(limits: limits)
        var result = Result()
        do {
            for piece in pieces {
                try framer.receive(piece.span) { result.events.append(Event(name: $0.copy, data: $1.copy)) }
            }
            try framer.finish { result.events.append(Event(name: $0.copy, data: $1.copy)) }
        } catch {
            result.error = error
        }
        result.lastID = framer.lastEventID
        result.reconnection = framer.reconnectionMilliseconds
        result.comments = framer.commentCount
        result.emptyData = framer.emptyDataCount
        return result
    }
}
