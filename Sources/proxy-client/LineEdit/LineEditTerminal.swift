import Foundation
import Glibc
import Synchronization

/// The state in which the terminal was found, and the way back to it.
enum LineEditTerminal {
    private static let found = Mutex<termios?>(nil)

    /// Remembers how standard input's terminal is set; does nothing without a terminal.
    static func remember() {
        guard isatty(STDIN_FILENO) == 1 else { return }
        var settings = termios()
        // SAFETY: tcgetattr fills the structure it is given and keeps no pointer.
        if unsafe tcgetattr(STDIN_FILENO, &settings) == 0 { found.withLock { $0 = settings } }
    }

    /// Keeps a Ctrl-C from writing `^C` into the answer that it stops.
    static func hideControlCharacters() {
        guard var settings = found.withLock({ $0 }) else { return }
        settings.c_lflag &= ~tcflag_t(ECHOCTL)
        set(settings)
    }

    /// Puts the terminal back as it was found; for the ordinary end, with the cursor on a line of its own.
    static func restoreSettings() {
        if let settings = found.withLock({ $0 }) { set(settings) }
    }

    private static func set(_ settings: termios) {
        var settings = settings
        // SAFETY: tcsetattr reads the structure and keeps no pointer.
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// Puts the terminal back as it was found, out of colour and out of marked pasting, whatever was going on.
    static func restore() {
        let settings = found.withLock { $0 }
        restoreSettings()
        for file in [FileHandle.standardError, .standardOutput] where isatty(file.fileDescriptor) == 1 {
            let pasteOff = settings == nil ? "" : KeyStream.pasteOff
            // `try?`: a terminal that has gone needs no restoring.
            try? file.write(contentsOf: Data("\r\u{1B}[K\u{1B}[0m\(pasteOff)".utf8))
            return
        }
    }
}
