/// One thing that goes wrong, and when.
struct Fault: Sendable, Equatable {
    /// What happens. The raw value is the name in files and headers.
    enum Kind: String, Sendable, CaseIterable {
        // Instead of the stream.
        case status, redirect, html
        case htmlStream = "html-stream"
        case empty
        case noContent = "no-content"
        case json
        case wrongType = "wrong-type"
        // Around the head.
        case slowHead = "slow-head"
        case noAnswer = "no-answer"
        case resetBeforeHead = "reset-before-head"
        case closeBeforeHead = "close-before-head"
        case garbageHead = "garbage-head"
        case headerFlood = "header-flood"
        case interim
        case http10 = "http-1.0"
        case gzip
        case shortLength = "short-length"
        // At a point of the stream.
        case pause, stall, hold, reset, end, close
        case cutChunk = "cut-chunk"
        case badChunkSize = "bad-chunk-size"
        case errorEvent = "error-event"
        case stringError = "string-error"
        case flatError = "flat-error"
        case garbageEvent = "garbage-event"
        case truncatedJSON = "truncated-json"
        case invalidUTF8 = "invalid-utf8"
        case nul
        case oversizeEvent = "oversize-event"
        case oversizeComment = "oversize-comment"
        case endlessLine = "endless-line"
        case endless
        case comments
        case earlyDone = "early-done"
        // After the stream.
        case dataAfterDone = "data-after-done"
        case openAfterDone = "open-after-done"
        case duplicateDone = "duplicate-done"
    }

    /// The point of the stream at which a fault strikes.
    enum Trigger: Sendable, Equatable {
        case events(Int)
        /// Bytes of the event stream, without the transfer coding.
        case bytes(Int)
        /// In the middle of the reasoning or of the answer, counted in events.
        case middle(of: Phase)
    }

    /// The requests a fault strikes, counted per scenario from 1.
    enum Occurrence: Sendable, Equatable {
        case always
        case first(Int)
        case every(Int)

        func includes(request number: Int) -> Bool {
            switch self {
            case .always: true
            case .first(let count): number <= count
            case .every(let step): number % step == 0
            }
        }
    }

    var kind: Kind
    var trigger: Trigger = .events(0)
    var occurrence: Occurrence = .always
    /// HTTP status, for `status` and `redirect`.
    var status: Int?
    /// What the answer or the event says instead of the usual text.
    var body: String?
    /// The content type of `body`, for `status`.
    var contentType: String?
    var headers: [Header] = []
    /// How long: head delay, pause, distance of comments.
    var milliseconds: Int?
    /// How many: bytes, header lines.
    var count: Int?

    init(_ kind: Kind) { self.kind = kind }
}

extension Fault.Kind {
    /// Whether the fault replaces the whole answer, so that nothing of the scenario is played.
    var replacesAnswer: Bool {
        switch self {
        case .status, .redirect, .html, .htmlStream, .empty, .noContent, .json, .noAnswer, .resetBeforeHead, .closeBeforeHead, .garbageHead:
            true
        default: false
        }
    }

    /// Whether the fault waits for a point of the stream.
    var strikesMidStream: Bool {
        switch self {
        case .pause, .stall, .hold, .reset, .end, .close, .cutChunk, .badChunkSize, .errorEvent, .stringError, .flatError, .garbageEvent,
            .truncatedJSON, .invalidUTF8, .nul, .oversizeEvent, .oversizeComment, .endlessLine, .endless, .comments, .earlyDone:
            true
        default: false
        }
    }

    /// The keys of a fault object that mean something for this kind, besides `kind`, `first` and `every`.
    var parameters: Set<String> {
        var keys: Set<String> = strikesMidStream ? ["after_events", "after_bytes", "in"] : []
        switch self {
        case .status: keys.formUnion(["status", "body", "content_type", "headers", "retry_after"])
        case .redirect: keys.formUnion(["status", "location", "headers"])
        case .html, .htmlStream, .errorEvent, .stringError, .flatError, .garbageEvent, .garbageHead: keys.insert("body")
        case .slowHead, .pause, .comments: keys.insert("milliseconds")
        case .headerFlood, .oversizeEvent, .oversizeComment, .interim: keys.insert("count")
        default: break
        }
        return keys
    }

    /// What a bare value in the shorthand means: `status=503`, `slow-head=2000`, `oversize-event=1000000`, `reset=5`.
    var shorthandKey: String? {
        switch self {
        case .status: "status"
        case .redirect: "location"
        case .slowHead: "milliseconds"
        case .headerFlood, .oversizeEvent, .oversizeComment, .interim: "count"
        default: strikesMidStream ? "after_events" : nil
        }
    }

    /// One line for the documentation and `--list-faults`.
    var explanation: String {
        switch self {
        case .status: "answers with a status code, an error body and headers (Retry-After)"
        case .redirect: "answers 307 with a Location"
        case .html: "answers 200 with an HTML page, text/html"
        case .htmlStream: "answers 200 with an HTML page that claims to be text/event-stream"
        case .empty: "answers 200, text/event-stream, and no byte of body"
        case .noContent: "answers 204"
        case .json: "answers a streaming request with one JSON completion"
        case .wrongType: "plays the stream as text/plain"
        case .slowHead: "waits before the response head (milliseconds, default 2000)"
        case .noAnswer: "accepts the request and never answers"
        case .resetBeforeHead: "resets the connection instead of answering"
        case .closeBeforeHead: "closes the connection instead of answering"
        case .garbageHead: "answers with bytes that are not HTTP, then closes"
        case .headerFlood: "sends count extra header lines of 100 bytes (default 2000)"
        case .interim: "sends count interim responses (103, then 100) before the real head (default 2)"
        case .http10: "answers with HTTP/1.0, without chunks, and closes at the end"
        case .gzip: "compresses the stream (gzip) though nobody asked"
        case .shortLength: "announces a Content-Length larger than the body, then closes"
        case .pause: "waits once (milliseconds, default 5000), then goes on"
        case .stall: "says nothing more and keeps the connection open"
        case .hold: "waits for POST /mock/release, then goes on"
        case .reset: "resets the connection (RST)"
        case .end: "ends the body properly, without finish chunk and [DONE]"
        case .close: "closes the connection (FIN) without ending the chunked body"
        case .cutChunk: "announces an HTTP chunk, sends half of it, closes"
        case .badChunkSize: "sends an HTTP chunk size that is not a number, closes"
        case .errorEvent: "sends an error object as event, then ends"
        case .stringError: "sends an error whose value is a string, then ends"
        case .flatError: "sends vLLM's flat error object, then ends"
        case .garbageEvent: "sends one event that is not JSON, goes on"
        case .truncatedJSON: "sends half of the next event, then ends"
        case .invalidUTF8: "sends one event with bytes that are not UTF-8, goes on"
        case .nul: "sends raw NUL bytes as a line of their own, and one escaped in an event, goes on"
        case .oversizeEvent: "sends one valid event of count bytes (default 10 MiB), goes on"
        case .oversizeComment: "sends one comment line of count bytes (default 10 MiB), goes on"
        case .endlessLine: "sends one data line that never ends"
        case .endless: "sends text for ever"
        case .comments: "sends comments for ever (one every milliseconds, default 100) and nothing else"
        case .earlyDone: "sends [DONE] without a finish chunk"
        case .dataAfterDone: "sends more chunks after [DONE]"
        case .openAfterDone: "keeps the response open after [DONE]"
        case .duplicateDone: "sends [DONE] twice"
        }
    }
}
