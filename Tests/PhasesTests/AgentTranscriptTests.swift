import AgentChecks
import ChatRequests
import Foundation
import Phases
import Support
import Testing

/// Replays the transcripts in `Fixtures/agents`: what the upstream sent, and to the byte what the agent is told, in both APIs.
@Suite struct AgentTranscriptTests {
    @Test(arguments: try Fixtures.paths(in: "agents", withExtension: "transcript"))
    func everyTranscriptReplaysToTheByteAndIsValid(_ path: String) throws {
        let text = String(decoding: try Fixtures.bytes(path), as: UTF8.self)
        var replay = try Replay(text)
        let played = replay.play()
        if ProcessInfo.processInfo.environment["WRITE_TRANSCRIPTS"] != nil {
            try Data(played.utf8).write(to: Fixtures.folder.appending(path: path))
        }
        #expect(played == text)
        let header = text.prefix { $0 != "\n" }
        let kind = try #require(AgentKind.allCases.first { header.hasPrefix("plan \($0.rawValue)") })
        let problems = header.contains("collected") ? kind.readCollected(replay.output).problems : kind.read(replay.output).problems
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
}
