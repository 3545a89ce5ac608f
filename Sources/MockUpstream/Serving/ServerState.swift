import NIOCore
import Synchronization

/// What one server has seen and done, for `/mock/state` and `/mock/requests`. Safe from any thread.
final class ServerState: Sendable {
    /// How many requests and cancellations are remembered, and how much of a body.
    static let rememberedRequests = 200
    static let rememberedCancellations = 100
    static let rememberedBodyBytes = 256 * 1024
    static let rememberedRefusals = 200
    static let orderLimit = 1000

    struct Contents: Sendable {
        var requests = 0
        var byPath: [String: Int] = [:]
        var byModel: [String: Int] = [:]
        var byScenario: [String: Int] = [:]
        var connectionsAccepted = 0
        var connectionsOpen = 0
        var completed = 0
        var endedByFault = 0
        var cancelledByClient = 0
        var bytesSent = 0
        var blockedWriters = 0
        /// What lets each held stream go on.
        var holds: [ObjectIdentifier: EventLoopPromise<Void>] = [:]
        var open: [Int: OpenAnswer] = [:]
        var cancellations: [Cancellation] = []
        var remembered: [RememberedRequest] = []
        var orders: [NextOrder] = []
        var isStrict = false
        var refused = 0
        var refusals: [Refusal] = []

        var held: Int { holds.count }
    }

    /// An answer that is being played.
    struct OpenAnswer: Sendable {
        var model: String
        var scenario: String
        var streams: Bool
        var started: ContinuousClock.Instant
    }

    /// A client that left before its answer was complete.
    struct Cancellation: Sendable {
        var number: Int
        var answer: OpenAnswer
        var progress: StreamProgress
        /// When the close of the peer was noticed.
        var noticed: ContinuousClock.Instant
    }

    /// What a strict server found wrong with a request.
    struct Refusal: Sendable {
        var number: Int
        var violation: CommonGround.Violation
    }

    struct RememberedRequest: Sendable {
        var number: Int
        var method: String
        var path: String
        var headers: [Header]
        var body: [UInt8]
        var bodyByteCount: Int
    }

    /// How an answer ended.
    enum Outcome: String, Sendable {
        case completed
        case endedByFault = "ended by fault"
        case cancelledByClient = "cancelled by client"
    }

    private let contents: Mutex<Contents>
    let started = ContinuousClock.now

    init(isStrict: Bool = false) {
        contents = Mutex(Contents(isStrict: isStrict))
    }

    func change<T: Sendable>(_ body: (inout Contents) -> T) -> T { contents.withLock { body(&$0) } }

    var snapshot: Contents { contents.withLock { $0 } }

    /// Forgets everything but what is open right now, and whether the server is strict.
    func reset() {
        change { contents in
            var fresh = Contents()
            fresh.connectionsOpen = contents.connectionsOpen
            fresh.blockedWriters = contents.blockedWriters
            fresh.holds = contents.holds
            fresh.open = contents.open
            fresh.isStrict = contents.isStrict
            contents = fresh
        }
    }

    /// Counts a request and remembers it. Returns its number, from 1.
    func received(_ request: ReceivedRequest) -> Int {
        change { contents in
            contents.requests += 1
            contents.byPath[request.path, default: 0] += 1
            let remembered = RememberedRequest(
                number: contents.requests, method: request.method, path: request.path, headers: request.headers,
                body: Array(request.body.prefix(Self.rememberedBodyBytes)), bodyByteCount: request.body.count)
            contents.remembered.append(remembered)
            if contents.remembered.count > Self.rememberedRequests { contents.remembered.removeFirst() }
            return contents.requests
        }
    }

    /// Counts a request that was refused, and remembers why.
    func refused(_ number: Int, _ violations: [CommonGround.Violation]) {
        change { contents in
            contents.refused += 1
            contents.refusals += violations.map { Refusal(number: number, violation: $0) }
            contents.refusals.removeFirst(max(0, contents.refusals.count - Self.rememberedRefusals))
        }
    }

    /// The order whose turn it is for `model`, used up by one.
    func takeOrder(for model: String) -> NextOrder? {
        change { contents in
            guard let index = contents.orders.firstIndex(where: { $0.model == nil || $0.model == model }) else { return nil }
            let order = contents.orders[index]
            contents.orders[index].times -= 1
            if contents.orders[index].times <= 0 { contents.orders.remove(at: index) }
            return order
        }
    }

    /// Counts a request for a scenario. Returns how many there were, this one included.
    func chose(model: String, scenario: String) -> Int {
        change { contents in
            contents.byModel[model, default: 0] += 1
            contents.byScenario[scenario, default: 0] += 1
            return contents.byScenario[scenario, default: 0]
        }
    }

    /// Lets every held stream go on. Returns how many there were.
    func releaseHeld() -> Int {
        let holds = change { contents in
            defer { contents.holds = [:] }
            return contents.holds
        }
        for hold in holds.values { hold.succeed() }
        return holds.count
    }

    func opened(_ number: Int, _ answer: OpenAnswer) {
        change { $0.open[number] = answer }
    }

    func ended(_ number: Int, _ outcome: Outcome, _ progress: StreamProgress) {
        let now = ContinuousClock.now
        change { contents in
            let answer = contents.open.removeValue(forKey: number)
            switch outcome {
            case .completed: contents.completed += 1
            case .endedByFault: contents.endedByFault += 1
            case .cancelledByClient:
                contents.cancelledByClient += 1
                guard let answer else { return }
                contents.cancellations.append(Cancellation(number: number, answer: answer, progress: progress, noticed: now))
                if contents.cancellations.count > Self.rememberedCancellations { contents.cancellations.removeFirst() }
            }
        }
    }
}
