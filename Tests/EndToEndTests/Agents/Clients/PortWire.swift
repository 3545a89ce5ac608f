import AgentChecks
import Foundation

/// A scripted agent's way to a real server: one connection for each request, real time while it reads, none while it waits for a retry. Every
/// stream that comes is held against the life cycle of its API.
struct PortWire: AgentWire {
    let port: Int
    /// How long the client wanted to wait between requests.
    private(set) var waits: [Duration] = []
    /// The bodies of all responses, with their statuses.
    private(set) var responses: [(status: Int, headers: [String: String], body: [UInt8])] = []
    /// What was wrong with the streams.
    private(set) var problems: [String] = []

    init(port: Int) {
        self.port = port
    }

    mutating func wait(_ duration: Duration) throws {
        waits.append(duration)
    }

    mutating func exchange(_ request: AgentHTTPRequest, _ reader: inout some AgentReader) throws {
        let connection = try RawConnection(port: port)
        var sent = Request("POST", request.target)
        sent.body = request.bytes
        sent.headers += request.headers.map { ($0.name, $0.value) }
        try connection.send(sent.bytes)
        var reading = ResponseReading()
        try read(connection, &reading, &reader)
        responses.append((reading.status, reading.headers, reading.body))
        check(request.target, reading)
    }

    private func read(_ connection: RawConnection, _ reading: inout ResponseReading, _ reader: inout some AgentReader) throws {
        let start = ContinuousClock.now
        while !reader.isDone {
            let rest = min(reader.deadline, .seconds(60)) - (ContinuousClock.now - start)
            do {
                try connection.receive("a piece of the response", within: max(rest, .zero)) { !$0.isEmpty }
            } catch is Overdue where !connection.isClosed {
                return reader.idled(at: ContinuousClock.now - start)
            } catch is Overdue {
                reader.ended(isCut: !reading.isOver(closed: true), at: ContinuousClock.now - start)
                return
            }
            reading.take(connection.take(), ContinuousClock.now - start, &reader)
            if reading.isOver(closed: false), !reader.isDone { reader.ended(isCut: false, at: ContinuousClock.now - start) }
        }
    }

    private mutating func check(_ target: String, _ reading: ResponseReading) {
        guard reading.status == 200, reading.headers["content-type"]?.hasPrefix("text/event-stream") == true else { return }
        if target.hasPrefix("/v1/responses") {
            problems += ResponsesValidator(reading.body).problems
        } else if target.hasPrefix("/v1/messages"), reading.isOver(closed: false) {
            problems += MessagesValidator(reading.body).problems
        }
    }
}

/// An HTTP response as it comes: its head, and its body without the transfer coding.
private struct ResponseReading {
    private(set) var status = 0
    private(set) var headers: [String: String] = [:]
    private(set) var body: [UInt8] = []
    private var rest: [UInt8] = []
    private var isEnded = false

    private var isChunked: Bool { headers["transfer-encoding"]?.lowercased() == "chunked" }

    /// Whether the body has come to its end.
    func isOver(closed: Bool) -> Bool {
        if let length = headers["content-length"].flatMap({ Int($0) }) { return status != 0 && body.count >= length }
        return isChunked ? isEnded : closed && status != 0
    }

    mutating func take(_ bytes: [UInt8], _ time: Duration, _ reader: inout some AgentReader) {
        rest += bytes
        if status == 0 {
            guard readHead() else { return }
            reader.receive(status: status, headers: headers)
        }
        let piece = isChunked ? unchunked() : rest
        if !isChunked { rest = [] }
        body += piece
        if !piece.isEmpty { reader.receive(piece, at: time) }
    }

    private mutating func readHead() -> Bool {
        guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? -1
        for line in lines.dropFirst() {
            let name = line.prefix { $0 != ":" }
            headers[name.lowercased()] = line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
        }
        rest.removeSubrange(..<end.upperBound)
        return true
    }

    private mutating func unchunked() -> [UInt8] {
        var data: [UInt8] = []
        while let lineEnd = rest.firstRange(of: [13, 10]) {
            guard let size = Int(String(decoding: rest[..<lineEnd.lowerBound], as: UTF8.self), radix: 16) else { break }
            let end = lineEnd.upperBound + size
            guard rest.count >= end + 2 else { break }
            data += rest[lineEnd.upperBound..<end]
            rest.removeSubrange(..<(end + 2))
            if size == 0 { isEnded = true }
        }
        return data
    }
}
