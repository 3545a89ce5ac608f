import Foundation

extension FaultRow {
    /// Only the rows whose description holds what the environment says (`FAULT_ROWS`), or one of several such texts between bars, if it
    /// says anything.
    static func wanted(_ rows: [FaultRow]) -> [FaultRow] {
        guard let part = ProcessInfo.processInfo.environment["FAULT_ROWS"], !part.isEmpty else { return rows }
        let parts = part.split(separator: "|")
        return rows.filter { row in parts.contains { row.testDescription.contains($0) } }
    }
}

/// Prints the wall line by line, if the environment asks for it (`FAULT_TABLE=1`). Each line begins with `│`, so that it can be told from
/// what else a test run prints.
final class FaultTable {
    private let isWanted = ProcessInfo.processInfo.environment["FAULT_TABLE"] == "1"
    private var last = ""

    private static let widths = [7, 44, 22, 34, 34, 12, 22, 8]

    func line(_ row: FaultRow, _ run: FaultRun, _ time: Duration) {
        if last.isEmpty { write(["section", "fault", "way", "expected", "seen", "breaker", "resources", "ms", "verdict"]) }
        let fault = row.fault == last ? "" : row.fault
        last = row.fault
        write([
            row.section.rawValue, fault, row.way, row.expected, run.seen, run.breaker, run.resources,
            String(Int(time.inMilliseconds.rounded())), run.problems.isEmpty ? "ok" : "FAILED",
        ])
        for problem in run.problems { say("│         → \(problem.replacingOccurrences(of: "\n", with: "\\n").prefix(1500))") }
    }

    func end(plays: Int, failed: Int, leaks: [String], searched: Int, time: Duration) {
        for leak in leaks { say("│         → \(leak)") }
        let secrecy = leaks.isEmpty ? "no secret in \(searched) bytes of answers and logs" : "\(leaks.count) LEAKS"
        say("│ \(plays) rows, \(failed) failed, \(secrecy), \(Int(time.inMilliseconds / 1000)) s")
    }

    private func write(_ cells: [String]) {
        let padded = zip(cells, FaultTable.widths + [0]).map { cell, width in
            cell + String(repeating: " ", count: max(0, width - cell.count))
        }
        say("│ " + padded.joined(separator: " "))
    }

    private func say(_ text: String) {
        guard isWanted else { return }
        // Written at once: standard output is a pipe, and somebody is waiting for the line.
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }
}
