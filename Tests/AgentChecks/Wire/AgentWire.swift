import Foundation

/// A request as a scripted agent sends it.
package struct AgentHTTPRequest {
    /// The path with its query.
    package var target: String
    /// Names in lower case.
    package var headers: [(name: String, value: String)]
    /// The body, a JSON object.
    package var body: [String: Any]

    /// A POST request with a JSON body.
    package init(_ target: String, headers: [(name: String, value: String)] = [], body: [String: Any]) {
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The body's bytes.
    package var bytes: [UInt8] {
        let data = try? JSONSerialization.data(withJSONObject: body, options: [.sortedKeys, .withoutEscapingSlashes])
        return Array(data ?? Data())  // every body is made of JSON values
    }
}

/// What reads a response as it comes.
package protocol AgentReader {
    /// The status line and the headers, names in lower case.
    mutating func receive(status: Int, headers: [String: String])
    /// A piece of the body, and when it came.
    mutating func receive(_ bytes: [UInt8], at time: Duration)
    /// The body's end; `isCut` when the connection broke before it.
    mutating func ended(isCut: Bool, at time: Duration)
    /// Nothing came until ``deadline``.
    mutating func idled(at time: Duration)
    /// When patience ends, on the clock of the exchange.
    var deadline: Duration { get }
    /// Whether the rest of the body is of no interest.
    var isDone: Bool { get }
}

/// A way to a server. Time is the wire's own: a real one measures, a scripted one counts.
package protocol AgentWire {
    /// Sends a request and reads what comes.
    mutating func exchange(_ request: AgentHTTPRequest, _ reader: inout some AgentReader) throws
    /// Waits before the next request.
    mutating func wait(_ duration: Duration) throws
}

/// Answers from a script, without any network, on a clock that nobody has to wait for. What it was sent it keeps.
package struct ScriptedWire: AgentWire {
    /// One piece of a response.
    package enum Piece {
        case bytes([UInt8])
        case silence(Duration)

        /// Bytes from text.
        package static func text(_ text: String) -> Piece { .bytes(Array(text.utf8)) }
    }

    /// How a response ends.
    package enum Ending {
        /// Properly.
        case end
        /// The connection breaks.
        case cut
        /// Not at all: the connection stays open.
        case open
    }

    /// A response.
    package struct Response {
        package var status: Int
        package var headers: [String: String]
        package var pieces: [Piece]
        package var ending: Ending

        /// A response from its parts.
        package init(_ status: Int, headers: [String: String] = [:], _ pieces: [Piece], ending: Ending = .end) {
            self.status = status
            self.headers = headers
            self.pieces = pieces
            self.ending = ending
        }

        /// A good response without headers.
        package init(_ pieces: [Piece], ending: Ending = .end) {
            self.init(200, pieces, ending: ending)
        }
    }

    private var responses: [Response]
    /// What was sent, in order.
    package private(set) var requests: [AgentHTTPRequest] = []
    /// How long the client waited between requests.
    package private(set) var waits: [Duration] = []
    /// How long each exchange took.
    package private(set) var durations: [Duration] = []

    /// The responses, in order; the last one is repeated.
    package init(_ responses: [Response]) {
        self.responses = responses
    }

    package mutating func exchange(_ request: AgentHTTPRequest, _ reader: inout some AgentReader) throws {
        requests.append(request)
        let response = responses.count > 1 ? responses.removeFirst() : responses[0]
        var now = Duration.zero
        defer { durations.append(now) }
        reader.receive(status: response.status, headers: response.headers)
        for piece in response.pieces where !reader.isDone {
            switch piece {
            case .bytes(let bytes): reader.receive(bytes, at: now)
            case .silence(let length):
                if now + length >= reader.deadline {
                    now = reader.deadline
                    return reader.idled(at: now)
                }
                now += length
            }
        }
        guard !reader.isDone else { return }
        if response.ending == .open {
            now = reader.deadline
            reader.idled(at: now)
        } else {
            reader.ended(isCut: response.ending == .cut, at: now)
        }
    }

    package mutating func wait(_ duration: Duration) throws {
        waits.append(duration)
    }
}
