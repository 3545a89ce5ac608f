import AgentAPIs
import ChatRequests
import Foundation
import Phases
import Support
import Testing

/// Replays the transcripts in `Fixtures/phases`: what happened, the bytes that came of it, and the action, in order.
@Suite struct TranscriptTests {
    @Test(arguments: try Fixtures.paths(in: "phases", withExtension: "transcript"))
    func everyTranscriptReplaysToTheByte(_ path: String) throws {
        let text = String(decoding: try Fixtures.bytes(path), as: UTF8.self)
        var replay = try Replay(text)
        let played = replay.play()
        #expect(played == text)
    }
}

/// A transcript being played again. The format is explained in `Fixtures/phases/README.md`.
struct Replay: ~Copyable {
    struct Unreadable: Error {
        var line: String
    }

    private var machine: StreamMachine
    private let header: String
    private let inputs: [Substring]
    private var log = ""
    /// Everything that came out.
    private(set) var output: [UInt8] = []

    init(_ text: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        header = String(lines.first ?? "")
        inputs = lines.filter { $0.hasPrefix("> ") }
        machine = StreamMachine(try Replay.plan(header.split(separator: " ")))
        machine.mayRestart = header.contains(" may-restart")
    }

    private static func plan(_ words: [Substring]) throws -> StreamPlan {
        let name = words.count > 1 ? String(words[1]) : ""
        let kind = AgentKind(rawValue: name)
        guard words.first == "plan", let style = kind == nil ? WireStyle(rawValue: name) : .events else {
            throw Unreadable(line: words.joined(separator: " "))
        }
        var plan = Streams.plan(style, .full)
        for word in words.dropFirst(2) {
            switch word {
            case "usage": plan.includesUsage = true
            case "chunk-heartbeat": plan.heartbeatForm = .chunk
            case "no-summaries": (plan.promptSummary, plan.reasoning) = (nil, .off)
            case "may-restart": break
            case "summarised": plan.reasoning = .extractive(.init())
            case "collected", "carried", "ping": break
            default: throw Unreadable(line: String(word))
            }
        }
        guard let kind else { return plan }
        let carrier = words.contains("carried") ? ReasoningCarrier { "sealed \($0.count) bytes" } : nil
        plan = kind.plan(plan, isCollected: words.contains("collected"), carrier: carrier)
        if words.contains("ping") {
            var options = ResponsesOptions()
            options.heartbeat = .ping
            plan.agent?.api = .responses(options)
        }
        return plan
    }

    mutating func play() -> String {
        log = header + "\n"
        for input in inputs { play(input) }
        return log
    }

    private mutating func play(_ input: Substring) {
        log += input + "\n"
        let words = input.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        let now = Duration.milliseconds(Int(words[2]) ?? 0)
        let rest = words.count > 3 ? String(words[3]) : ""
        var output: [UInt8] = []
        var action: StreamAction?
        switch words[1] {
        case "opened": machine.opened(at: now, into: &output)
        case "ticked": machine.ticked(at: now, into: &output)
        case "event": action = machine.upstreamSent(Array("data: \(rest)\n\n".utf8).span, at: now, into: &output)
        case "bytes": action = machine.upstreamSent(Array(rest.replacing("\\n", with: "\n").utf8).span, at: now, into: &output)
        case "whole": action = machine.upstreamSentWhole(Array(rest.utf8).span, at: now, into: &output)
        case "ended": action = machine.upstreamEnded(at: now, into: &output)
        case "failed":
            action = machine.upstreamFailed(StreamFailure(code: rest, message: "It failed.", status: 502), at: now, into: &output)
        case "restarted":
            machine.upstreamRestarted(profile: Streams.profile(rest))
        case "gave-up":
            action = machine.gaveUp(StreamFailure(code: rest, message: "It failed.", status: 502), at: now, into: &output)
        case "left": action = machine.clientLeft()
        default: log += "! unknown input\n"
        }
        write(output, action)
    }

    private mutating func write(_ output: [UInt8], _ action: StreamAction?) {
        self.output += output
        if !output.isEmpty, header.contains(" collected") {
            log += "< \(String(decoding: output, as: UTF8.self))\n"
        } else if !output.isEmpty {
            for line in String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                log += line.isEmpty ? "<\n" : "< \(line)\n"
            }
            if output.last != 0x0A { log += "! half a line\n" }
        }
        switch action {
        case .end(.finished): log += "= finished\n"
        case .end(.failed(let failure)): log += "= failed \(failure.code)\n"
        case .end(.clientLeft): log += "= left\n"
        case .lost(let failure): log += "= lost \(failure.code)\n"
        case .proceed, nil: break
        }
    }
}
