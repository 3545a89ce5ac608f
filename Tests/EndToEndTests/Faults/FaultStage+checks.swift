import Foundation
import Testing

// What is true of a stage before and after every row.
extension FaultStage {
    /// Plays one row between two looks at the proxy: what its breakers counted, and that nothing is left over.
    func watched(_ run: FaultRun, _ play: () throws -> Void) throws {
        let before = try failures()
        try play()
        do {
            try eventually("nothing in flight", within: .seconds(3)) { try isIdle() }
        } catch {
            let health = try health()
            run.expect(false, "\(error): \(health)")
        }
        try judgeBreaker(run, before: before)
        try clearUpstreams()
        try run.doTheRest()
        var fastest = Duration.seconds(10)
        for _ in 0..<3 { fastest = min(fastest, try measured { _ = try health() }) }
        run.expect(fastest < .milliseconds(100), "health took \(fastest.inMilliseconds) ms")
        try expectHealthy()
        try judgeDescriptors(run)
    }

    private func judgeBreaker(_ run: FaultRun, before: Counted) throws {
        let after = try failures()
        let window = after.window - before.window
        if run.breaker == "-" { run.breaker = window == 0 ? "0" : "+\(window.formatted()), row \(after.row)" }
        guard let expected = run.expectedFailures else { return }
        run.expect(window == expected, "the breakers counted \(window) failures, not \(expected)")
        let row = run.expectedRow ?? Int(expected)
        run.expect(after.row == row, "the breakers have \(after.row) failures in a row, not \(row)")
    }

    private func judgeDescriptors(_ run: FaultRun) throws {
        var count = 0
        do {
            try eventually("descriptors", within: .seconds(3)) {
                count = try proxy.descriptorCount
                return count <= baseDescriptors
            }
            run.resources = run.resources == "-" ? "back to \(count) fds" : run.resources
        } catch {
            run.resources = "\(count) fds, not \(baseDescriptors)"
            run.expect(false, "\(count) descriptors are open, \(baseDescriptors) were before")
        }
    }

    /// Nothing is under way here or at an upstream.
    func isIdle() throws -> Bool {
        let health = try health()
        guard health["streams_open"].int == 0, health["upstreams"].array.allSatisfy({ $0["in_flight"].int == 0 }) else { return false }
        // A connection of the mock's is our own, another may wait in the pool.
        let mock = try mockState()
        guard mock["streams"]["open"].int == 0, (mock["connections"]["open"].int ?? 9) <= 2 else { return false }
        return scripted.openConnections == 0 && plain.openConnections == 0
    }

    private struct Counted {
        var window = 0.0
        var row = 0
    }

    private func failures() throws -> Counted {
        try health()["upstreams"].array.reduce(into: Counted()) { counted, upstream in
            counted.window += upstream["window_failures"].number ?? 0
            counted.row += upstream["failures_in_row"].int ?? 0
        }
    }

    /// Rests and rows of one play are not the next one's.
    private func clearUpstreams() throws {
        for upstream in try health()["upstreams"].array {
            guard let name = upstream["name"].string else { continue }
            let isTouched = upstream["breaker"].string != "closed" || upstream["credential_fault"].exists
            guard isTouched || upstream["failures_in_row"].int != 0 else { continue }
            let reply = try ask(Request("POST", "/admin/upstreams/\(name)/reset"), token: WallSecrets.adminToken)
            guard reply.status == 200 else { throw SpawnFailure(what: "no reset of \(name): \(reply.text)") }
        }
    }

    /// An ordinary request works, right now.
    func expectHealthy() throws {
        let connection = try connect()
        try FaultStage.expectHealthy(try connection.exchange(chat("lost", stream: true)))
    }

    static func expectHealthy(_ reply: Reply) throws {
        let stream = reply.stream
        let isGood = reply.status == 200 && reply.isComplete && stream.endsWithDone && stream.finishReason == "stop"
        guard isGood, stream.answer == FaultStage.goodAnswer, stream.errorCode == nil else {
            throw SpawnFailure(what: "an ordinary request failed: \(reply.status) \(reply.text)")
        }
    }
}

extension Value {
    var number: Double? { (raw as? NSNumber)?.doubleValue }
}
