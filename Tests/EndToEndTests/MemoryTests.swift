import Foundation
import Testing

extension EndToEnd {
    /// What the proxy holds without streams. `make bench` measures that, and what each open stream holds, in the release build.
    @Suite struct MemoryTests {
        /// A line of the process's status, in bytes.
        private static func status(_ name: String, of process: ChildProcess) throws -> Int {
            let lines = try String(contentsOfFile: "/proc/\(process.id)/status", encoding: .utf8).split(separator: "\n")
            let line = try #require(lines.first { $0.hasPrefix(name + ":") })
            return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
        }

        @Test func pagesThatOnlyTheStartNeededAreLetGo() throws {
            let house = try House()
            let (now, most) = (try Self.status("VmRSS", of: house.proxy), try Self.status("VmHWM", of: house.proxy))
            #expect(now > 0 && now < most * 3 / 4, "\(now) of \(most)")
            // What was let go of comes back where it is needed.
            #expect(try house.stream("fast").stream.endsWithDone)
        }
    }
}
