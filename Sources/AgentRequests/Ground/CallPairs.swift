/// Which result answers which call.
///
/// Ids repeat: some servers number the calls of each turn from zero. So a result belongs to the first open call of its id in the newest run of
/// calls before it; what an older run has left open stays open for good.
struct CallPairs: Sendable {
    /// Indices of results by the indices of their calls.
    private(set) var results: [Int: Int] = [:]
    /// Indices of the results that answer a call.
    private(set) var answering: Set<Int> = []

    private struct Open {
        var run: Int
        var calls: [Int]
        var next = 0
    }

    /// The pairs of a conversation.
    init(_ events: [ConversationEvent]) {
        var open: [[UInt8]: Open] = [:]
        var run = 0
        for (index, event) in events.enumerated() {
            switch event {
            case .call(let call):
                if open[call.id]?.run == run {
                    open[call.id]?.calls.append(index)
                } else {
                    open[call.id] = Open(run: run, calls: [index])
                }
            case .result(let result):
                run += 1
                guard let calls = open[result.id], calls.next < calls.calls.count else { continue }
                open[result.id]?.next += 1
                results[calls.calls[calls.next]] = index
                answering.insert(index)
            case .user:
                run += 1
            case .system, .assistant, .reasoning:
                continue
            }
        }
    }
}
