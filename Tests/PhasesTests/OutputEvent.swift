import Foundation
import JSONBytes

/// One event of the machine's output, read by the narrow grammar that every client accepts: an optional `event: ` line, exactly
/// one `data: ` line, one blank line, LF only.
struct OutputEvent {
    enum Payload {
        case done
        case json([String: Any])
    }

    var name: String?
    var text: String
    var payload: Payload
}

/// Reads output strictly; whatever an event stream may hold beyond the narrow grammar is a problem.
struct OutputReader {
    private(set) var events: [OutputEvent] = []
    private(set) var comments: [String] = []
    private(set) var problems: [String] = []

    init(_ output: [UInt8]) {
        guard let text = String(validating: output, as: UTF8.self) else {
            problems.append("the output is not UTF-8")
            return
        }
        if output.contains(0x0D) { problems.append("a carriage return in the output") }
        guard output.isEmpty || output.last == 0x0A else {
            problems.append("the output does not end with a line end")
            return
        }
        read(text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map { String(decoding: $0, as: UTF8.self) })
    }

    private mutating func read(_ lines: [String]) {
        var index = 0
        while index < lines.count {
            if lines[index].hasPrefix(": ") {
                comments.append(lines[index])
                index += 1
                continue
            }
            var name: String?
            if lines[index].hasPrefix("event: ") {
                name = String(lines[index].dropFirst(7))
                index += 1
            }
            guard index + 1 < lines.count, lines[index].hasPrefix("data: "), lines[index + 1].isEmpty else {
                problems.append("not one data line and a blank line: \(lines[index...].prefix(2).joined(separator: "⏎").prefix(200))")
                return
            }
            append(name, String(lines[index].dropFirst(6)))
            index += 2
        }
    }

    private mutating func append(_ name: String?, _ text: String) {
        if text == "[DONE]" { return events.append(OutputEvent(name: name, text: text, payload: .done)) }
        if let repeated = OutputReader.repeatedKey(in: Array(text.utf8)) { problems.append("the member \(repeated) twice: \(text)") }
        do {
            guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
                return problems.append("a payload that is no object: \(text)")
            }
            events.append(OutputEvent(name: name, text: text, payload: .json(object)))
        } catch {
            problems.append("a payload that is no JSON: \(text)")
        }
    }

    /// A top-level member that occurs twice: parsers differ on which one counts.
    private static func repeatedKey(in bytes: [UInt8]) -> String? {
        var cursor = JSONCursor(bytes.span)
        var seen: Set<[UInt8]> = []
        do {
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                let name = Array(bytes[key.content])
                _ = try cursor.skipValue()
                guard seen.insert(name).inserted else { return String(decoding: name, as: UTF8.self) }
            }
            try cursor.finish()
            return nil
        } catch {
            return "(not strict JSON: \(error))"
        }
    }
}
