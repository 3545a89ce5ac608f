// SAFETY: libedit keeps its state in global variables; only the main thread calls it or touches them.
@unsafe @preconcurrency import CLineEdit
import Foundation
import Glibc
import Synchronization

/// Lines typed at a terminal, edited by libedit.
///
/// libedit reads through a function of ours, for two reasons: a Ctrl-C, which arrives on another thread, must end the line
/// without a jump out of libedit's code; and pasted text must not be sent line by line.
final class LineEditor: LineSource {
    private let palette: Palette

    init(palette: Palette) {
        self.palette = palette
        Self.chooseUTF8()
        // SAFETY: set before the first call into libedit, on the only thread that calls it; the function lives forever.
        unsafe rl_getc_function = nextKey
    }

    func next(prompt: Prompt) -> TypedLine {
        keyboard.withLock { $0.begin() }
        announce(KeyStream.pasteOn)
        // SAFETY: readline copies the prompt before it returns; its result is ours to free, and is read before that.
        let line: String? = unsafe readline(painted(prompt)).map { typed in
            defer { unsafe free(typed) }
            return unsafe String(cString: typed)
        }
        announce(KeyStream.pasteOff)
        return keyboard.withLock { $0.result(line) }
    }

    func remember(_ entry: String) {
        let oneLine = entry.replacing("\n", with: String(KeyStream.pastedLineFeed))
        // SAFETY: libedit copies the entry.
        _ = unsafe add_history(oneLine)
    }

    /// Ends the line being typed, as Ctrl-C does. Callable from any thread; does nothing but write one byte to a pipe.
    static func wake() { keyboard.withLock { $0.wake() } }

    /// libedit takes everything between the two marks as having no width, and writes it only together with the character
    /// after it: hence the space at the end, after the colour.
    private func painted(_ prompt: Prompt) -> String {
        guard palette.hasColour else { return prompt.text + " " }
        return "\u{1}\u{1B}[\(prompt.tint.rawValue)m\u{2}\(prompt.text)\u{1}\u{1B}[0m\u{2} "
    }

    private func announce(_ sequence: String) {
        // `try?`: a terminal that has gone shows itself at the next read.
        try? FileHandle.standardOutput.write(contentsOf: Data(sequence.utf8))
    }

    /// libedit shows characters by the locale; without one that knows UTF-8 it would show escapes.
    private static func chooseUTF8() {
        // SAFETY: the environment's locale is a constant string; the result of nl_langinfo is read at once.
        unsafe setlocale(LC_CTYPE, "")
        if unsafe String(cString: nl_langinfo(nl_item(CODESET))) != "UTF-8" { unsafe setlocale(LC_CTYPE, "C.UTF-8") }
    }
}

/// The keyboard: what was read and not taken yet, and the pipe by which Ctrl-C gets a word in.
private struct Keyboard: Sendable {
    var keys = KeyStream()
    var hasText = false
    var isInterrupted = false
    let bell = Bell()

    mutating func begin() {
        hasText = false
        isInterrupted = false
        bell.silence()
    }

    func wake() { bell.ring() }

    func result(_ line: String?) -> TypedLine {
        if isInterrupted { return .interrupted(hadText: hasText) }
        return line.map { .line($0.replacing(String(KeyStream.pastedLineFeed), with: "\n")) } ?? .ended
    }

    mutating func take(isQuiet: Bool) -> Unicode.Scalar? {
        let key = keys.next(isQuiet: isQuiet)
        if key != nil { hasText = true }
        return key
    }
}

private let keyboard = Mutex(Keyboard())

/// The next character for libedit; -1 ends the line. A file-scope function, as every callback from C.
///
/// The parameter is libedit's input stream, which is standard input.
private func nextKey(_: UnsafeMutablePointer<FILE>?) -> Int32 {
    while true {
        if let key = keyboard.withLock({ $0.take(isQuiet: false) }) { return Int32(bitPattern: key.value) }
        let isWaitingForMore = keyboard.withLock { $0.keys.hasBytes }
        switch awaitKeyboard(patience: isWaitingForMore ? 40 : -1) {
        case .bytes(let bytes): keyboard.withLock { $0.keys.receive(bytes) }
        case .nothing:
            if let key = keyboard.withLock({ $0.take(isQuiet: true) }) { return Int32(bitPattern: key.value) }
        case .rang:
            keyboard.withLock { $0.isInterrupted = true }
            return -1
        case .ended: return -1
        }
    }
}

private enum KeyboardNews {
    case bytes([UInt8])
    case nothing
    case rang
    case ended
}

/// Waits for a key or the bell. `patience` is in milliseconds, negative for no limit.
private func awaitKeyboard(patience: Int32) -> KeyboardNews {
    let bell = keyboard.withLock { $0.bell.descriptor }
    var watched = [pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0), pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
    // SAFETY: poll writes to the array it is given, within the count it is given, and keeps neither.
    let count = unsafe poll(&watched, nfds_t(watched.count), patience)
    if count <= 0 { return .nothing }
    if watched[1].revents != 0 { return .rang }
    var bytes = [UInt8](repeating: 0, count: 4096)
    // SAFETY: read writes at most the array's count.
    let length = unsafe read(STDIN_FILENO, &bytes, bytes.count)
    if length < 0 { return errno == EINTR || errno == EAGAIN ? .nothing : .ended }
    return length == 0 ? .ended : .bytes(Array(bytes.prefix(length)))
}
