import Support
import Testing

@testable import Sealing

/// What is sealed comes back byte for byte, to whom it was sealed for, and to nobody else.
@Suite struct SealTests {
    static let key = "an example key of more than 32 characters, not for use"
    static let binding = SealBinding(model: "deepseek-v4", client: Array("token 3".utf8))
    static let limit = 1 << 20
    let seal = ReasoningSeal(keys: [Self.key])

    private func sealed(_ reasoning: [UInt8], for binding: SealBinding = Self.binding) throws -> [UInt8] {
        Array(try #require(seal.seal(reasoning, for: binding)).utf8)
    }

    @Test(arguments: [0, 1, 2, 3, 15, 16, 17, 255, 4096, 60_000, 200_000])
    func whatIsSealedComesBackByteForByte(count: Int) throws {
        var random = SeededRandom(seed: UInt64(count))
        let reasoning = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        let text = try sealed(reasoning)
        #expect(text.count == SealedValue.textByteCount(ofReasoning: count))
        #expect(text.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        #expect(seal.open(text, for: Self.binding, atMost: Self.limit) == .opened(reasoning))
        #expect(seal.open(text, for: Self.binding, atMost: count) == .opened(reasoning), "the limit itself is allowed")
    }

    @Test func everyFlippedBitIsRefused() throws {
        let text = try sealed(Array("The secret of the zebra is its stripes.".utf8))
        var refusals: [SealOpening.Refusal: Int] = [:]
        for index in text.indices {
            for bit in 0..<8 {
                var changed = text
                changed[index] ^= 1 << bit
                let opening = seal.open(changed, for: Self.binding, atMost: Self.limit)
                guard case .refused(let why) = opening else {
                    Issue.record("bit \(bit) of byte \(index) does not count")
                    continue
                }
                refusals[why, default: 0] += 1
            }
        }
        #expect(refusals[.foreign] == 24)
        #expect(refusals[.otherVersion, default: 0] > 0 && refusals[.otherKey, default: 0] > 0 && refusals[.notAuthentic, default: 0] > 300)
    }

    @Test func everyCutAndEveryAdditionIsRefused() throws {
        let text = try sealed(Array("The secret of the zebra".utf8))
        for count in 0..<text.count {
            #expect(seal.open(Array(text[..<count]), for: Self.binding, atMost: Self.limit) != .opened([]), "\(count)")
            if case .opened = seal.open(Array(text[..<count]), for: Self.binding, atMost: Self.limit) { Issue.record("cut at \(count)") }
        }
        for addition in ["A", "=", "\n", " ", "AAAA", "."] {
            #expect(seal.open(text + Array(addition.utf8), for: Self.binding, atMost: Self.limit) == .refused(.notAuthentic), "\(addition)")
        }
    }

    @Test func piecesOfTwoValuesDoNotMakeAThird() throws {
        let (one, other) = (try sealed(Array("one thought".utf8)), try sealed(Array("two thought".utf8)))
        #expect(one != other)
        for split in 16..<one.count - 1 where one[..<split] != other[..<split] && one[split...] != other[split...] {
            let mixed = Array(one[..<split]) + Array(other[split...])
            #expect(seal.open(mixed, for: Self.binding, atMost: Self.limit) == .refused(.notAuthentic), "\(split)")
        }
    }

    @Test(arguments: [
        SealBinding(model: "deepseek-v3", client: Array("token 3".utf8)), SealBinding(model: "deepseek-v4", client: Array("token 4".utf8)),
        SealBinding(model: "deepseek-v4"), SealBinding(model: "", client: Array("token 3".utf8)), SealBinding(model: ""),
        SealBinding(model: "deepseek-v4token 3"), SealBinding(model: "deepseek-v", client: Array("4token 3".utf8)),
    ])
    func itOpensForNoOtherModelAndNoOtherClient(other: SealBinding) throws {
        let text = try sealed(Array("thought".utf8))
        #expect(seal.open(text, for: other, atMost: Self.limit) == .refused(.notAuthentic))
        #expect(other.bytes != Self.binding.bytes)
    }

    @Test func aValueThatIsTooLongIsNotDecoded() throws {
        let text = try sealed([UInt8](repeating: 0x61, count: 1001))
        #expect(seal.open(text, for: Self.binding, atMost: 1000) == .refused(.tooLong))
        #expect(seal.open(text, for: Self.binding, atMost: 1001) != .refused(.tooLong))
        // Not even its characters are looked at.
        let junk = SealedValue.prefix + [UInt8](repeating: 0x7F, count: 5000)
        #expect(seal.open(junk, for: Self.binding, atMost: 1000) == .refused(.tooLong))
    }

    @Test(arguments: [
        "", "reasoning-proxy", "r", "rp", "RP.AAAA", "EqQBCkYIBxgCKkBzZXNzaW9u", "gAAAAABo", "{\"a\": 1}",
    ])
    func valuesOfOthersAreForeign(text: String) {
        #expect(seal.open(Array(text.utf8), for: Self.binding, atMost: Self.limit) == .refused(.foreign))
    }

    @Test(arguments: ["rp.", "rp.A", "rp.AQ==", "rp.AQ", "rp.!", "rp.AR"])
    func whatIsTooShortIsNotAuthentic(text: String) {
        #expect(seal.open(Array(text.utf8), for: Self.binding, atMost: Self.limit) == .refused(.notAuthentic))
    }

    @Test func anotherVersionIsRefusedAsSuch() throws {
        for version in [UInt8(0), 2, 255] {
            let text = SealedValue.prefix + Base64URL.encoded([version] + [UInt8](repeating: 7, count: 60))
            #expect(seal.open(text, for: Self.binding, atMost: Self.limit) == .refused(.otherVersion))
        }
    }
}
