import Foundation
import Testing

/// The fault matrix as a wall of rows, played with the real programs on real sockets. One wall lives as long as its suite: it holds the
/// stages that rows share, remembers everything that clients were told, and at the end searches that and the logs for secrets.
///
/// Rows run one after the other, which is what makes sharing sound.
final class FaultWall: @unchecked Sendable {
    @TaskLocal static var current: FaultWall?

    private var stages: [FaultStage.Kind: FaultStage] = [:]
    private var secure: SecureUpstreams?
    private var playCount = 0
    private var failedCount = 0
    private let started = ContinuousClock.now
    let secrets = WallSecrets()
    private let table = FaultTable()

    /// The proxy of a kind, started when first asked for.
    func stage(_ kind: FaultStage.Kind) throws -> FaultStage {
        if let stage = stages[kind] { return stage }
        let stage = try FaultStage(kind, secure: try secureUpstreams(), secrets: secrets)
        stages[kind] = stage
        return stage
    }

    /// Upstreams that speak TLS.
    func secureUpstreams() throws -> SecureUpstreams {
        if let secure { return secure }
        let made = try SecureUpstreams()
        secure = made
        return made
    }

    /// Plays a row, prints its line, and records an issue if it is not as it should be.
    func play(_ row: FaultRow) {
        let run = FaultRun()
        secrets.beginPlay()
        let time = measured {
            do { try row.play(self, run) } catch { run.expect(false, "\(error)") }
        }
        let leaks = secrets.takeLeaks()
        for leak in leaks { run.expect(false, leak) }
        playCount += 1
        table.line(row, run, time)
        guard !run.problems.isEmpty else { return }
        failedCount += 1
        // A stage that did not pass its checks would spoil the rows that follow.
        if let kind = row.stage { close(kind) }
        Issue.record("\(row.testDescription): \(run.problems.joined(separator: "\n"))")
    }

    private func close(_ kind: FaultStage.Kind) {
        stages.removeValue(forKey: kind)?.close()
    }

    /// The wall is over: the programs are ended, and what they wrote is searched.
    func close() {
        for stage in stages.values { stage.askForEverything() }
        for kind in Array(stages.keys) { close(kind) }
        let leaks = secrets.leaksInLogs()
        for leak in leaks { Issue.record("secrecy: \(leak)") }
        if playCount > 0 {
            table.end(plays: playCount, failed: failedCount, leaks: leaks, searched: secrets.searchedByteCount, time: .now - started)
        }
    }
}

/// Keeps one wall for the whole suite.
struct OneWall: SuiteTrait, TestScoping {
    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        let wall = FaultWall()
        try await FaultWall.$current.withValue(wall) { try await function() }
        wall.close()
    }
}

extension Trait where Self == OneWall {
    static var oneWall: Self { OneWall() }
}
