import Foundation
import Testing

@testable import Upstream

/// Handles of libcurl are used again without being reset: nothing that one request says may reach the next.
extension SocketTests {
    struct HandleTests {
        /// What a server sees of a request, and whether it came over a connection that stood.
        private struct Seen: Equatable {
            var head: String
            var body: [UInt8]
            var isFresh: Bool
        }

        private typealias Maker = @Sendable (_ url: String) -> UpstreamRequest

        /// Requests of several kinds, and several of one kind.
        private static let variants: [Maker] = [
            { UpstreamRequest(url: $0) },
            { .post($0, "a body") },
            { UpstreamRequest(url: $0 + "/elsewhere", method: .post, body: Array("another, longer body".utf8)) },
            { UpstreamRequest(url: $0, method: .post) },
            {
                var request = UpstreamRequest.post($0, "x")
                request.headers += [("Authorization", "Bearer of-one-request"), ("User-Agent", "mine"), ("X-Empty", "")]
                return request
            },
            {
                var request = UpstreamRequest.post($0, "fresh")
                request.wantsFreshConnection = true
                return request
            },
            {
                var request = UpstreamRequest(url: $0)
                request.httpVersion = .http1
                request.connectTimeout = .seconds(3)
                return request
            },
        ]

        /// A server that answers everything and keeps what it was asked.
        private final class Witness: @unchecked Sendable {
            // `@unchecked`: `all` is under `lock`.
            private let lock = NSLock()
            private var all: [Seen] = []
            private var server: ScriptedServer?

            init() {
                server = ScriptedServer { [self] connection, _ in
                    var isFresh = true
                    while let request = try connection.readRequest() {
                        lock.withLock { all.append(Seen(head: request.head, body: request.body, isFresh: isFresh)) }
                        isFresh = false
                        try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                    }
                }
            }

            /// What is seen of requests that one client sends one after the other: it has one handle for all of them.
            func seen(of makers: [Maker]) throws -> [Seen] {
                lock.withLock { all = [] }
                let work = try Workplace()
                for maker in makers { _ = try work.start(maker(server?.url ?? "")).recorder.statistics() }
                return lock.withLock { all }
            }
        }

        @Test func aRequestLooksTheSameWhateverTheOneBeforeItWas() throws {
            let witness = Witness()
            for (number, maker) in Self.variants.enumerated() {
                let alone = try witness.seen(of: [maker])
                try #require(alone.count == 1)
                for (other, before) in Self.variants.enumerated() {
                    let seen = try witness.seen(of: [before, maker])
                    #expect(seen.map(\.head).last == alone[0].head && seen.last?.body == alone[0].body, "\(other), then \(number)")
                    let wantsFresh = maker("").wantsFreshConnection
                    #expect(seen.map(\.isFresh) == [true, wantsFresh], "\(other), then \(number)")
                }
            }
        }

        /// Whoever adds a member to a request has to say here who takes it back: the kind (the handle is reset when it changes), the functions
        /// that set it each time, or nobody, because libcurl does not hear of it.
        @Test func everyMemberOfARequestIsTakenBackBySomeone() {
            func names(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }
            let request = UpstreamRequest(url: "http://127.0.0.1/")
            let kind = names(RequestKind(request))
            #expect(kind.isSubset(of: names(request)))
            let eachTime: Set = ["url", "headers", "body"]
            let notForLibcurl: Set = ["maximumHeadBytes", "maximumHeadFields", "isIdempotent"]
            #expect(names(request) == kind.union(eachTime).union(notForLibcurl))
        }

        /// A member that the kind held but did not compare would not lead to a reset.
        @Test func requestsThatDifferInOneMemberOfTheirKindAreOfTwoKinds() {
            let request = UpstreamRequest(url: "http://127.0.0.1/")
            let changes: [(inout UpstreamRequest) -> Void] = [
                { $0.method = .post }, { $0.connectTimeout = .seconds(1) }, { $0.httpVersion = .http1 }, { $0.caFile = "a.pem" },
                { $0.wantsFreshConnection = true },
            ]
            for change in changes {
                var other = request
                change(&other)
                #expect(RequestKind(other) != RequestKind(request))
            }
            #expect(changes.count == Mirror(reflecting: RequestKind(request)).children.count)
        }
    }
}
