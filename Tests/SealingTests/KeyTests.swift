import Testing

@testable import Sealing

/// Which key opens what.
@Suite struct KeyTests {
    private static let old = "the key of last year, which is long enough"
    private static let new = "the key of this year, which is long enough"
    private let reasoning = Array("thought".utf8)

    private func carried(_ text: String?, to seal: ReasoningSeal) throws -> SealOpening {
        seal.open(Array(try #require(text).utf8), for: SealTests.binding, atMost: 1 << 20)
    }

    @Test func anyProcessWithTheKeyOpens() throws {
        let text = ReasoningSeal(keys: [Self.old]).seal(reasoning, for: SealTests.binding)
        #expect(try carried(text, to: ReasoningSeal(keys: [Self.old])) == .opened(reasoning))
        #expect(try carried(text, to: ReasoningSeal(keys: [Self.new])) == .refused(.otherKey))
    }

    @Test func theFirstKeySealsAndAllOpen() throws {
        let both = ReasoningSeal(keys: [Self.new, Self.old])
        let before = ReasoningSeal(keys: [Self.old]).seal(reasoning, for: SealTests.binding)
        #expect(try carried(before, to: both) == .opened(reasoning))
        let after = both.seal(reasoning, for: SealTests.binding)
        #expect(try carried(after, to: ReasoningSeal(keys: [Self.new])) == .opened(reasoning))
        #expect(try carried(after, to: ReasoningSeal(keys: [Self.old])) == .refused(.otherKey))
    }

    @Test func withoutAKeyEachProcessHasItsOwn() throws {
        let (one, other) = (ReasoningSeal(), ReasoningSeal())
        let text = one.seal(reasoning, for: SealTests.binding)
        #expect(try carried(text, to: one) == .opened(reasoning))
        #expect(try carried(text, to: other) == .refused(.otherKey))
    }

    @Test func aKeysIDIsNotTheKey() {
        let (one, other) = (SealKey(text: Self.old), SealKey(text: Self.new))
        #expect(one.id.count == SealKey.idByteCount && one.id != other.id)
        one.key.withUnsafeBytes { key in #expect(!Array(key).starts(with: one.id)) }
        #expect(SealKey(text: Self.old).id == one.id)
    }
}
