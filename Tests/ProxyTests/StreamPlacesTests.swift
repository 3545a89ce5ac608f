import Support
import Testing

@testable import Proxy

/// Places and the line before them.
@Suite struct StreamPlacesTests {
    private static let somebody = ClientKey.token(0)

    @Test func placesAreGivenUntilTheyAreTakenAndThenTheLineFills() {
        let places = Places(limit: 2, lineLength: 2, clientLimit: nil)
        let answers = (0..<5).map { _ in places.ask(Self.somebody) }
        #expect(answers == [.granted, .granted, .waiting(0), .waiting(1), .full])
        #expect(places.taken == 2 && places.waitingCount == 2)
    }

    @Test func whoWaitedLongestIsNextAndNobodyOvertakes() {
        let places = Places(limit: 1, lineLength: 3, clientLimit: nil)
        _ = (0..<4).map { _ in places.ask(Self.somebody) }
        #expect(places.withdraw(1))
        #expect(places.leave(Self.somebody) == 0)
        // A newcomer stands behind those who wait, though a place was handed over a moment ago.
        #expect(places.ask(Self.somebody) == .waiting(3))
        #expect(places.leave(Self.somebody) == 2)
        #expect(places.leave(Self.somebody) == 3)
        #expect(places.leave(Self.somebody) == nil)
        #expect(places.taken == 0 && places.ask(Self.somebody) == .granted)
    }

    @Test func aPlaceThatIsOnItsWayCannotBeWithdrawn() {
        let places = Places(limit: 1, lineLength: 1, clientLimit: nil)
        #expect(places.ask(Self.somebody) == .granted && places.ask(Self.somebody) == .waiting(0))
        #expect(places.leave(Self.somebody) == 0)
        #expect(!places.withdraw(0))
        #expect(places.taken == 1)
    }

    @Test func aClientsShareCountsItsLineToo() {
        let places = Places(limit: 1, lineLength: 10, clientLimit: 2)
        #expect(places.ask(.token(0)) == .granted)
        #expect(places.ask(.token(0)) == .waiting(0))
        #expect(places.ask(.token(0)) == .clientIsFull)
        #expect(places.ask(.token(1)) == .waiting(1))
        #expect(places.withdraw(0))
        #expect(places.ask(.token(0)) == .waiting(2))
        #expect(places.leave(.token(0)) == 1)
        #expect(places.leave(.token(1)) == 2)
        #expect(places.leave(.token(0)) == nil)
    }

    /// Every order of events keeps the books: against a model that keeps a plain list.
    @Test func randomHistoriesAgreeWithAPlainList() {
        var random = SeededRandom(seed: 77)
        for _ in 0..<200 {
            let limit = Int.random(in: 1...4, using: &random)
            let lineLength = Int.random(in: 0...4, using: &random)
            let places = Places(limit: limit, lineLength: lineLength, clientLimit: 3)
            var served: [ClientKey] = []
            var line: [(ticket: UInt64, client: ClientKey)] = []
            for _ in 0..<200 {
                switch Int.random(in: 0..<4, using: &random) {
                case 0, 1:
                    let client = ClientKey.token(Int.random(in: 0..<3, using: &random))
                    let share = served.count { $0 == client } + line.count { $0.client == client }
                    switch places.ask(client) {
                    case .granted:
                        #expect(served.count < limit && line.isEmpty && share < 3)
                        served.append(client)
                    case .waiting(let ticket):
                        #expect(served.count == limit && line.count < lineLength && share < 3)
                        line.append((ticket, client))
                    case .full: #expect(served.count == limit && line.count == lineLength && share < 3)
                    case .clientIsFull: #expect(share == 3)
                    }
                case 2 where !served.isEmpty:
                    let next = places.leave(served.remove(at: Int.random(in: 0..<served.count, using: &random)))
                    #expect(next == line.first?.ticket)
                    if !line.isEmpty { served.append(line.removeFirst().client) }
                case 3 where !line.isEmpty:
                    #expect(places.withdraw(line.remove(at: Int.random(in: 0..<line.count, using: &random)).ticket))
                default: break
                }
                #expect(places.taken == served.count && places.waitingCount == line.count)
            }
        }
    }
}

/// Places that an expectation may change.
private final class Places {
    private var value: StreamPlaces

    init(limit: Int, lineLength: Int, clientLimit: Int?) {
        value = StreamPlaces(limit: limit, lineLength: lineLength, clientLimit: clientLimit)
    }

    var taken: Int { value.taken }
    var waitingCount: Int { value.waitingCount }

    func ask(_ client: ClientKey) -> StreamPlaces.Answer { value.ask(client) }
    func leave(_ client: ClientKey) -> UInt64? { value.leave(client) }
    func withdraw(_ ticket: UInt64) -> Bool { value.withdraw(ticket) }
}
