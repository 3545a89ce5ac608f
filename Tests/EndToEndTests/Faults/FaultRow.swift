import Foundation
import Testing

/// One line of the fault wall: a fault, met in one way, and what has to come of it.
struct FaultRow: Sendable, CustomTestStringConvertible {
    /// The part of the fault matrix it belongs to.
    enum Section: String, Sendable {
        case upstream = "8.1"
        case client = "8.2"
        case process = "8.3"
        /// Text that tries to be more than text.
        case injection = "inject"
    }

    let section: Section
    /// The fault as the matrix names it.
    let fault: String
    /// How it is met, such as "stream" or "whole, second upstream".
    let way: String
    /// What is expected, in the words of the table.
    let expected: String
    /// The proxy it is played on; nil for a row that starts programs of its own.
    let stage: FaultStage.Kind?
    /// Plays it: does what the fault is, and tells `run` what was seen and what was not as it should be. What the stage's resources have
    /// to look like afterwards is checked by the wall.
    let play: @Sendable (FaultWall, FaultRun) throws -> Void

    /// A row played on a shared stage.
    init(
        _ section: Section, _ fault: String, way: String, expected: String, on kind: FaultStage.Kind,
        play: @escaping @Sendable (FaultStage, FaultRun) throws -> Void
    ) {
        (self.section, self.fault, self.way, self.expected, stage) = (section, fault, way, expected, kind)
        self.play = { wall, run in
            let stage = try wall.stage(kind)
            try stage.watched(run) { try play(stage, run) }
        }
    }

    /// A row that brings its own programs, and looks after their resources itself.
    init(
        _ section: Section, _ fault: String, way: String, expected: String, play: @escaping @Sendable (FaultWall, FaultRun) throws -> Void
    ) {
        (self.section, self.fault, self.way, self.expected, stage) = (section, fault, way, expected, nil)
        self.play = play
    }

    var testDescription: String { "\(section.rawValue) \(fault), \(way)" }
}

/// What one play of a row has shown.
final class FaultRun {
    /// The status and code that the client saw, or another short word.
    var seen = "-"
    /// What the breaker made of it.
    var breaker = "-"
    /// What was left over, in a few words.
    var resources = "-"
    /// Failures that the breaker must have counted in its window by the end of the play; nil if the row checks that itself.
    var expectedFailures: Double? = 0
    /// Failures in a row that must stand then; nil for the same number.
    var expectedRow: Int?
    private(set) var problems: [String] = []
    /// What is done when the breakers have been looked at: ordinary requests would hide what they counted.
    private var rest: [() throws -> Void] = []

    /// Does something after the breakers have been looked at.
    func afterwards(_ work: @escaping () throws -> Void) {
        rest.append(work)
    }

    /// Does it now, and lets go of what it needed.
    func doTheRest() throws {
        defer { rest = [] }
        for work in rest { try work() }
    }

    /// Notes what is not as it should be.
    func expect(_ condition: Bool, _ problem: @autoclosure () -> String) {
        if !condition { problems.append(problem()) }
    }
}
