import Synchronization

/// Who is connected: how many in all, and from each address if that is bounded.
final class ConnectionCount: Sendable {
    /// What becomes of a new connection.
    enum Answer: Equatable {
        case welcome
        /// One that is idle has to make room, or this one has to go.
        case full
        /// There are so many that there is nothing left to say it with.
        case overfull
        /// Too many from this address.
        case addressIsFull
    }

    private struct State {
        var total = 0
        var byAddress: [ClientKey: Int] = [:]
    }

    private let limit: Int
    private let refusals: Int
    private let addressLimit: Int?
    private let state = Mutex(State())

    init(_ budget: DescriptorBudget, perAddress: Int?) {
        limit = budget.connections
        refusals = budget.refusals
        addressLimit = perAddress
    }

    var total: Int { state.withLock { $0.total } }

    /// A connection has come. Whatever the answer is, `closed` follows once.
    func opened(_ client: ClientKey) -> Answer {
        state.withLock { state in
            state.total += 1
            if let addressLimit {
                state.byAddress[client, default: 0] += 1
                if state.byAddress[client, default: 0] > addressLimit {
                    return state.total > limit + refusals ? .overfull : .addressIsFull
                }
            }
            return state.total > limit + refusals ? .overfull : state.total > limit ? .full : .welcome
        }
    }

    func closed(_ client: ClientKey) {
        state.withLock { state in
            state.total -= 1
            guard addressLimit != nil else { return }
            let count = state.byAddress[client, default: 0] - 1
            state.byAddress[client] = count <= 0 ? nil : count
        }
    }
}

extension ProxyFailure {
    static let tooManyConnections = overloaded("The proxy has as many connections as it may (limits.connections). Try again shortly.")

    static func tooManyConnectionsFromAddress(_ limit: Int) -> ProxyFailure {
        overloaded("There are as many connections from this address as may be (\(limit), limits.connections_per_address).")
    }

    static let outOfMemory = overloaded("The proxy is short of memory (limits.memory_bytes). Try again shortly.")
}
