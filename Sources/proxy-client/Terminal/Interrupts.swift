import Dispatch
import Foundation
import Synchronization

/// What a signal from the keyboard or the system does.
///
/// Signals arrive on a dispatch queue, not in a signal handler, so that what they set off is ordinary code. Ctrl-C goes
/// to whoever has asked for it, and ends the program when nobody has, or when the one who has does not get around to it
/// before the next Ctrl-C. SIGTERM and SIGHUP put the terminal in order and end the program.
final class Interrupts: Sendable {
    private struct State: Sendable {
        var listener: (@Sendable () -> Void)?
        var isPending = false
    }

    /// `@unchecked Sendable`: only keeps the source alive; nobody touches it again.
    private struct Watch: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }

    private let state = Mutex(State())
    private let restoreTerminal: @Sendable () -> Void
    private let watches = Mutex<[Watch]>([])

    init(restoreTerminal: @escaping @Sendable () -> Void) { self.restoreTerminal = restoreTerminal }

    /// Takes the signals over; call once, early.
    func install() {
        // A reader that goes away must be an error on write, not the end of the program in the middle of a clean-up.
        signal(SIGPIPE, SIG_IGN)
        watch(SIGINT) { [self] in interrupted() }
        watch(SIGTERM) { [self] in leave(.terminated) }
        watch(SIGHUP) { [self] in leave(.terminated) }
    }

    /// Runs `body`; meanwhile Ctrl-C goes to `listener`, which is called on a dispatch queue and must not wait.
    func listen<Result>(_ listener: @escaping @Sendable () -> Void, during body: () throws -> Result) rethrows -> Result {
        let outer = state.withLock { state in
            let outer = state.listener
            state = State(listener: listener)
            return outer
        }
        defer { state.withLock { $0 = State(listener: outer) } }
        return try body()
    }

    /// The listener has acted on the last Ctrl-C.
    func acknowledge() { state.withLock { $0.isPending = false } }

    private func watch(_ number: Int32, _ act: @escaping @Sendable () -> Void) {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
        source.setEventHandler(handler: act)
        source.resume()
        let watch = Watch(source: source)
        watches.withLock { $0.append(watch) }
    }

    /// Ctrl-C was pressed.
    func interrupted() {
        let listener = state.withLock { state in
            defer { state.isPending = true }
            return state.isPending ? nil : state.listener
        }
        if let listener { listener() } else { leave(.interrupted) }
    }

    private func leave(_ status: ProgramExit) {
        restoreTerminal()
        exit(status.rawValue)
    }
}
