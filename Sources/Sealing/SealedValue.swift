/// The form of a sealed value:
///
///     "rp." base64url( version:1 ‖ key id:8 ‖ nonce:12 ‖ ciphertext ‖ tag:16 )
///
/// Version and key id are authenticated with the binding. Base64 without padding, of which exactly one spelling is taken.
struct SealedValue {
    /// Tells our values from those of other services at first sight.
    static let prefix = Array("rp.".utf8)
    static let version: UInt8 = 1
    static let nonceByteCount = 12
    static let tagByteCount = 16
    private static let headerByteCount = 1 + SealKey.idByteCount

    let keyID: [UInt8]
    /// Nonce, ciphertext, tag.
    var body: [UInt8] = []

    init(keyID: [UInt8]) {
        self.keyID = keyID
    }

    /// Version and key id.
    var header: [UInt8] { [SealedValue.version] + keyID }

    /// The value as clients keep it.
    var text: String {
        // WHY: once per answer; the wire needs a string.
        String(decoding: SealedValue.prefix + Base64URL.encoded(header + body), as: UTF8.self)
    }

    /// How long the text for so many bytes of reasoning is.
    static func textByteCount(ofReasoning count: Int) -> Int {
        prefix.count + Base64URL.encodedByteCount(of: headerByteCount + nonceByteCount + count + tagByteCount)
    }

    /// Takes a value apart; its length is looked at before anything else is done with it.
    init(_ text: [UInt8], atMost limit: Int) throws(SealOpening.Refusal) {
        guard text.starts(with: SealedValue.prefix) else { throw .foreign }
        guard text.count <= SealedValue.textByteCount(ofReasoning: limit) else { throw .tooLong }
        guard let bytes = Base64URL.decoded(text[SealedValue.prefix.count...]) else { throw .notAuthentic }
        guard let version = bytes.first else { throw .notAuthentic }
        guard version == SealedValue.version else { throw .otherVersion }
        let shortest = SealedValue.headerByteCount + SealedValue.nonceByteCount + SealedValue.tagByteCount
        guard bytes.count >= shortest else { throw .notAuthentic }
        keyID = Array(bytes[1..<SealedValue.headerByteCount])
        body = Array(bytes[SealedValue.headerByteCount...])
    }
}
