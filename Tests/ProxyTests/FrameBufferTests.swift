import NIOCore
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
