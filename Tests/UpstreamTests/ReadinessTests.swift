import Foundation
import Glibc
import Testing

@testable import Upstream

extension SocketTests {
    struct ReadinessTests {
        private func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&entry, 1, milliseconds) == 1
        }

        private func empty(_ descriptor: Int32) {
            var bytes: UInt64 = 0
            _ = read(descriptor, &bytes, 8)
        }

        @Test func theKernelNotifiesOncePerRequest() throws {
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            defer { for end in ends { close(end) } }
            let kernelPoll = try KernelPoll(watching: ends[0])
            let notification = kernelPoll.notificationDescriptor
            for _ in 0..<100 {
                #expect(kernelPoll.arm())
                #expect(kernelPoll.arm())
                #expect(!isReadable(notification, within: 0))
                write(ends[1], "x", 1)
                #expect(isReadable(notification, within: 5000))
                empty(notification)
                kernelPoll.discardResults()
                // Still readable, but nobody has asked.
                #expect(!isReadable(notification, within: 0))
                empty(ends[0])
            }
            write(ends[1], "x", 1)
            #expect(kernelPoll.arm())
            #expect(isReadable(notification, within: 5000))
        }

        /// A loop's adapter for ``KernelPoll``, with a thread in place of the loop's own watching.
        private final class Adapter: Readiness, @unchecked Sendable {
            // `@unchecked`: the kernel poll is used on the loop's thread only; the thread uses its descriptor only.
            private let kernelPoll: KernelPoll
            private let stopped = Promise<Bool>()
            private let stopEnds: [Int32]

            init(_ descriptor: Int32, _ loop: any LoopPort, _ ready: @escaping @Sendable () -> Void) throws(UpstreamError) {
                kernelPoll = try KernelPoll(watching: descriptor)
                var ends: [Int32] = [0, 0]
                _ = pipe(&ends)
                stopEnds = ends
                let notification = kernelPoll.notificationDescriptor
                Thread.detachNewThread { [stopped, stopEnd = ends[0], weak self] in
                    var entries = [notification, stopEnd].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
                    while poll(&entries, 2, -1) > 0, entries[1].revents == 0 {
                        var bytes: UInt64 = 0
                        _ = read(notification, &bytes, 8)
                        loop.execute { [weak self] in
                            self?.kernelPoll.discardResults()
                            ready()
                        }
                    }
                    stopped.fulfil(true)
                }
            }

            func arm() { #expect(kernelPoll.arm()) }

            func stop() {
                close(stopEnds[1])
                _ = try? stopped.wait()
                close(stopEnds[0])
            }
        }

        @Test func aClientWorksWithTheKernelsNotifications() throws {
            let server = ScriptedServer { connection, _ in
                while try connection.readRequest() != nil {
                    try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    for _ in 0..<20 { try connection.send("3\r\nabc\r\n") }
                    try connection.send("0\r\n\r\n")
                }
            }
            var options = UpstreamClientOptions()
            options.makeReadiness = { descriptor, loop, ready throws(UpstreamError) in try Adapter(descriptor, loop, ready) }
            let work = try Workplace(options)
            for _ in 0..<20 {
                let recorders = try (0..<5).map { _ in try work.get(server.url) }
                for recorder in recorders { #expect(try recorder.statistics().bodyByteCount == 60) }
            }
        }

        @Test func aClientReportsAReadinessThatCannotBeHad() throws {
            var options = UpstreamClientOptions()
            options.makeReadiness = { _, _, _ throws(UpstreamError) in throw .outOfResources }
            #expect(throws: UpstreamError.outOfResources) { _ = try Workplace(options) }
        }
    }
}
