import Foundation
import Support
import Testing

@testable import Sealing

/// The spelling of bytes as text; Foundation is the judge.
@Suite struct Base64URLTests {
    /// RFC 4648, 10, without the padding.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func vectors(bytes: String, text: String) {
        #expect(Base64URL.encoded(Array(bytes.utf8)) == Array(text.utf8))
        #expect(Base64URL.decoded(Array(text.utf8)[...]) == Array(bytes.utf8))
    }

    @Test func randomBytesAreSpelledAsFoundationDoes() {
        var random = SeededRandom(seed: 64)
        for count in 0..<300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let judged = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            #expect(Base64URL.encoded(bytes) == Array(judged.utf8))
            #expect(Base64URL.encodedByteCount(of: count) == judged.utf8.count)
            #expect(Base64URL.decoded(Array(judged.utf8)[...]) == bytes)
        }
    }

    /// Bits behind the last byte, padding, the other alphabet, white space.
    @Test(arguments: ["Zh", "Zm9", "Z", "Zg==", "Zg=", "Zm+v", "Zm/v", "Zm9v\n", " Zm9v", "Zm9v Zm9v", "Ž"])
    func noOtherSpellingIsTaken(text: String) {
        #expect(Base64URL.decoded(Array(text.utf8)[...]) == nil)
    }
}
