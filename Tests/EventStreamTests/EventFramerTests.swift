import EventStream
import Support
import Testing

@Suite("Reading an event stream")
struct EventFramerTests {
    @Test("A stream gives the same events however it is cut", arguments: try StreamVector.all())
    func vectorHoldsForEveryCutting(vector: StreamVector) throws {
        for cutting in Chopper(seed: 11).cuttings(of: try vector.inputBytes()) {
            #expect(Reading(pieces: cutting.pieces) == vector.expected, "\(cutting)")
        }
    }

    @Test("A stream of all vectors gives the same events however it is cut")
    func vectorsOneAfterTheOther() throws {
        let input = try StreamVector.all().flatMap { try $0.inputBytes() + Array("\n\n".utf8) }
        let whole = Reading(pieces: [input])
        #expect(whole.events.count > 100)
        for cutting in Chopper(seed: 12, mostSplits: 200, randomCuttings: 50).cuttings(of: input) {
            #expect(Reading(pieces: cutting.pieces) == whole, "\(cutting)")
        }
    }

    @Test("The data of a single line is a window into the input")
    func dataIsNotCopied() throws {
        let input = Array(": hello\nid: 9\nevent: phase\ndata: {\"a\":1}\n\ndata:second\r\n\r\n".utf8)
        var framer = EventFramer()
        var offsets: [Int?] = []
        try input.withUnsafeBufferPointer { whole in
            try framer.receive(whole.span) { _, data in
                data.withUnsafeBufferPointer { window in
                    offsets.append(whole.baseAddress.flatMap { window.baseAddress.map($0.distance(to:)) })
                }
            }
        }
        #expect(offsets == [input.firstIndex(of: UInt8(ascii: "{")), input.firstRange(of: Array("second".utf8))?.lowerBound])
    }

    @Test("Only an unfinished line or event is held")
    func heldBytes() throws {
        var framer = EventFramer()
        func heldAfter(_ text: String) throws -> Int {
            try framer.receive(Array(text.utf8).span) { _, _ in }
            return framer.heldByteCount
        }
        #expect(try heldAfter("data: complete\n\n") == 0)
        #expect(try heldAfter("da") == 2)
        #expect(try heldAfter("ta: x") == 7)
        #expect(try heldAfter("\n") == 1)
        #expect(try heldAfter("data: yz\n") == 4)
        #expect(try heldAfter("event: name\nid: 12") == 4 + 4 + 6)
        #expect(try heldAfter("\n") == 4 + 4 + 2)
        #expect(try heldAfter("\n") == 0)
        #expect(framer.lastEventID == Array("12".utf8))
    }

    @Test("An event is handed out with its blank line, not later")
    func eventsAreNotHeldBack() throws {
        for lineEnd in ["\n", "\r", "\r\n"] {
            var framer = EventFramer()
            var count = 0
            for byte in Array("data: 1\(lineEnd)".utf8) {
                try framer.receive([byte].span) { _, _ in count += 1 }
            }
            #expect(count == 0)
            try framer.receive(Array(lineEnd.utf8.prefix(1)).span) { _, _ in count += 1 }
            #expect(count == 1, "after the first byte of the blank line, \(lineEnd.debugDescription)")
        }
    }

    @Test("After the end nothing more comes")
    func endIsFinal() throws {
        var framer = EventFramer()
        var count = 0
        try framer.receive(Array("data: 1".utf8).span) { _, _ in count += 1 }
        try framer.finish { _, _ in count += 1 }
        #expect(count == 1)
        try framer.receive(Array("\n\ndata: 2\n\n".utf8).span) { _, _ in count += 1 }
        try framer.finish { _, _ in count += 1 }
        #expect(count == 1)
        #expect(framer.heldByteCount == 0)
    }

    @Test("A line of many pieces takes time in proportion to its length")
    func longLinesAreLinear() throws {
        // Copying what is held with each piece would move 128 GiB here.
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 19)
        var framer = EventFramer()
        var sizes: [Int] = []
        try framer.receive(Array("data: ".utf8).span) { _, _ in }
        for byte in payload { try framer.receive([byte].span) { _, _ in } }
        try framer.receive(Array("\n\n".utf8).span) { _, data in sizes.append(data.count) }
        #expect(sizes == [payload.count])
    }
}
