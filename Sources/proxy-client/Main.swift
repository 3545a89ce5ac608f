import ArgumentParser
import Foundation
import Glibc

/// The program.
@main
enum Main {
    static func main() {
        let fillers = occupyStandardDescriptors()
        LineEditTerminal.remember()
        let console = Console()
        let interrupts = Interrupts(restoreTerminal: { LineEditTerminal.restore() })
        interrupts.install()
        let status = run(console, interrupts)
        LineEditTerminal.restoreSettings()
        withExtendedLifetime(fillers) { exit(status.rawValue) }
    }

    /// Opens `/dev/null` in place of closed standard descriptors, which otherwise the next socket would get, and with it
    /// the answer. The lowest free descriptor is the one that is taken.
    private static func occupyStandardDescriptors() -> [FileHandle?] {
        (STDIN_FILENO...STDERR_FILENO).filter { fcntl($0, F_GETFD) == -1 }.map { _ in FileHandle(forUpdatingAtPath: "/dev/null") }
    }

    private static func run(_ console: Console, _ interrupts: Interrupts) -> ProgramExit {
        do {
            var command = try Options.parseAsRoot()
            guard let options = command as? Options else {
                try command.run()  // --help and the like, which the parser answers itself.
                return .ok
            }
            let environment = ProcessInfo.processInfo.environment
            return Program(options: options, environment: environment, console: console, interrupts: interrupts).run()
        } catch {
            return explain(error, console)
        }
    }

    /// Writes the parser's message: help and version to standard output, mistakes to standard error.
    private static func explain(_ error: any Error, _ console: Console) -> ProgramExit {
        let isAnswer = Options.exitCode(for: error).isSuccess
        // `try?`: there is nothing left to do for a reader who has gone.
        try? console.write(Options.fullMessage(for: error) + "\n", to: isAnswer ? .answer : .decoration)
        return isAnswer ? .ok : .usage
    }
}
