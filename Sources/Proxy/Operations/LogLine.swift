import JSONBytes
import Settings

/// One log line as it is written, byte by byte: one is made for each request.
struct LogLine {
    private let format: LogFormat
    private var bytes: [UInt8] = []

    /// - Parameters:
    ///   - format: for people or for machines.
    ///   - time: seconds since 1970.
    ///   - level: the level's name.
    ///   - message: a static text.
    init(_ format: LogFormat, _ time: Double, _ level: String, _ message: String) {
        self.format = format
        bytes.reserveCapacity(768)
        switch format {
        case .text:
            LogDate.append(time, to: &bytes)
            append(" ", level)
            append(" ", message)
        case .json:
            append("{\"time\":\"", "")
            LogDate.append(time, to: &bytes)
            append("\",\"level\":\"", level)
            append("\",\"message\":", "")
            JSONText.appendQuoted(message, to: &bytes)
        }
    }

    /// One value with its name; whatever the value holds, it stays within its place.
    mutating func append(_ key: String, value: String) {
        switch format {
        case .text:
            append(" ", key)
            append("=", "")
            if LogLine.isPlain(value) { bytes.append(contentsOf: value.utf8) } else { JSONText.appendQuoted(value, to: &bytes) }
        case .json:
            append(",", "")
            JSONText.appendQuoted(key, to: &bytes)
            append(":", "")
            // Numbers stay numbers; everything else is a string.
            if LogLine.isNumber(value) { bytes.append(contentsOf: value.utf8) } else { JSONText.appendQuoted(value, to: &bytes) }
        }
    }

    /// The line with its end.
    consuming func finished() -> [UInt8] {
        if format == .json { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func append(_ start: String, _ end: String) {
        bytes.append(contentsOf: start.utf8)
        bytes.append(contentsOf: end.utf8)
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
    }

    /// Whether it is an integer in its shortest form, and of a size that every reader holds.
    private static func isNumber(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard let first = digits.first, digits.count <= 18, digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
        else { return false }
        return first != UInt8(ascii: "0") || text == "0"
    }
}

/// The date of a log line: ISO 8601 in UTC, with milliseconds.
enum LogDate {
    static func append(_ time: Double, to line: inout [UInt8]) {
        let milliseconds = Int((time * 1000).rounded(.down))
        let (day, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let date = civil(day)
        append(date.year, 4, "-", to: &line)
        append(date.month, 2, "-", to: &line)
        append(date.day, 2, "T", to: &line)
        append(rest / 3_600_000, 2, ":", to: &line)
        append(rest / 60_000 % 60, 2, ":", to: &line)
        append(rest / 1000 % 60, 2, ".", to: &line)
        append(rest % 1000, 3, "Z", to: &line)
    }

    /// The date of a day counted from 1970-01-01, for the years that a clock shows. Years begin in March here, so that the day that is
    /// there every four years is a year's last.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func append(_ number: Int, _ width: Int, _ end: Unicode.Scalar, to line: inout [UInt8]) {
        var scale = width == 4 ? 1000 : width == 3 ? 100 : 10
        while scale > 0 {
            line.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / scale % 10))
            scale /= 10
        }
        line.append(UInt8(ascii: end))
    }
}
