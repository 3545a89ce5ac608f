/// The connections of one loop that wait for a request, the longest idle one first. Joining and leaving cost the same however many
/// there are: with ten thousand of them, looking for the oldest would hold the loop up for each newcomer.
struct IdleList {
    private var first: HTTPConnection?
    // Unowned, as the links back are: who closes leaves the list.
    private unowned var last: HTTPConnection?

    mutating func join(_ connection: HTTPConnection) {
        leave(connection)
        connection.isListedIdle = true
        connection.idleBefore = last
        last?.idleAfter = connection
        if first == nil { first = connection }
        last = connection
    }

    mutating func leave(_ connection: HTTPConnection) {
        guard connection.isListedIdle else { return }
        connection.isListedIdle = false
        let (before, after) = (connection.idleBefore, connection.idleAfter)
        connection.idleBefore = nil
        connection.idleAfter = nil
        if let before { before.idleAfter = after } else { first = after }
        if let after { after.idleBefore = before } else { last = before }
    }

    /// The longest idle connection, which is on the list no more.
    mutating func takeFirst() -> HTTPConnection? {
        guard let connection = first else { return nil }
        leave(connection)
        return connection
    }
}
