import Testing

extension EndToEnd {
    /// Every row of the fault matrix.
    @Suite(.serialized, .oneWall) struct FaultWallTests {
        @Test("8.1 upstream faults", arguments: FaultRow.wanted(UpstreamFault.all.flatMap(\.rows) + FaultRow.upstreamStories))
        func upstream(_ row: FaultRow) throws {
            try #require(FaultWall.current).play(row)
        }

        @Test("text that tries to be more", arguments: FaultRow.wanted(FaultRow.injections))
        func injection(_ row: FaultRow) throws {
            try #require(FaultWall.current).play(row)
        }
    }
}

extension UpstreamFault {
    static let all = connecting + statuses + heads + streams + oddities
}
