import ChatRequests
import Foundation
import Phases
import Support
import Testing

/// How the upstream's bytes are cut changes nothing.
///
/// Long streams are cut in two at a seeded sample of places, so that the suite stays within seconds; with `THOROUGH` in the
/// environment every stream of up to some kilobytes is cut at every place.
@Suite struct CuttingTests {
    @Test(arguments: try PhaseVector.all())
    func anyCuttingGivesTheSameBytes(_ vector: PhaseVector) throws {
        let input = try vector.input()
        let chopper = Cuttings.chopper(for: input)
        for style in WireStyle.allCases where style != .off || vector.offDependsOnCutting != true {
            let plan = vector.plan(style)
            let whole = Playing([input], plan)
            for cutting in chopper.cuttings(of: input) {
                let playing = Playing(cutting.pieces, plan)
                #expect(playing.output == whole.output, "\(style), \(cutting)")
                #expect(playing.ends == whole.ends, "\(style), \(cutting)")
                #expect(playing.facts == whole.facts, "\(style), \(cutting)")
                guard style != .off else { continue }
                #expect(playing.releases.allSatisfy { $0.suffix(2) == [0x0A, 0x0A] }, "half an event, \(style), \(cutting)")
            }
        }
    }
}

/// How thoroughly streams are cut.
enum Cuttings {
    static let isThorough = ProcessInfo.processInfo.environment["THOROUGH"] != nil

    static func chopper(for input: [UInt8], budget: Int = 40_000) -> Chopper {
        let most = isThorough ? budget * 500 : budget
        let splits = max(6, min(input.count, most / max(1, input.count)))
        return Chopper(seed: 11, mostSplits: splits, randomCuttings: isThorough ? 20 : 4)
    }
}
