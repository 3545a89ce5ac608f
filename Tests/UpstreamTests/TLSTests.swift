import Foundation
import Glibc
import Testing

@testable import Upstream

private let openssl = "/usr/bin/openssl"
private let hasOpenSSL = FileManager.default.isExecutableFile(atPath: openssl)

extension SocketTests {
    @Suite(.enabled(if: hasOpenSSL, "the openssl program makes the certificates and is the server"))
    struct TLSTests {
        /// `openssl s_server`, with a certificate of its own for "localhost".
        private final class SecureServer {
            let directory: URL
            let port: UInt16
            private let process = Process()

            init(_ extra: [String] = []) throws {
                directory = FileManager.default.temporaryDirectory.appending(path: "upstream-tls-\(UUID().uuidString)")
                try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
                let make = Process()
                make.executableURL = URL(fileURLWithPath: openssl)
                make.currentDirectoryURL = directory
                make.arguments =
                    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 2"
                    .components(separatedBy: " ") + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
                make.standardError = FileHandle.nullDevice
                try make.run()
                make.waitUntilExit()

                // A port that was free a moment ago; the server has no other way to be asked for one.
                let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                port = listenOnLoopback(listener, backlog: 1)
                close(listener)
                process.executableURL = URL(fileURLWithPath: openssl)
                process.currentDirectoryURL = directory
                process.arguments =
                    "s_server -accept 127.0.0.1:\(port) -cert cert.pem -key key.pem -www".components(separatedBy: " ") + extra
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                process.standardInput = FileHandle.nullDevice
                try process.run()
                let deadline = MonotonicClock.now + .seconds(10)
                while !isListening() { guard MonotonicClock.now < deadline else { throw Overdue(what: "the server") } }
            }

            private func isListening() -> Bool {
                let descriptor = connectWithoutWaiting(port)
                defer { close(descriptor) }
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                return poll(&entry, 1, 20) == 1 && entry.revents & Int16(POLLERR) == 0
            }

            deinit {
                // Not SIGTERM: the child inherits the signal mask of the test's thread, which blocks it.
                kill(process.processIdentifier, SIGKILL)
                try? FileManager.default.removeItem(at: directory)
            }

            var certificate: String { directory.appending(path: "cert.pem").path }
        }

        private func transfer(_ server: SecureServer, host: String = "localhost", caFile: String?) throws -> Recorder {
            var request = UpstreamRequest(url: "https://\(host):\(server.port)/")
            request.caFile = caFile
            let recorder = try Workplace().start(request).recorder
            _ = try recorder.waitForEnd()
            return recorder
        }

        @Test func aTrustedCertificateWithTheRightNameIsAccepted() throws {
            let server = try SecureServer()
            let recorder = try transfer(server, caFile: server.certificate)
            #expect(try recorder.waitForHead().status == 200)
            #expect(try recorder.statistics().secured > .zero)
            withExtendedLifetime(server) {}
        }

        @Test func anUntrustedCertificateIsRefused() throws {
            let server = try SecureServer()
            #expect(try transfer(server, caFile: nil).failure() == .insecure(.certificate))
            withExtendedLifetime(server) {}
        }

        @Test func aCertificateForAnotherNameIsRefused() throws {
            let server = try SecureServer()
            #expect(try transfer(server, host: "127.0.0.1", caFile: server.certificate).failure() == .insecure(.certificate))
            withExtendedLifetime(server) {}
        }

        @Test func whatOneRequestTrustsIsNotTrustedForAnother() throws {
            let server = try SecureServer()
            let work = try Workplace()
            var request = UpstreamRequest(url: "https://localhost:\(server.port)/")
            request.caFile = server.certificate
            _ = try work.start(request).recorder.statistics()
            // Neither a kept connection nor a kept session of the first may stand in for the check.
            request.caFile = nil
            #expect(try work.start(request).recorder.failure() == .insecure(.certificate))
            withExtendedLifetime(server) {}
        }

        @Test func anUnreadableFileOfCertificatesIsReported() throws {
            let server = try SecureServer()
            #expect(try transfer(server, caFile: "/nonexistent/ca.pem").failure() == .insecure(.trustedCertificates))
            withExtendedLifetime(server) {}
        }

        @Test func anOldProtocolVersionIsRefused() throws {
            let server = try SecureServer(["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
            #expect(try transfer(server, caFile: server.certificate).failure() == .insecure(.handshake))
            withExtendedLifetime(server) {}
        }
    }
}
