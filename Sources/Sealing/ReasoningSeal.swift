import Crypto

/// Seals a turn's raw reasoning into an opaque value for a client that keeps the conversation, and opens it when it comes back.
///
/// The value is one line of printable ASCII, encrypted and authenticated (AES-256-GCM): the client can neither read nor change it, nor move
/// it to another model or to another client (``SealBinding``). Nothing is kept here, so any process that has the key can open it.
///
/// Nonces are random. Under one key no more than 2³² values should be sealed (NIST SP 800-38D, 8.3): at a hundred a second that takes more
/// than a year.
public struct ReasoningSeal: Sendable {
    private let keys: [SealKey]

    /// A seal with keys made of texts; the first seals, all of them open, so that a key can be replaced without losing what is under way.
    ///
    /// - Parameter texts: random texts of at least 32 characters, such as `openssl rand -base64 32` prints; a weak one could be guessed by
    ///   whoever has a value. None: a random key of this value's own, which nobody else can open with.
    public init(keys texts: [String] = []) {
        keys = texts.isEmpty ? [SealKey.random()] : texts.map { SealKey(text: $0) }
    }

    /// Seals `reasoning`; nil if the cipher fails, which it does not.
    public func seal(_ reasoning: [UInt8], for binding: SealBinding) -> String? {
        guard let key = keys.first else { return nil }
        var value = SealedValue(keyID: key.id)
        // The reason would be a fault of the library: the reasoning is then not carried, as if it had been too long.
        guard let box = try? AES.GCM.seal(reasoning, using: key.key, authenticating: value.header + binding.bytes) else { return nil }
        value.body.reserveCapacity(SealedValue.nonceByteCount + reasoning.count + SealedValue.tagByteCount)
        value.body += box.nonce
        value.body += box.ciphertext
        value.body += box.tag
        return value.text
    }

    /// Opens what a client sent back.
    ///
    /// - Parameters:
    ///   - text: the value, of whatever origin.
    ///   - binding: for whom it must have been sealed.
    ///   - limit: the most bytes of reasoning; a longer value is not even decoded.
    /// - Returns: the reasoning, byte for byte, or why there is none.
    public func open(_ text: [UInt8], for binding: SealBinding, atMost limit: Int) -> SealOpening {
        do throws(SealOpening.Refusal) {
            let value = try SealedValue(text, atMost: limit)
            guard let key = keys.first(where: { $0.id == value.keyID }) else { throw .otherKey }
            return .opened(try open(value, key, binding))
        } catch {
            return .refused(error)
        }
    }

    private func open(_ value: SealedValue, _ key: SealKey, _ binding: SealBinding) throws(SealOpening.Refusal) -> [UInt8] {
        do {
            let box = try AES.GCM.SealedBox(combined: value.body)
            return Array(try AES.GCM.open(box, using: key.key, authenticating: value.header + binding.bytes))
        } catch {
            // Why does not matter, and must not: which byte was wrong is nobody's business.
            throw .notAuthentic
        }
    }
}
