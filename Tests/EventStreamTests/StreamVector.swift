import EventStream
import Foundation
import Support
import Testing

/// One vector of `Fixtures/sse`; the README there explains the keys.
struct StreamVector: Decodable, CustomTestStringConvertible {
    struct Event: Decodable, Equatable {
        var name: [UInt8]
        var data: [UInt8]

        init(name: [UInt8], data: [UInt8]) {
            self.name = name
            self.data = data
        }

        private enum CodingKeys: CodingKey {
            case name, data, dataHex
        }

        init(from decoder: any Decoder) throws {
            let keys = try decoder.container(keyedBy: CodingKeys.self)
            name = Array(try keys.decodeIfPresent(String.self, forKey: .name)?.utf8 ?? "".utf8)
            data =
                try keys.decodeIfPresent(String.self, forKey: .dataHex).map(bytes(hex:))
                ?? Array(try keys.decode(String.self, forKey: .data).utf8)
        }
    }

    var name: String
    var input: String?
    var inputHex: String?
    var events: [Event]
    var atEnd: Event?
    var lastEventID: String?
    var retry: Int?
    var comments: Int?
    var emptyData: Int?

    var testDescription: String { name }

    func inputBytes() throws -> [UInt8] {
        if let inputHex { return try bytes(hex: inputHex) }
        return Array(try #require(input, "the vector has neither input nor inputHex").utf8)
    }

    /// What the vector says must come out.
    var expected: Reading {
        Reading(
            events: events, atEnd: atEnd.map { [$0] } ?? [], lastEventID: Array((lastEventID ?? "").utf8), retry: retry,
            comments: comments ?? 0, emptyData: emptyData ?? 0)
    }

    static func all() throws -> [StreamVector] {
        try Fixtures.paths(in: "sse", withExtension: "json").flatMap { try Fixtures.json($0, as: [StreamVector].self) }
    }
}

/// Everything a framer said about a stream.
struct Reading: Equatable {
    var events: [StreamVector.Event] = []
    var atEnd: [StreamVector.Event] = []
    var lastEventID: [UInt8] = []
    var retry: Int?
    var comments = 0
    var emptyData = 0
    var error: EventStreamError?

    /// Reads a whole stream that comes in pieces; goes on after an error, to show that nothing more comes.
    init(pieces: [[UInt8]], limits: EventStreamLimits = EventStreamLimits()) {
        var framer = EventFramer(limits: limits)
        for piece in pieces {
            do {
                try framer.receive(piece.span) { events.append(.init(name: $0, data: $1)) }
            } catch {
                self.error = error
            }
        }
        do {
            try framer.finish { atEnd.append(.init(name: $0, data: $1)) }
        } catch {
            self.error = error
        }
        lastEventID = framer.lastEventID
        retry = framer.reconnectionMilliseconds
        comments = framer.commentCount
        emptyData = framer.emptyDataCount
    }

    init(events: [StreamVector.Event], atEnd: [StreamVector.Event], lastEventID: [UInt8], retry: Int?, comments: Int, emptyData: Int) {
        self.events = events
        self.atEnd = atEnd
        self.lastEventID = lastEventID
        self.retry = retry
        self.comments = comments
        self.emptyData = emptyData
    }
}

extension StreamVector.Event: CustomStringConvertible {
    init(name: Span<UInt8>, data: Span<UInt8>) {
        self.init(name: array(name), data: array(data))
    }

    var description: String { "(\(String(decoding: name, as: UTF8.self)): \(String(decoding: data, as: UTF8.self)))" }
}

func array(_ span: Span<UInt8>) -> [UInt8] {
    span.indices.map { span[$0] }
}

struct BadHex: Error {
    var text: String
}

func bytes(hex: String) throws -> [UInt8] {
    let digits = hex.map(\.hexDigitValue)
    guard digits.count.isMultiple(of: 2) else { throw BadHex(text: hex) }
    return try stride(from: 0, to: digits.count, by: 2).map { index in
        guard let high = digits[index], let low = digits[index + 1] else { throw BadHex(text: hex) }
        return UInt8(high * 16 + low)
    }
}
