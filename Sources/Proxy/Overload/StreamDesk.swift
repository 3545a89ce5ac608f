import NIOCore
import Settings
import Synchronization

/// Hands out the places of `StreamPlaces` to the connections of all loops, and calls those who waited on their own loop.
final class StreamDesk: Sendable {
    /// Somebody who waits: called on its loop when there is a place.
    struct Waiter: Sendable {
        let loop: any EventLoop
        let chat: NIOLoopBound<WaitingChat>
    }

    private struct State {
        var places: StreamPlaces
        var waiters: [UInt64: Waiter] = [:]
    }

    private let state: Mutex<State>

    init(_ limits: LimitSettings) {
        state = Mutex(
            State(
                places: StreamPlaces(
                    limit: limits.concurrentStreams, lineLength: limits.queueLength, clientLimit: limits.streamsPerClient)))
    }

    /// Requests that are served.
    var takenCount: Int { state.withLock { $0.places.taken } }
    /// Requests that wait.
    var waitingCount: Int { state.withLock { $0.places.waitingCount } }

    func ask(_ client: ClientKey, _ waiter: Waiter) -> StreamPlaces.Answer {
        state.withLock { state in
            let answer = state.places.ask(client)
            if case .waiting(let ticket) = answer { state.waiters[ticket] = waiter }
            return answer
        }
    }

    /// A request is no longer served: its place goes to the one who has waited longest.
    func leave(_ client: ClientKey) {
        let waiter = state.withLock { state in
            state.places.leave(client).flatMap { state.waiters.removeValue(forKey: $0) }
        }
        waiter?.loop.execute { waiter?.chat.value.placeGranted() }
    }

    /// A request does not wait any more. False if a place is already on its way to it.
    func withdraw(_ ticket: UInt64) -> Bool {
        state.withLock { state in
            state.waiters[ticket] = nil
            return state.places.withdraw(ticket)
        }
    }
}
