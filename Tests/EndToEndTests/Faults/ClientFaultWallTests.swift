import Testing

extension EndToEnd.FaultWallTests {
    @Test(arguments: FaultRow.wanted(FaultRow.clients))
    func client(_ row: FaultRow) throws {
        try #require(FaultWall.current).play(row)
    }

    @Test(arguments: FaultRow.wanted(FaultRow.processes))
    func process(_ row: FaultRow) throws {
        try #require(FaultWall.current).play(row)
    }
}
