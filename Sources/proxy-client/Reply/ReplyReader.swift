import EventStream
import Foundation

/// One thing read from a reply's body.
enum ReplyItem: Sendable {
    case chunk(ReplyChunk)
    case whole(WholeReply)
    /// `[DONE]`: the server says that the stream is complete.
    case done
    /// An error in place of a reply: an error status, or an error object with status 200.
    case refusal(ServerError?, text: String)
    /// An event that is not a chat chunk; the stream goes on.
    case unreadable
    /// The body cannot be read any further.
    case broken(String)
}

/// Turns a reply's bytes into items, as they come: a stream of events, a whole completion, or an error body.
struct ReplyReader: ~Copyable {
    private enum Kind { case events, whole, refusal }

    /// A whole reply larger than this is not read; far more than any model answers.
    static let byteLimit = 64 << 20

    private let kind: Kind
    private var framer = EventFramer()
    private var body: [UInt8] = []

    init(head: ReplyHead, asksForStream: Bool) {
        let type = head.value(of: "content-type")?.lowercased() ?? ""
        kind =
            switch type {
            case _ where !(200..<300).contains(head.status), _ where type.contains("html"): .refusal
            case _ where type.contains("event-stream"): .events
            case _ where type.contains("json"): .whole
            default: asksForStream ? .events : .whole
            }
    }

    /// Takes the next bytes of the body and reports what they complete.
    mutating func receive(_ bytes: Span<UInt8>, _ report: (ReplyItem) -> Void) {
        switch kind {
        case .events: receiveEvents(bytes, report)
        case .whole, .refusal: collect(bytes, report)
        }
    }

    /// The body has ended; reports what only the end could complete.
    mutating func finish(_ report: (ReplyItem) -> Void) {
        switch kind {
        case .events: finishEvents(report)
        case .whole: report(Self.whole(body))
        case .refusal: report(Self.refusal(body))
        }
        body = []
    }

    private mutating func receiveEvents(_ bytes: Span<UInt8>, _ report: (ReplyItem) -> Void) {
        do {
            try framer.receive(bytes) { _, data in
                if let item = Self.item(ofEvent: Array(copying: data)) { report(item) }
            }
        } catch {
            report(.broken("the event stream cannot be read: \(error.message)"))
        }
    }

    /// The last event may lack its blank line. Half an event is no news here: the missing end says it already.
    private mutating func finishEvents(_ report: (ReplyItem) -> Void) {
        do {
            try framer.finish { _, data in
                switch Self.item(ofEvent: Array(copying: data)) {
                case .none, .unreadable: break
                case .some(let item): report(item)
                }
            }
        } catch {
            report(.broken("the event stream cannot be read: \(error.message)"))
        }
    }

    private mutating func collect(_ bytes: Span<UInt8>, _ report: (ReplyItem) -> Void) {
        guard body.count + bytes.count <= Self.byteLimit else {
            return report(.broken("the reply is larger than \(Self.byteLimit >> 20) MiB"))
        }
        body += Array(copying: bytes)
    }

    private static func item(ofEvent data: [UInt8]) -> ReplyItem? {
        if data.elementsEqual("[DONE]".utf8) { return .done }
        if data.isEmpty { return nil }
        // `try?`: whatever is wrong with one event, the answer is to say so and read on.
        guard let chunk = try? JSONDecoder().decode(ReplyChunk.self, from: Data(data)) else { return .unreadable }
        return .chunk(chunk)
    }

    private static func whole(_ body: [UInt8]) -> ReplyItem {
        let data = Data(body)
        let decoder = JSONDecoder()
        // `try?`: which key is missing does not help the user; that the body is not a completion does.
        if let chunk = try? decoder.decode(ReplyChunk.self, from: data), let error = chunk.error { return .refusal(error, text: "") }
        if let reply = try? decoder.decode(WholeReply.self, from: data) { return .whole(reply) }
        return .refusal(try? decoder.decode(ServerError.self, from: data), text: String(decoding: body, as: UTF8.self))
    }

    private static func refusal(_ body: [UInt8]) -> ReplyItem {
        // `try?`: error bodies are often not JSON at all; then their text is shown.
        .refusal(try? JSONDecoder().decode(ServerError.self, from: Data(body)), text: String(decoding: body, as: UTF8.self))
    }
}

extension Array where Element == UInt8 {
    /// The bytes of `span`, owned.
    init(copying span: Span<UInt8>) {
        self.init()
        reserveCapacity(span.count)
        for index in span.indices { append(span[index]) }
    }
}
