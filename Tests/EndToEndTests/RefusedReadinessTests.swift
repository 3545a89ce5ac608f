import Foundation
import Testing

extension EndToEnd {
    /// What becomes of the streams where the kernel refuses to tell what is ready: at once, when some loops have been served, or later.
    @Suite struct RefusedReadinessTests {
        struct Refusal: Sendable, CustomTestStringConvertible {
            let testDescription: String
            /// Contexts that the kernel gives out; the first one is the proxy's probe.
            var contexts = 100
            /// Requests that it takes.
            var requests = 1_000_000
            var loops = 1
            /// What the log says, and whether that is worth a warning.
            let log: [String]
            var isWarned = false
        }

        static let refusals = [
            Refusal(testDescription: "forbidden", contexts: 0, log: ["readiness by=thread loops=1"]),
            Refusal(testDescription: "forbidden, two loops", contexts: 0, loops: 2, log: ["readiness by=thread loops=2"]),
            Refusal(testDescription: "none left for the only loop", contexts: 1, log: ["readiness by=thread loops=1"], isWarned: true),
            Refusal(
                testDescription: "none left for the second loop", contexts: 2, loops: 2,
                log: ["readiness by=kernel loops=1", "readiness by=thread loops=1"], isWarned: true),
            Refusal(testDescription: "refused from some moment on", requests: 8, log: ["readiness by=kernel loops=1"]),
        ]

        private static func environment(_ refusal: Refusal) throws -> [String: String] {
            ["LD_PRELOAD": try Kernel.library(), "KERNEL_CONTEXTS": "\(refusal.contexts)", "KERNEL_REQUESTS": "\(refusal.requests)"]
        }

        @Test(arguments: refusals) func streamsAreWholeAllTheSame(refusal: Refusal) throws {
            let house = try House(
                ["server-threads": "\(refusal.loops)", "log-level": "debug", "server-readiness": "auto"],
                environment: Self.environment(refusal))
            let log = house.proxy.errors.text
            for line in refusal.log { #expect(log.contains(line), "\(log)") }
            #expect(log.contains("fell back to threads") == refusal.isWarned, "\(log)")
            for _ in 0..<2 {
                let connections = try (0..<20).map { _ in try house.connect() }
                for connection in connections { try connection.send(Request.chat("fast", stream: true).bytes) }
                for connection in connections { #expect(try connection.reply(within: .seconds(20)).stream.endsWithDone) }
            }
            // One at a time, so that each waits for a notification of its own.
            for _ in 0..<5 { #expect(try house.stream("fast").stream.endsWithDone) }
            house.proxy.signal(15)
            #expect(try eventually("the exit", within: .seconds(10)) { house.proxy.state } == .code(0))
        }

        @Test("where the kernel must tell and does not, the proxy says so and does not start", arguments: [0, 1])
        func theKernelAlone(contexts: Int) throws {
            let proxy = try House.startProxy(
                ["server-readiness": "kernel", "server-threads": "1"], upstreamPort: 9,
                environment: Self.environment(Refusal(testDescription: "", contexts: contexts, log: [])))
            #expect(try proxy.waitForExit() == .code(69))
            #expect(proxy.errors.text.contains("Set server.readiness to auto or thread"), "\(proxy.errors.text)")
        }
    }

    /// A kernel that refuses asynchronous input and output after some of it, played by a library that stands before the C library's `syscall`.
    private enum Kernel {
        private static let source = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <errno.h>
            #include <stdarg.h>
            #include <stdlib.h>
            #include <sys/syscall.h>

            static int contexts, requests;

            static int may(int *taken, const char *limit) {
                return __atomic_fetch_add(taken, 1, __ATOMIC_RELAXED) < atoi(getenv(limit));
            }

            long syscall(long number, ...) {
                long a[6];
                va_list list;
                va_start(list, number);
                for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
                va_end(list);
                if ((number == SYS_io_setup && !may(&contexts, "KERNEL_CONTEXTS"))
                    || (number == SYS_io_submit && !may(&requests, "KERNEL_REQUESTS"))) {
                    errno = EAGAIN;
                    return -1;
                }
                long (*next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
                return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
            }
            """

        private static let made = Result { try make() }

        /// The path of the library, made once by the compiler that Swift brings along.
        static func library() throws -> String { try made.get() }

        private static func make() throws -> String {
            let folder = FileManager.default.temporaryDirectory.appending(path: "kernel-\(getpid())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let (code, library) = (folder.appending(path: "kernel.c"), folder.appending(path: "kernel.so"))
            try Data(source.utf8).write(to: code)
            let compiler = Process()
            compiler.executableURL = URL(filePath: "/usr/bin/env")
            compiler.arguments = ["clang", "-shared", "-fPIC", "-o", library.path, code.path]
            try compiler.run()
            compiler.waitUntilExit()
            guard compiler.terminationStatus == 0 else { throw SpawnFailure(what: "clang failed: \(compiler.terminationStatus)") }
            return library.path
        }
    }
}
