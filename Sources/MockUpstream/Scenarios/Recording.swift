/// A recorded stream: played as it was, so pacing, chunking by bytes, framing and faults apply, and nothing else.
struct Recording: Sendable, Equatable {
    /// One event.
    struct Line: Sendable, Equatable {
        var payload: [UInt8]
        /// For streams whose events are named (Responses, Messages).
        var eventName: String?
        /// The bytes are a whole event with its framing (`.sse` files).
        var isFramed = false
        var phase: Phase
    }

    var lines: [Line]
    /// Whether `[DONE]` has to be added.
    var wantsDone: Bool
    /// The chunks, for an answer that is not streamed.
    var chunks: [JSON]

    /// Reads a `.jsonl` file: one chunk object per line, without `[DONE]`; empty lines are skipped.
    init(jsonLines bytes: [UInt8], file: String) throws(ScenarioError) {
        lines = []
        chunks = []
        wantsDone = true
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let payload = line.last == 0x0D ? Array(line.dropLast()) : Array(line)
            guard payload.contains(where: { $0 > 0x20 }) else { continue }
            do throws(JSONProblem) {
                let chunk = try JSON(parsing: payload)
                let name = chunk["choices"] == nil ? chunk["type"]?.text : nil
                if name != nil { wantsDone = false }
                lines.append(Line(payload: payload, eventName: name, phase: Self.phase(of: chunk)))
                chunks.append(chunk)
            } catch {
                throw .syntax(file: file, problem: JSONProblem(line: index + 1, column: error.column, problem: error.problem))
            }
        }
        guard !lines.isEmpty else { throw .invalid(file: file, path: "the recording", problem: "has no chunk") }
    }

    /// Reads a `.sse` file: the body of a response, byte for byte.
    init(eventStream bytes: [UInt8]) {
        lines = []
        chunks = []
        wantsDone = false
        for block in Self.blocks(of: bytes) {
            let chunk = Self.data(of: block).flatMap { data in try? JSON(parsing: data) }  // not every block holds JSON
            lines.append(Line(payload: block, isFramed: true, phase: chunk.map(Self.phase) ?? .ending))
            if let chunk { chunks.append(chunk) }
        }
    }

    /// What a chunk is about: its first choice's delta decides.
    private static func phase(of chunk: JSON) -> Phase {
        for choice in chunk["choices"]?.elements ?? [] {
            guard let delta = choice["delta"] else { continue }
            let text = ChunkText(delta)
            if !text.reasoning.isEmpty { return .reasoning }
            if !text.answer.isEmpty || delta["tool_calls"]?.elements?.isEmpty == false { return .answer }
        }
        return chunk["choices"]?.elements?.first?["finish_reason"]?.text == nil ? .opening : .ending
    }

    /// Cuts after each empty line, with LF, CRLF or CR as line end.
    private static func blocks(of bytes: [UInt8]) -> [[UInt8]] {
        var blocks: [[UInt8]] = []
        var block: [UInt8] = []
        var lineIsEmpty = true
        for (index, byte) in bytes.enumerated() {
            block.append(byte)
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            guard byte == 0x0A || (byte == 0x0D && next != 0x0A) else {
                if byte != 0x0D { lineIsEmpty = false }
                continue
            }
            if lineIsEmpty {
                blocks.append(block)
                block = []
            }
            lineIsEmpty = true
        }
        if !block.isEmpty { blocks.append(block) }
        return blocks
    }

    private static func data(of block: [UInt8]) -> [UInt8]? {
        let lines = block.split { $0 == 0x0A || $0 == 0x0D }.filter { $0.starts(with: "data:".utf8) }
        guard !lines.isEmpty else { return nil }
        return Array(lines.map { $0.dropFirst($0.starts(with: "data: ".utf8) ? 6 : 5) }.joined(separator: [0x0A]))
    }
}

/// The texts of one delta or message, whatever the dialect.
struct ChunkText: Sendable, Equatable {
    var reasoning = ""
    var answer = ""

    init(_ delta: JSON) {
        reasoning = delta["reasoning_content"]?.text ?? delta["reasoning"]?.text ?? ""
        switch delta["content"] {
        case .string(let text): answer = text
        case .array(let parts):
            for part in parts {
                answer += part["text"]?.text ?? ""
                for thought in part["thinking"]?.elements ?? [] { reasoning += thought["text"]?.text ?? "" }
            }
        default: break
        }
    }
}
