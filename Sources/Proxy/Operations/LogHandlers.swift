import Foundation
import JSONBytes
import Logging
import Settings

/// Log lines for people (`text`) or for machines (`json`), one a line, to the standard error.
///
/// Messages are static; what varies stands in metadata, and every value is escaped, so that nothing from outside can forge a line.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let format: LogFormat

    init(level: Logger.Level, format: LogFormat) {
        logLevel = level
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        // WALL: the date of a line.
        let time = Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
        LogOutput.shared.write(line(time, event.level, "\(event.message)", all)) { count in
            line(time, .warning, "log lines lost", [("count", "\(count)")])
        }
    }

    private func line(
        _ time: String, _ level: Logger.Level, _ message: String, _ metadata: [(key: String, value: Logger.MetadataValue)]
    ) -> String {
        switch format {
        case .text: LineLogHandler.text(time, level, message, metadata)
        case .json: LineLogHandler.json(time, level, message, metadata)
        }
    }

    private static func text(
        _ time: String, _ level: Logger.Level, _ message: String, _ metadata: [(key: String, value: Logger.MetadataValue)]
    ) -> String {
        var line = "\(time) \(level.rawValue) \(message)"
        for (key, value) in metadata {
            let text = value.description
            line += " \(key)=" + (text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") } ? text : quoted(text))
        }
        return line + "\n"
    }

    private static func json(
        _ time: String, _ level: Logger.Level, _ message: String, _ metadata: [(key: String, value: Logger.MetadataValue)]
    ) -> String {
        var line = "{\"time\":\(quoted(time)),\"level\":\"\(level.rawValue)\",\"message\":\(quoted(message))"
        for (key, value) in metadata {
            let text = value.description
            // Numbers stay numbers; everything else is a string.
            line += ",\(quoted(key)):" + (Int(text).map { "\($0)" } == text ? text : quoted(text))
        }
        return line + "}\n"
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONText.appendQuoted(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Logger.Level {
    init(_ level: LogLevel) {
        self = Logger.Level(rawValue: level.rawValue) ?? .info
    }
}
