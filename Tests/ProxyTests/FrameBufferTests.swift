import NIOCore
import Support
import Testing

@testable import Proxy

/// How response bodies are framed.
@Suite struct FrameBufferTests {
    private static let sizes =
        Array(1...40) + [100, 233, 234, 235, 255, 256, 4095, 4096, 10_000, 32_745, 32_746, 32_747, 65_536, 1_048_576]

    private static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
    }

    @Test func everyChunkHasItsSizeInHexadecimalAndBothLineEnds() {
        let frame = FrameBuffer()
        for size in Self.sizes {
            let bytes = Self.bytes(size)
            let expected = Array(String(size, radix: 16).utf8) + [13, 10] + bytes + [13, 10]
            #expect(Array(frame.framed(bytes, isChunked: true).readableBytesView) == expected, "\(size)")
            #expect(Array(frame.framed(bytes, isChunked: false).readableBytesView) == bytes, "\(size)")
        }
    }

    /// Several responses at a time, in pieces of any size, some of which wait: each is read back as it was sent.
    @Test(arguments: 0..<40) func bodiesInChunksAreReadBackWhole(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let frame = FrameBuffer()
        var sent = [[UInt8]](repeating: [], count: 3)
        var waiting = [[ByteBuffer]](repeating: [], count: 3)
        var arrived = sent
        for _ in 0..<200 {
            let stream = Int.random(in: 0..<3, using: &random)
            let size = 1 << Int.random(in: 0...15, using: &random)
            let piece = Self.bytes(Int.random(in: 1...size, using: &random))
            sent[stream] += piece
            waiting[stream].append(frame.framed(piece, isChunked: true))
            // Mostly the system takes a buffer at once.
            if Int.random(in: 0..<4, using: &random) == 0 { continue }
            for buffer in waiting[stream] { arrived[stream] += buffer.readableBytesView }
            waiting[stream] = []
        }
        for stream in 0..<3 {
            for buffer in waiting[stream] { arrived[stream] += buffer.readableBytesView }
            #expect(try Self.unchunked(arrived[stream]) == sent[stream], "stream \(stream)")
        }
    }

    /// The bodies of a row of chunks, read strictly as RFC 9112, section 7.1 says.
    private static func unchunked(_ bytes: [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0 != 13 }
            let size = try #require(Int(String(decoding: digits, as: UTF8.self), radix: 16))
            try #require(size > 0 && rest.dropFirst(digits.count).starts(with: [13, 10]))
            rest = rest.dropFirst(digits.count + 2)
            body += rest.prefix(size)
            try #require(rest.dropFirst(size).starts(with: [13, 10]))
            rest = rest.dropFirst(size + 2)
        }
        return body
    }

    @Test func aBufferThatStillWaitsIsNotWrittenAgain() {
        let frame = FrameBuffer()
        let waiting = (0..<300).map { frame.framed(Self.bytes($0 + 1), isChunked: false) }
        for (index, buffer) in waiting.enumerated() { #expect(Array(buffer.readableBytesView) == Self.bytes(index + 1)) }
    }

    @Test func whatWaitsTakesAtMostTwiceItsSize() {
        let frame = FrameBuffer()
        for size in Self.sizes.reversed() + Self.sizes where size > 256 {
            let buffer = frame.framed(Self.bytes(size), isChunked: true)
            #expect(buffer.storageCapacity <= 2 * (size + 22), "\(size)")
        }
    }

    @Test func aBufferThatWasTakenIsWrittenAgain() {
        let frame = FrameBuffer()
        func address() -> UInt {
            frame.framed(Self.bytes(100), isChunked: true).withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        }
        let first = address()
        for _ in 0..<10 { #expect(address() == first) }
    }
}
