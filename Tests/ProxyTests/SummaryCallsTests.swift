import Logging
import NIOCore
import NIOPosix
import Settings
import Summaries
import Testing
import Upstream

@testable import Proxy

/// Calls to a summariser that never answers: how they are let go of.
@Suite struct SummaryCallsTests {
    /// How an owner lets go of a call.
    enum Way: CaseIterable {
        /// The machine awaits it no more: the answer has begun.
        case awaitsNone
        /// The stream is over.
        case stops
        /// The answer began, and the stream ended in the same turn: nobody is left who could end the call.
        case goesAway
    }

    /// Closing a connection and telling a breaker is work that no byte of an answer waits for, and it is done whatever happens meanwhile.
    @Test(.timeLimit(.minutes(1)), arguments: Way.allCases)
    func aCallIsEndedBehindTheTurnThatLetGoOfIt(way: Way) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let silent = try await SilentServer(group)
        let loop = group.next()
        let stage = try await loop.submit { try Stage(loop, port: silent.port) }.get()
        try await loop.submit { stage.call() }.get()
        try await silent.asked.futureResult.get()
        let inTurn = try await loop.submit { stage.letGo(way) }.get()
        #expect(inTurn == Count(transfers: 1, places: 1), "ended before the turn was over")
        try await silent.left.futureResult.get()
        #expect(try await loop.submit { stage.count }.get() == Count(transfers: 0, places: 0))
        #expect(try await loop.submit { stage.told }.get() == 0, "nobody waits for the result")
        try await loop.submit { stage.end() }.get()
        try await silent.close()
        try await group.shutdownGracefully()
    }

    struct Count: Sendable, Equatable {
        /// Of the loop's client.
        var transfers: Int
        /// Of the summariser.
        var places: Int
    }

    /// A loop with a call under way.
    ///
    /// `@unchecked Sendable`: used on its loop only.
    private final class Stage: @unchecked Sendable {
        private let server: ServerContext
        private var context: LoopContext?
        private var calls: SummaryCalls?
        private(set) var told = 0

        init(_ eventLoop: any EventLoop, port: Int) throws {
            var settings = ProxySettings()
            settings.summaries.engine = .model
            settings.summaries.model.url = try UpstreamAddress("http://127.0.0.1:\(port)")
            settings.summaries.model.name = "silent"
            server = ServerContext(settings: settings, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let context = try LoopContext(eventLoop: eventLoop, options: UpstreamClientOptions(), usesKernel: false)
            self.context = context
            let summariser = try #require(server.summariser)
            calls = SummaryCalls(summariser, server: server, loop: context) { [weak self] _, _, _ in self?.told += 1 }
        }

        func call() {
            var summary = ModelPromptSummary(prompt: PromptFacts(lastUserText: Array("Is 91 prime?".utf8)), extractive: "Is 91 prime?")
            if let call = summary.takeCall(at: .zero) { calls?.start(call, requestID: "test", at: .zero) }
        }

        func letGo(_ way: Way) -> Count {
            switch way {
            case .awaitsNone: calls?.keep(nil, at: .milliseconds(1))
            case .stops: calls?.stop(at: .milliseconds(1))
            case .goesAway:
                calls?.keep(nil, at: .milliseconds(1))
                calls?.stop(at: .milliseconds(1))
                calls = nil
            }
            return count
        }

        var count: Count {
            Count(transfers: context?.upstream.openTransferCount ?? -1, places: server.summariser?.entry.inFlightCount ?? -1)
        }

        func end() {
            context?.upstream.shutdown()
            calls = nil
            context = nil
        }
    }
}

/// Takes requests and says nothing.
private struct SilentServer {
    let asked: EventLoopPromise<Void>
    let left: EventLoopPromise<Void>
    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }

    init(_ group: MultiThreadedEventLoopGroup) async throws {
        let (asked, left) = (group.next().makePromise(of: Void.self), group.next().makePromise(of: Void.self))
        (self.asked, self.left) = (asked, left)
        channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Ear(asked: asked, left: left)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func close() async throws { try await channel.close() }

    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let asked: EventLoopPromise<Void>
        private let left: EventLoopPromise<Void>

        init(asked: EventLoopPromise<Void>, left: EventLoopPromise<Void>) {
            (self.asked, self.left) = (asked, left)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { asked.succeed() }

        func channelInactive(context: ChannelHandlerContext) { left.succeed() }
    }
}
