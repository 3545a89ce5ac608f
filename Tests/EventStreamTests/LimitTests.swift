import EventStream
import Support
import Testing

@Suite("Limits of an event stream")
struct LimitTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        var input: String
        var lineBytes = 1000
        var eventBytes = 1000
        var events: [String] = []
        var atEnd: [String] = []
        var error: EventStreamError?

        var testDescription: String { name }

        func check() {
            let limits = EventStreamLimits(lineBytes: lineBytes, eventBytes: eventBytes)
            for cutting in Chopper(seed: 13).cuttings(of: Array(input.utf8)) {
                let reading = Reading(pieces: cutting.pieces, limits: limits)
                #expect(reading.error == error, "\(cutting)")
                #expect(reading.events.map(\.data) == events.map { Array($0.utf8) }, "\(cutting)")
                #expect(reading.atEnd.map(\.data) == atEnd.map { Array($0.utf8) }, "\(cutting)")
            }
        }
    }

    static let lines = [
        Case(name: "a line of the limit", input: "data: 3456789\n\n", lineBytes: 13, events: ["3456789"]),
        Case(
            name: "a line of one byte more", input: "data: 34567890\n\ndata: 1\n\n", lineBytes: 13, error: .lineTooLong(limit: 13)),
        Case(name: "line ends do not count", input: "data: 1\r\n\r\n", lineBytes: 7, events: ["1"]),
        Case(name: "a byte order mark does not count", input: "\u{FEFF}data: 1\n\n", lineBytes: 7, events: ["1"]),
        Case(name: "a comment counts", input: "data: 1\n\n:3456789\n\n", lineBytes: 8, events: ["1"]),
        Case(
            name: "a comment of one byte more", input: "data: 1\n\n:34567890\n\ndata: 2\n\n", lineBytes: 8, events: ["1"],
            error: .lineTooLong(limit: 8)),
        Case(name: "an unfinished line of one byte more", input: "12345", lineBytes: 4, error: .lineTooLong(limit: 4)),
        Case(name: "an unfinished line of the limit", input: "data:6", lineBytes: 6, atEnd: ["6"]),
        Case(name: "no line at all", input: "\n\r\n\r", lineBytes: 0),
        Case(name: "any line at all", input: "\n:\n", lineBytes: 0, error: .lineTooLong(limit: 0)),
        Case(name: "a limit below zero counts as zero", input: ":\n", lineBytes: -5, error: .lineTooLong(limit: 0)),
        Case(
            name: "no limit that a number can express", input: "data: 1\n\n", lineBytes: .max, eventBytes: .max, events: ["1"]),
    ]

    @Test("A line may have as many bytes as the limit says, and not one more", arguments: lines)
    func lineLimit(of vector: Case) {
        vector.check()
    }

    static let events = [
        Case(name: "one data line of the limit", input: "data: 12345\n\n", eventBytes: 5, events: ["12345"]),
        Case(name: "one data line of one byte more", input: "data: 123456\n\ndata: 1\n\n", eventBytes: 5, error: .eventTooLarge(limit: 5)),
        Case(name: "no space after the colon", input: "data:12345\n\n", eventBytes: 5, events: ["12345"]),
        Case(name: "no space and one byte more", input: "data:123456\n\n", eventBytes: 5, error: .eventTooLarge(limit: 5)),
        Case(name: "two data lines and their line feed", input: "data: 12\ndata: 45\n\n", eventBytes: 5, events: ["12\n45"]),
        Case(name: "two data lines of one byte more", input: "data: 12\ndata: 456\n\n", eventBytes: 5, error: .eventTooLarge(limit: 5)),
        Case(name: "a line feed too many", input: "data: 12345\ndata:\n\n", eventBytes: 5, error: .eventTooLarge(limit: 5)),
        Case(name: "a bare data line too many", input: "data: 12345\ndata\n\n", eventBytes: 5, error: .eventTooLarge(limit: 5)),
        Case(name: "a bare data line too many at the end", input: "data: 12345\ndata", eventBytes: 5, error: .eventTooLarge(limit: 5)),
        Case(
            name: "a name that only begins like a data line", input: "data: 12345\ndatabase: 1\ndataa\n\n", eventBytes: 5,
            events: ["12345"]),
        Case(
            name: "empty data lines without end", input: "data\ndata\ndata\ndata:\ndata\n\n", eventBytes: 3, error: .eventTooLarge(limit: 3)
        ),
        Case(name: "as many empty data lines as fit", input: "data\ndata\ndata\ndata:\n\n", eventBytes: 3, events: ["\n\n\n"]),
        Case(
            name: "other fields do not count", input: "event: 123456789\nid: 123456789\n: 123456789\ndata: 12345\n\n", eventBytes: 5,
            events: ["12345"]),
        Case(name: "each event starts anew", input: "data: 12345\n\ndata: 12345\n\n", eventBytes: 5, events: ["12345", "12345"]),
        Case(
            name: "earlier events come out", input: "data: 1\n\ndata: 123456", eventBytes: 5, events: ["1"], error: .eventTooLarge(limit: 5)
        ),
        Case(name: "empty data only", input: "data:\n\ndata: \n\ndata\n\n", eventBytes: 0, events: ["", "", ""]),
        Case(name: "an unfinished event of the limit", input: "data: 12345", eventBytes: 5, atEnd: ["12345"]),
    ]

    @Test("An event may have as many bytes of data as the limit says, and not one more", arguments: events)
    func eventLimit(of vector: Case) {
        vector.check()
    }

    static let both = [
        Case(name: "the event first", input: "data: 1234567890", lineBytes: 12, eventBytes: 5, error: .eventTooLarge(limit: 5)),
        Case(name: "the line first", input: "data: 1234567890", lineBytes: 10, eventBytes: 5, error: .lineTooLong(limit: 10)),
        Case(name: "both with the same byte", input: "data: 1234567890", lineBytes: 11, eventBytes: 5, error: .lineTooLong(limit: 11)),
        Case(name: "the line before the colon", input: "data:\ndata: 2", lineBytes: 4, eventBytes: 0, error: .lineTooLong(limit: 4)),
        Case(name: "the line feed at the colon", input: "data:\ndata: 2", lineBytes: 5, eventBytes: 0, error: .eventTooLarge(limit: 0)),
    ]

    @Test("Of two limits the one passed first is told", arguments: both)
    func bothLimits(of vector: Case) {
        vector.check()
    }

    @Test("A limit trips with the byte that passes it", arguments: [13, 200])
    func limitTripsWhileBytesArrive(eventBytes: Int) {
        let limits = EventStreamLimits(lineBytes: 40, eventBytes: eventBytes)
        let input = Array("data: 12\ndata: 12345678901234567890123456789012345678901234567890".utf8)
        // 9 bytes of the first line; then 3 of data count, and a line feed; or the line's own limit.
        let firstExcess = eventBytes == 13 ? 9 + 6 + (13 - 3) : 9 + 40
        var framer = EventFramer(limits: limits)
        var trippedAt: Int?
        for (index, byte) in input.enumerated() {
            do {
                try framer.receive([byte].span) { _, _ in Issue.record("no event is complete") }
            } catch {
                #expect(trippedAt == nil)
                trippedAt = index
            }
        }
        #expect(trippedAt == firstExcess)
        #expect(framer.heldByteCount == 0)
    }

    @Test("Each error tells its limit and what to change")
    func messages() {
        #expect(
            EventStreamError.lineTooLong(limit: 4096).message
                == "A line of the event stream is longer than 4096 bytes. Raise the line limit, "
                + "or make the sender split its payload over several events.")
        #expect(
            EventStreamError.eventTooLarge(limit: 10).message
                == "The data of one event in the stream is larger than 10 bytes. Raise the event limit, "
                + "or make the sender split its payload over several events.")
    }

    @Test("The limits are 4 MiB for a line and 8 MiB for an event unless told otherwise")
    func defaults() {
        #expect(EventStreamLimits().lineBytes == 4_194_304)
        #expect(EventStreamLimits().eventBytes == 8_388_608)
    }
}
