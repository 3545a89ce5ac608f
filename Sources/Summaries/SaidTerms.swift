/// What the steps so far have said, by terms.
///
/// Each term knows the steps that hold it as a set of bits, and all steps are compared at once: a sentence costs the same whether three
/// steps were said or ninety.
struct SaidTerms {
    /// Steps remembered. With the default options a summary seldom has more.
    static let mostSteps = 96
    /// Share of a sentence's terms that one earlier step may hold, in percent.
    static let overlapLimit = 60
    /// The same for a conclusion, which says something new with the words of what it is drawn from.
    static let conclusionOverlapLimit = 80
    /// Share that the latest steps together may hold, in percent.
    static let recentOverlapLimit = 85
    static let recentSteps = 5
    /// Bytes that a term takes: itself and the steps that hold it, in a table that may be three eighths full.
    static let bytesPerTerm = (4 + 16) * 8 / 3 + 1

    /// The steps that hold a term, a bit each; the steps take turns with the bits.
    private var steps: [UInt32: UInt128] = [:]
    private var stepCount = 0
    /// The bits of the latest steps.
    private var recent: UInt128 = 0

    var heldBytes: Int { steps.count * Self.bytesPerTerm }

    mutating func add(_ terms: [UInt32]) {
        let bit = Self.bit(stepCount)
        if stepCount >= Self.mostSteps { forget(bit) }
        for term in terms { steps[term, default: 0] |= bit }
        recent |= bit
        if stepCount >= Self.recentSteps { recent &= ~Self.bit(stepCount - Self.recentSteps) }
        stepCount += 1
    }

    private static func bit(_ step: Int) -> UInt128 { 1 << UInt128(step % mostSteps) }

    /// Once a step, when there are more than the bits: looks at every term.
    private mutating func forget(_ bit: UInt128) {
        steps = steps.compactMapValues { $0 & ~bit == 0 ? nil : $0 & ~bit }
    }

    /// True when no step has said the same.
    func isNew(_ judgement: Judgement) -> Bool {
        let limit = judgement.concludes ? Self.conclusionOverlapLimit : Self.overlapLimit
        var shared = StepCounts()
        var known = 0
        for term in judgement.terms {
            guard let holders = steps[term] else { continue }
            shared.add(holders)
            if holders & recent != 0 { known += 1 }
        }
        let count = judgement.terms.count
        return !shared.isAny(above: count * limit / 100) && known * 100 < count * Self.recentOverlapLimit
    }

    /// True when a step has said the term.
    @inline(__always)
    func contains(_ term: UInt32) -> Bool { steps[term] != nil }

    /// True when the latest steps together hold less than `share` percent of the terms.
    func isNewLately(_ terms: [UInt32], upTo share: Int) -> Bool {
        let known = terms.count { steps[$0, default: 0] & recent != 0 }
        return known * 100 < terms.count * share
    }

    /// Terms that two sorted lists share.
    static func shared(_ first: [UInt32], _ second: [UInt32]) -> Int {
        var (a, b, count) = (0, 0, 0)
        while a < first.count, b < second.count {
            if first[a] == second[b] {
                (a, b, count) = (a + 1, b + 1, count + 1)
            } else if first[a] < second[b] {
                a += 1
            } else {
                b += 1
            }
        }
        return count
    }
}

/// A number for each step, written downwards: the first word holds the lowest bit of every number, the last one the highest.
private struct StepCounts {
    private var (ones, twos, fours, eights): (UInt128, UInt128, UInt128, UInt128) = (0, 0, 0, 0)
    private var (sixteens, thirtyTwos, sixtyFours): (UInt128, UInt128, UInt128) = (0, 0, 0)

    /// Adds one to the number of each step in the set.
    mutating func add(_ steps: UInt128) {
        var carry = steps
        Self.add(&carry, to: &ones)
        Self.add(&carry, to: &twos)
        Self.add(&carry, to: &fours)
        Self.add(&carry, to: &eights)
        guard carry != 0 else { return }
        Self.add(&carry, to: &sixteens)
        Self.add(&carry, to: &thirtyTwos)
        Self.add(&carry, to: &sixtyFours)
    }

    private static func add(_ carry: inout UInt128, to digit: inout UInt128) {
        (digit, carry) = (digit ^ carry, digit & carry)
    }

    /// Whether a step's number is higher than `limit`, which is at most 127.
    func isAny(above limit: Int) -> Bool {
        var (higher, equal): (UInt128, UInt128) = (0, .max)
        func compare(_ digit: UInt128, _ place: Int) {
            if limit & place == 0 {
                higher |= equal & digit
                equal &= ~digit
            } else {
                equal &= digit
            }
        }
        compare(sixtyFours, 64)
        compare(thirtyTwos, 32)
        compare(sixteens, 16)
        compare(eights, 8)
        compare(fours, 4)
        compare(twos, 2)
        compare(ones, 1)
        return higher != 0
    }
}
