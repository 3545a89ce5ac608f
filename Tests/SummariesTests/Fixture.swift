import Foundation
import Testing

/// The data of these tests, in `Fixtures/summaries`.
enum Fixture {
    struct Vector: CustomTestStringConvertible, Sendable {
        var name: String
        var input: String
        var expected: [String]
        var testDescription: String { name }
    }

    struct Trace: CustomTestStringConvertible, Sendable {
        var name: String
        var prompt = ""
        var conclusion = ""
        var reasoning: String
        var testDescription: String { name }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/summaries")

    static func vectors(_ name: String) -> [Vector] {
        let lines = text(folder.appending(path: name)).components(separatedBy: "\n")
        var vectors: [Vector] = []
        var input: [String] = []
        var isExpected = false
        func close() {
            guard !vectors.isEmpty else { return }
            vectors[vectors.count - 1].input = input.joined(separator: "\n")
        }
        for line in lines {
            if line.hasPrefix("=== ") {
                close()
                vectors.append(Vector(name: String(line.dropFirst(4)), input: "", expected: []))
                (input, isExpected) = ([], false)
            } else if line == "---" {
                isExpected = true
            } else if isExpected {
                if !line.isEmpty { vectors[vectors.count - 1].expected.append(line) }
            } else {
                input.append(line)
            }
        }
        close()
        return vectors
    }

    static let traces: [Trace] = {
        let files =
            (try? FileManager.default.contentsOfDirectory(at: folder.appending(path: "traces"), includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.path < $1.path }.map(trace)
    }()

    private static func trace(_ file: URL) -> Trace {
        let whole = text(file)
        guard let gap = whole.range(of: "\n\n") else { return Trace(name: file.lastPathComponent, reasoning: whole) }
        var trace = Trace(name: file.lastPathComponent, reasoning: String(whole[gap.upperBound...]))
        for line in whole[..<gap.lowerBound].components(separatedBy: "\n") {
            if line.hasPrefix("prompt: ") { trace.prompt = String(line.dropFirst(8)) }
            if line.hasPrefix("conclusion: ") { trace.conclusion = String(line.dropFirst(12)) }
        }
        return trace
    }

    private static func text(_ file: URL) -> String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }
}
