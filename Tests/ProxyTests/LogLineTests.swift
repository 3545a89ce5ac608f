import Foundation
import Testing

@testable import Proxy

/// Log lines, byte by byte.
@Suite struct LogLineTests {
    private static func text(_ line: consuming LogLine) -> String { String(decoding: line.finished(), as: UTF8.self) }

    private static let values = [
        "plain", "with space", "", "quote\"", "line\nend", "ü", "0", "-0", "00", "-1", "42", "123456789012345678", "1234567890123456789",
        "1.5", "-",
    ]

    @Test func aLineForPeopleQuotesWhatCouldForgeAnother() {
        var line = LogLine(.text, 0, "info", "chat")
        for (index, value) in Self.values.enumerated() { line.append("k\(index)", value: value) }
        #expect(
            Self.text(line) == """
                1970-01-01T00:00:00.000Z info chat k0=plain k1="with space" k2= k3="quote\\"" k4="line\\nend" k5="ü" k6=0 k7=-0 k8=00 k9=-1 \
                k10=42 k11=123456789012345678 k12=1234567890123456789 k13=1.5 k14=-

                """)
    }

    @Test func aLineForMachinesIsJSONAndKeepsNumbers() throws {
        var line = LogLine(.json, 1_700_000_000.25, "warning", "chat")
        for (index, value) in Self.values.enumerated() { line.append("k\(index)", value: value) }
        let text = Self.text(line)
        #expect(text.hasSuffix("}\n") && text.split(separator: "\n").count == 1)
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect(object?["time"] as? String == "2023-11-14T22:13:20.250Z")
        #expect(object?["level"] as? String == "warning")
        for (index, value) in Self.values.enumerated() {
            let isNumber = ["0", "-1", "42", "123456789012345678"].contains(value)
            let read = object?["k\(index)"]
            #expect(isNumber ? (read as? NSNumber)?.stringValue == value : read as? String == value, "\(value)")
        }
    }

    @Test func datesAreThoseOfTheCalendar() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for day in stride(from: 0, to: 60_000, by: 1) {
            let time = Double(day) * 86_400 + Double(day % 86_400) + 0.5
            var bytes: [UInt8] = []
            LogDate.append(time, to: &bytes)
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: time))
            func two(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
            let expected =
                "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))T\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)).500Z"
            #expect(String(decoding: bytes, as: UTF8.self) == expected)
        }
    }
}
