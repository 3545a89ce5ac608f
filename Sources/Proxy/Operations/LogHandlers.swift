import Foundation
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
        let own = event.metadata ?? [:]
        let all = metadata.isEmpty ? own : metadata.merging(own) { $1 }
        // WALL: the date of a line.
        let time = Date().timeIntervalSince1970
        LogOutput.shared.write(line(time, event.level, event.message.description, all)) { count in
            line(time, .warning, "log lines lost", ["count": "\(count)"])
        }
    }

    private func line(_ time: Double, _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> [UInt8] {
        var line = LogLine(format, time, level.rawValue, message)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            if case .string(let text) = value { line.append(key, value: text) } else { line.append(key, value: value.description) }
        }
        return line.finished()
    }
}

extension Logger.Level {
    init(_ level: LogLevel) {
        self = Logger.Level(rawValue: level.rawValue) ?? .info
    }
}
