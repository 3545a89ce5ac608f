import Crypto

/// A key, and the id by which values name it.
struct SealKey: Sendable {
    static let idByteCount = 8

    let key: SymmetricKey
    /// Derived from the same text, beside the key: it says nothing of it.
    let id: [UInt8]

    /// A key from a text.
    ///
    /// HKDF (RFC 5869) over the text's UTF-8 as it stands: a text in base64 or hex keeps all of its entropy, and nobody has to say which of
    /// them it is. It does not make a short text strong.
    init(text: String) {
        self.init(SymmetricKey(data: Array(text.utf8)))
    }

    static func random() -> SealKey { SealKey(SymmetricKey(size: .bits256)) }

    private init(_ material: SymmetricKey) {
        key = HKDF<SHA256>.deriveKey(inputKeyMaterial: material, info: SealKey.label("key"), outputByteCount: 32)
        id = Array(HMAC<SHA256>.authenticationCode(for: SealKey.label("key id"), using: material).prefix(SealKey.idByteCount))
    }

    private static func label(_ purpose: String) -> [UInt8] { Array("reasoning-proxy carried reasoning 1 \(purpose)".utf8) }
}
