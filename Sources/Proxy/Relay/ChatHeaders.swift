import ChatRequests
import Phases

/// The heads of chat responses (wire formats, section 3.4).
enum ChatHeaders {
    static func stream(_ job: RelayJob, attempts: Int) -> [(String, String)] {
        [
            ("content-type", "text/event-stream; charset=utf-8"),
            ("cache-control", "no-cache, no-transform"),
            // nginx holds a whole stream back without it.
            ("x-accel-buffering", "no"),
            ("x-phases", job.styleName), ("x-upstream-attempts", String(attempts)),
        ]
    }

    static func completion(_ job: RelayJob, attempts: Int) -> [(String, String)] {
        [
            ("content-type", "application/json"), ("cache-control", "no-store"), ("x-phases", job.styleName),
            ("x-upstream-attempts", String(attempts)),
        ]
    }
}
