/// The places of requests that are served, and the line of those that wait for one: a value, so that every order of events can be tried.
///
/// First come, first served: while somebody waits, a place that becomes free is theirs and nobody else's. A client's share counts what it
/// has in service and in the line together, so that one client cannot fill the line either.
struct StreamPlaces {
    /// What becomes of a request that asks for a place.
    enum Answer: Equatable {
        case granted
        /// It waits; the ticket is its name from here on.
        case waiting(UInt64)
        /// Neither a place nor room in the line.
        case full
        /// Its client has as many as it may.
        case clientIsFull
    }

    let limit: Int
    let lineLength: Int
    let clientLimit: Int?
    /// Requests that are served.
    private(set) var taken = 0
    private var line: [UInt64: ClientKey] = [:]
    private var nextTicket: UInt64 = 0
    /// No ticket below this one waits.
    private var firstTicket: UInt64 = 0
    /// Requests by client, kept only if there is a bound for them.
    private var shares: [ClientKey: Int] = [:]

    init(limit: Int, lineLength: Int, clientLimit: Int?) {
        self.limit = limit
        self.lineLength = lineLength
        self.clientLimit = clientLimit
    }

    /// Requests that wait.
    var waitingCount: Int { line.count }

    mutating func ask(_ client: ClientKey) -> Answer {
        if let clientLimit, shares[client, default: 0] >= clientLimit { return .clientIsFull }
        if taken < limit {
            taken += 1
            count(client, 1)
            return .granted
        }
        guard line.count < lineLength else { return .full }
        let ticket = nextTicket
        nextTicket += 1
        line[ticket] = client
        count(client, 1)
        return .waiting(ticket)
    }

    /// A request is no longer served. Returns who has its place now, if somebody waited.
    mutating func leave(_ client: ClientKey) -> UInt64? {
        count(client, -1)
        guard !line.isEmpty else {
            taken -= 1
            return nil
        }
        // Each ticket is passed once in its life, whether it waited to the end or not.
        while line[firstTicket] == nil { firstTicket += 1 }
        line[firstTicket] = nil
        return firstTicket
    }

    /// A request does not wait any more. False if it has got a place meanwhile: that has to be given back.
    mutating func withdraw(_ ticket: UInt64) -> Bool {
        guard let client = line.removeValue(forKey: ticket) else { return false }
        count(client, -1)
        return true
    }

    private mutating func count(_ client: ClientKey, _ change: Int) {
        guard clientLimit != nil else { return }
        let count = shares[client, default: 0] + change
        shares[client] = count == 0 ? nil : count
    }
}
