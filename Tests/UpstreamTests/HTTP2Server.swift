import Foundation

/// The server's side of one HTTP/2 connection without TLS: just enough of RFC 9113 to script a few streams.
///
/// It does not decode fields; it counts the client's windows, so that it knows what it may send.
final class HTTP2Connection: @unchecked Sendable {
    // `@unchecked`: used by its script's thread only.
    enum FrameType: UInt8 { case data = 0, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation }

    struct Frame: Equatable {
        let type: FrameType?
        var flags: UInt8
        var stream: Int
        var payload: [UInt8]
        var endsStream: Bool { flags & 1 != 0 && (type == .data || type == .headers) }
    }

    private let connection: Connection
    private var initialWindow = 65_535
    private var connectionWindow = 65_535
    private var streamWindows: [Int: Int] = [:]

    init(_ connection: Connection) throws {
        self.connection = connection
        // The client's preface ends with two line ends; the rest of it is of no interest.
        _ = try connection.read(24)
        try write(.settings, flags: 0, stream: 0, [])
    }

    /// Reads up to the next frame that is not about the connection itself.
    func nextFrame() throws -> Frame {
        while true {
            if let frame = try takeFrame() { return frame }
        }
    }

    /// Reads one frame; nil if it was about the connection itself and has been obeyed.
    func takeFrame() throws -> Frame? {
        let frame = try readFrame()
        switch frame.type {
        case .settings: try applySettings(frame)
        case .ping: if frame.flags & 1 == 0 { try write(.ping, flags: 1, stream: 0, frame.payload) }
        case .windowUpdate: grow(frame.stream, by: number(frame.payload[0..<4]) & 0x7FFF_FFFF)
        case .priority: break
        default: return frame
        }
        return nil
    }

    /// Obeys frames about the connection until none has come for so long.
    func settle(seconds: Double) {
        connection.setTimeouts(seconds: seconds)
        defer { connection.setTimeouts(seconds: 10) }
        while (try? takeFrame() == nil) ?? false {}
    }

    /// Waits until a request is complete and tells its stream.
    func nextRequest() throws -> Int {
        while true {
            let frame = try nextFrame()
            if frame.endsStream { return frame.stream }
        }
    }

    /// `:status: 200`, which is entry 8 of HPACK's static table.
    func sendHead(_ stream: Int) throws { try write(.headers, flags: 4, stream: stream, [0x88]) }

    /// Sends data within the client's windows; tells how much of it they allowed.
    func sendData(_ stream: Int, _ bytes: [UInt8], end: Bool = false) throws -> Int {
        let allowed = min(bytes.count, connectionWindow, streamWindows[stream, default: initialWindow])
        var sent = 0
        guard allowed > 0 || bytes.isEmpty else { return 0 }
        repeat {
            let next = min(sent + 16_384, allowed)
            let isLast = end && next == bytes.count
            try write(.data, flags: isLast ? 1 : 0, stream: stream, Array(bytes[sent..<next]))
            sent = next
        } while sent < allowed
        grow(stream, by: -sent)
        grow(0, by: -sent)
        return sent
    }

    func resetStream(_ stream: Int, code: UInt32) throws { try write(.reset, flags: 0, stream: stream, bytes(code)) }

    func write(_ type: FrameType, flags: UInt8, stream: Int, _ payload: [UInt8]) throws {
        let length = bytes(UInt32(payload.count)).dropFirst()
        try connection.send([UInt8](length) + [type.rawValue, flags] + bytes(UInt32(stream)) + payload)
    }

    private func readFrame() throws -> Frame {
        let header = try connection.read(9)
        let payload = try connection.read(number(header[0..<3]))
        let stream = number(header[5..<9]) & 0x7FFF_FFFF
        return Frame(type: FrameType(rawValue: header[3]), flags: header[4], stream: stream, payload: payload)
    }

    private func applySettings(_ frame: Frame) throws {
        guard frame.flags & 1 == 0 else { return }
        for start in stride(from: 0, to: frame.payload.count, by: 6) where frame.payload[start + 1] == 4 {
            initialWindow = number(frame.payload[(start + 2)..<(start + 6)])
        }
        try write(.settings, flags: 1, stream: 0, [])
    }

    private func grow(_ stream: Int, by count: Int) {
        if stream == 0 { connectionWindow += count } else { streamWindows[stream, default: initialWindow] += count }
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
    private func bytes(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
}
