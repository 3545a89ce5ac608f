/// What the program tells the script that ran it.
enum ProgramExit: Int32, CaseIterable, Sendable {
    case ok = 0
    /// The server refused, or reported an error in the middle of the answer.
    case serverError = 1
    case usage = 2
    case unreachable = 3
    /// The reply broke off, or a limit of time ran out.
    case cutOff = 4
    case interrupted = 130
    /// Standard output takes no more: its reader has gone, as in `proxy-client … | head -1`, or the disk is full.
    case outputClosed = 141
    case terminated = 143

    /// The row of the table in `--help`.
    var meaning: String {
        switch self {
        case .ok: "the reply ended in good order (--health: the proxy is healthy)"
        case .serverError: "the server refused, or failed during the answer (--health: not healthy)"
        case .usage: "the command line is wrong, or a file cannot be read"
        case .unreachable: "no connection to the server"
        case .cutOff: "the answer broke off, or time ran out"
        case .interrupted: "interrupted with Ctrl-C"
        case .outputClosed: "the output cannot be written: its reader has gone (as in | head)"
        case .terminated: "ended by SIGTERM or SIGHUP"
        }
    }
}
