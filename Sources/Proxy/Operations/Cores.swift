import Foundation
import NIOCore

/// The processor's cores, as far as this process may use them.
enum Cores {
    /// What quotas (cgroups) and the set of cores it may run on (`taskset`, cpusets) leave to it; at least one.
    static var count: Int {
        // Not Linux, or no /proc: then only the quota is known.
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return System.coreCount }
        return max(1, min(System.coreCount, allowedCount(inStatus: text) ?? .max))
    }

    /// The cores in the mask `Cpus_allowed` of a process's status; nil if there is none.
    static func allowedCount(inStatus text: String) -> Int? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") }) else { return nil }
        let count = line.dropFirst(13).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
        return count > 0 ? count : nil
    }
}
