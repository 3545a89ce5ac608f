import Foundation

/// Reads an event stream as tolerant clients do: any line end, comments, events without a name, data over several lines.
struct EventReading {
    /// One event: its name, empty without an `event:` line, and its data.
    struct Event {
        var name = ""
        var data = ""

        /// The data as an object; nil if it is none.
        var object: [String: Any]? { (try? JSONSerialization.jsonObject(with: Data(data.utf8))) as? [String: Any] }
    }

    private var line: [UInt8] = []
    private var event = Event()
    private var hasData = false

    /// The events that end within `bytes`.
    mutating func receive(_ bytes: [UInt8]) -> [Event] {
        var events: [Event] = []
        for byte in bytes where byte != 0x0D {
            guard byte == 0x0A else {
                line.append(byte)
                continue
            }
            take(String(decoding: line, as: UTF8.self), &events)
            line.removeAll()
        }
        return events
    }

    private mutating func take(_ line: String, _ events: inout [Event]) {
        if line.isEmpty {
            if hasData { events.append(event) }
            event = Event()
            hasData = false
        } else if let data = EventReading.value(of: "data", in: line) {
            event.data += (hasData ? "\n" : "") + data
            hasData = true
        } else if let name = EventReading.value(of: "event", in: line) {
            event.name = name
        }
    }

    private static func value(of field: String, in line: String) -> String? {
        guard line.hasPrefix(field + ":") else { return nil }
        let value = line.dropFirst(field.count + 1)
        return String(value.hasPrefix(" ") ? value.dropFirst() : value)
    }
}
