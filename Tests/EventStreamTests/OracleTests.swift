import EventStream
import Support
import Testing

@Suite("Random streams")
struct OracleTests {
    @Test("Random streams read as the standard's steps, written down plainly, read them", arguments: 0..<300 as Range<UInt64>)
    func sameAsPlainReading(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let input = Self.stream(&random)
        let expected = Self.plainReading(of: input)
        for cutting in Chopper(seed: seed, mostSplits: 30, randomCuttings: 4).cuttings(of: input) {
            #expect(Reading(pieces: cutting.pieces) == expected, "\(cutting) of \(input)")
        }
    }

    /// Mostly lines that mean something, with blank ones and wrong ones between.
    private static func stream(_ random: inout SeededRandom) -> [UInt8] {
        let fields = ["data:", "data: ", "data", "event:", "event: ", "id:", "retry:", ":", "x:", " data:", "\u{FEFF}", ""]
        let values = ["", "", "x", "12", " ", ":", "\0", "\u{FEFF}", "7 ", "some longer value"]
        let lineEnds = ["\n", "\r", "\r\n", "\n\n", "\r\r", "\r\n\r\n", "\n\r", ""]
        func pick(_ list: [String]) -> String { list[Int.random(in: 0..<list.count, using: &random)] }
        let text = (0..<Int.random(in: 0...16, using: &random)).map { _ in pick(fields) + pick(values) + pick(lineEnds) }
        return Array(text.joined().utf8)
    }

    /// The steps of the standard on the whole input at once, without regard to cost; the last event as `finish` has it.
    private static func plainReading(of input: [UInt8]) -> Reading {
        var reading = Reading(pieces: [])
        var name: [UInt8] = []
        var data: [[UInt8]] = []
        var id: [UInt8]?

        func blankLine(atEnd: Bool = false) {
            if let id { reading.lastEventID = id }
            if !data.isEmpty {
                let event = StreamVector.Event(name: name, data: Array(data.joined(separator: [10])))
                if atEnd { reading.atEnd.append(event) } else { reading.events.append(event) }
                if event.data.isEmpty { reading.emptyData += 1 }
            }
            name = []
            data = []
            id = nil
        }

        for line in lines(of: input) {
            if line.isEmpty {
                blankLine()
                continue
            }
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
            var value = parts.count > 1 ? parts[1] : []
            if value.first == UInt8(ascii: " ") { value.removeFirst() }
            switch String(decoding: parts[0], as: UTF8.self) {
            case "": reading.comments += 1
            case "data": data.append(value)
            case "event": name = value
            case "id" where !value.contains(0): id = value
            case "retry" where !value.isEmpty && value.allSatisfy({ (48...57).contains($0) }):
                reading.retry = Int(String(decoding: value, as: UTF8.self)).map { min($0, Int(Int32.max)) } ?? Int(Int32.max)
            default: break
            }
        }
        if !data.isEmpty { blankLine(atEnd: true) }
        return reading
    }

    /// All lines, the last one too unless it is empty.
    private static func lines(of input: [UInt8]) -> [[UInt8]] {
        let mark = Array("\u{FEFF}".utf8)
        var lines: [[UInt8]] = [[]]
        var previous: UInt8 = 0
        for byte in input.starts(with: mark) ? input.dropFirst(3) : input[...] {
            defer { previous = byte }
            if byte == 10, previous == 13 { continue }
            if byte == 10 || byte == 13 { lines.append([]) } else { lines[lines.count - 1].append(byte) }
        }
        if lines[lines.count - 1].isEmpty { lines.removeLast() }
        return lines
    }
}
