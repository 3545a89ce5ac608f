import Testing

@testable import Upstream

extension SocketTests {
    struct LifetimeTests {
        enum End: CaseIterable, Sendable {
            case ended, cancelled, cancelledInsideHead, cancelledInsideBytes, cancelledInsideRoundEnd, failed
        }

        /// Looks at an object without keeping it.
        private final class Weak: @unchecked Sendable {
            // `@unchecked`: set before and read after the work, in order.
            weak var transfer: Transfer?
            weak var recorder: Recorder?
        }

        @Test(arguments: End.allCases)
        func aTransferThatIsOverIsFreed(end: End) throws {
            let server = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            let work = try Workplace()
            let weak = Weak()
            try work.onLoop {
                let recorder = Recorder()
                let url = end == .failed ? "http://127.0.0.1:1/" : server.url
                let transfer = try work.client.start(UpstreamRequest(url: url), receiver: recorder)
                weak.transfer = transfer
                weak.recorder = recorder
                switch end {
                case .cancelled: transfer.cancel()
                case .cancelledInsideHead: recorder.onHead = { [weak transfer] _ in transfer?.cancel() }
                case .cancelledInsideBytes: recorder.onBytes = { [weak transfer] _ in transfer?.cancel() }
                case .cancelledInsideRoundEnd: recorder.onRoundEnded = { [weak transfer] in transfer?.cancel() }
                case .ended, .failed: break
                }
            }
            let deadline = MonotonicClock.now + .seconds(5)
            while weak.transfer != nil || weak.recorder != nil, MonotonicClock.now < deadline { try work.onLoop {} }
            #expect(weak.transfer == nil)
            #expect(weak.recorder == nil)
            #expect(try work.openTransferCount() == 0)
        }

        @Test func aClientThatIsDroppedReleasesItsDescriptors() throws {
            let loop = try ThreadLoop()
            defer { loop.shutdown() }
            func cycle() throws {
                let done = Promise<Bool>()
                loop.execute {
                    let client = try? UpstreamClient(loop: loop)
                    done.fulfil(client?.openTransferCount == 0)
                }
                #expect(try done.wait())
            }
            try cycle()
            let settled = Promise<Bool>()
            loop.execute { settled.fulfil(true) }
            _ = try settled.wait()
            let before = openDescriptorCount()
            for _ in 0..<10 { try cycle() }
            let again = Promise<Bool>()
            loop.execute { again.fulfil(true) }
            _ = try again.wait()
            #expect(openDescriptorCount() <= before)
        }
    }
}
