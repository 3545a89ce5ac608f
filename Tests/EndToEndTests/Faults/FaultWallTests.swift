import Testing

extension EndToEnd {
    /// Every row of the fault matrix.
    @Suite(.serialized, .oneWall) struct FaultWallTests {
        @Test(arguments: FaultRow.wanted(UpstreamFault.all.flatMap(\.rows)))
        func upstream(_ row: FaultRow) throws {
            try #require(FaultWall.current).play(row)
        }
    }
}

extension UpstreamFault {
    static let all = connecting + statuses + heads + streams + oddities
}
