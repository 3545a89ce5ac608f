import AgentAPIs
import AgentChecks
import Support
import Testing

/// Tool calls as upstreams send them, and as clients must get them: one at a time, each whole.
@Suite struct CallTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var pieces: [Said]
        var calls: [AgentReading.Call]
        var text = ""
        var testDescription: String { name }
    }

    private static func call(_ id: String, _ name: String, _ arguments: String, kind: String = "function", namespace: String? = nil)
        -> AgentReading.Call
    { AgentReading.Call(id: id, kind: kind, namespace: namespace, name: name, arguments: arguments) }

    static let cases: [Case] = [
        Case(
            name: "pieces of two calls mixed",
            pieces: [
                .call(0, id: "a", name: "shell", "{\"x\""), .call(1, id: "b", name: "get", "{\"y\""), .call(0, ":1}"), .call(1, ":2}"),
            ], calls: [call("a", "shell", #"{"x":1}"#), call("b", "get", #"{"y":2}"#)]),
        Case(
            name: "the second is whole before the first",
            pieces: [
                .call(0, id: "a", name: "shell", "{"), .call(1, id: "b", name: "get", "{}"), .call(0, "}"),
            ], calls: [call("a", "shell", "{}"), call("b", "get", "{}")]),
        Case(
            name: "a name in the second piece", pieces: [.call(0, id: "a", ""), .call(0, name: "shell", "{}")],
            calls: [call("a", "shell", "{}")]),
        Case(
            name: "a name behind the arguments",
            pieces: [.call(0, id: "a", "{}"), .call(1, id: "b", name: "get", "{}"), .call(0, name: "shell", "")],
            calls: [call("a", "shell", "{}"), call("b", "get", "{}")]),
        Case(
            name: "a name in two pieces, the first of which is no tool",
            pieces: [
                .call(0, id: "a", name: "get_", ""), .call(0, name: "weather", "{"), .call(0, "}"),
            ], calls: [call("a", "get_weather", "{}")]),
        Case(
            name: "a name that never comes", pieces: [.call(0, id: "a", "{}"), .call(1, id: "b", name: "get", "{}")],
            calls: [call("a", "unnamed_tool", "{}"), call("b", "get", "{}")]),
        Case(
            name: "name and id in every piece",
            pieces: [
                .call(0, id: "a", name: "shell", "{\"x\""), .call(0, id: "a", name: "shell", ":1"), .call(0, id: "a", name: "shell", "}"),
            ], calls: [call("a", "shell", #"{"x":1}"#)]),
        Case(
            name: "an id of its own for every piece",
            pieces: [
                .call(0, id: "a", name: "shell", "{\"x\""), .call(0, id: "b", ":1"), .call(0, id: "c", "}"),
            ], calls: [call("a", "shell", #"{"x":1}"#)]),
        Case(
            name: "one index for all, each whole",
            pieces: [.call(0, id: "a", name: "get", "{}"), .call(0, id: "b", name: "get", #"{"y":2}"#)],
            calls: [call("a", "get", "{}"), call("b", "get", #"{"y":2}"#)]),
        Case(
            name: "one index for all, in pieces",
            pieces: [
                .call(0, id: "a", name: "get", "{"), .call(0, "}"), .call(0, id: "b", name: "shell", "{"), .call(0, "}"),
            ], calls: [call("a", "get", "{}"), call("b", "shell", "{}")]),
        Case(
            name: "no index, ids",
            pieces: [
                .call(nil, id: "a", name: "get", "{"), .call(nil, id: "b", name: "shell", "{"), .call(nil, id: "a", "}"),
                .call(nil, id: "b", "}"),
            ], calls: [call("a", "get", "{}"), call("b", "shell", "{}")]),
        Case(
            name: "no index and no ids", pieces: [.call(nil, name: "get", "{"), .call(nil, "}"), .call(nil, name: "shell", "{}")],
            calls: [call("call_t1_0", "get", "{}"), call("call_t1_1", "shell", "{}")]),
        Case(
            name: "one id for two calls", pieces: [.call(0, id: "x", name: "get", "{}"), .call(1, id: "x", name: "get", "{}")],
            calls: [call("x", "get", "{}"), call("call_t1_1", "get", "{}")]),
        Case(name: "no arguments", pieces: [.call(0, id: "a", name: "get", "")], calls: [call("a", "get", "{}")]),
        Case(name: "white space for arguments", pieces: [.call(0, id: "a", name: "get", " \n")], calls: [call("a", "get", " \n{}")]),
        Case(
            name: "arguments that are no JSON", pieces: [.call(0, id: "a", name: "get", "{\"x\": oops")],
            calls: [call("a", "get", "{\"x\": oops")]),
        Case(
            name: "white space behind a call that is closed",
            pieces: [
                .call(0, id: "a", name: "get", "{}"), .call(1, id: "b", name: "get", "{}"), .call(0, "\n"),
            ], calls: [call("a", "get", "{}"), call("b", "get", "{}")]),
        Case(
            name: "brackets and quotes in strings",
            pieces: [
                .call(0, id: "a", name: "get", #"{"x":"}\"]{"#), .call(1, id: "b", name: "get", "{}"), .call(0, #"\\"}"#),
            ], calls: [call("a", "get", #"{"x":"}\"]{\\"}"#), call("b", "get", "{}")]),
        Case(
            name: "text behind an unfinished call",
            pieces: [.call(0, id: "a", name: "get", "{"), .text("And "), .text("so."), .call(0, "}")],
            calls: [call("a", "get", "{}")], text: "And so."),
        Case(
            name: "a namespace", pieces: [.call(0, id: "a", name: "files__read", "{}")],
            calls: [call("a", "read", "{}", namespace: "files")]),
        Case(
            name: "a namespace with a dot, a prefix",
            pieces: [
                .call(0, id: "a", name: "files.read", "{}"), .call(1, id: "b", name: "functions.shell", "{}"),
            ], calls: [call("a", "read", "{}", namespace: "files"), call("b", "shell", "{}")]),
        Case(name: "an unknown tool", pieces: [.call(0, id: "a", name: "nope", "{}")], calls: [call("a", "nope", "{}")]),
    ]

    @Test(arguments: cases, Kind.allCases)
    func callsGoOutOneAtATime(_ test: Case, _ kind: Kind) {
        let said: [Said] = [.opened, .answerBegan] + test.pieces + [.finished(.complete), .ended(nil)]
        let telling = Telling(said, Answers.plan(kind))
        let (problems, reading, _) = telling.read(kind)
        #expect(problems.isEmpty, "\(problems)\n\(telling.text)")
        #expect(reading.text == test.text)
        var expected = test.calls
        if kind == .messages {
            for index in expected.indices {
                expected[index].namespace = nil
                // A block without a delta has an empty input.
                if test.name == "no arguments" { expected[index].arguments = "" }
                if test.name == "white space for arguments" { expected[index].arguments = " \n" }
            }
        }
        #expect(reading.calls == expected)
        #expect(reading.ending == (kind == .responses ? "completed" : "tool_use"))
    }

    struct Input: CustomTestStringConvertible, Sendable {
        var arguments: String
        var input: String
        var testDescription: String { arguments }
    }

    @Test(arguments: [
        Input(arguments: #"{"input":"a\n\"b\" 🙂"}"#, input: "a\n\"b\" 🙂"),
        Input(arguments: #" {"other":1,"input":"x"} "#, input: "x"),
        Input(arguments: #"{"input":"first","input":"last"}"#, input: "last"),
        Input(arguments: #"{"patch":"x"}"#, input: "x"),
        Input(arguments: #"{"a":"x","b":"y"}"#, input: #"{"a":"x","b":"y"}"#),
        Input(arguments: #"{"input":{"deep":1}}"#, input: #"{"input":{"deep":1}}"#),
        Input(arguments: #""just text""#, input: "just text"),
        Input(arguments: "*** Begin Patch\n", input: "*** Begin Patch\n"),
        Input(arguments: #"{"input":"unfinished"#, input: #"{"input":"unfinished"#),
        Input(arguments: "", input: ""),
    ])
    func aCustomToolGetsItsText(_ test: Input) {
        let telling = Telling(
            [.opened, .answerBegan, .call(0, id: "c", name: "patch", test.arguments), .finished(.complete), .ended(nil)],
            Answers.plan(.responses))
        let (problems, reading, types) = telling.read(.responses)
        #expect(problems.isEmpty, "\(problems)\n\(telling.text)")
        #expect(reading.calls == [Self.call("c", "patch", test.input, kind: "custom")])
        #expect(!types.contains { $0.contains("function_call") })
    }

    /// A client runs what is done: of a call that was cut it must see no end.
    @Test(arguments: [AnswerEnd.length, .contentFilter])
    func aCallThatWasCutIsNeverDone(_ end: AnswerEnd) {
        let said: [Said] = [
            .opened, .answerBegan, .call(0, id: "a", name: "shell", "{}"), .call(1, id: "b", name: "patch", #"{"input":"half"#),
            .finished(end),
            .ended(nil),
        ]
        let telling = Telling(said, Answers.plan(.responses))
        let (problems, reading, types) = telling.read(.responses)
        #expect(problems.isEmpty, "\(problems)\n\(telling.text)")
        #expect(reading.calls == [Self.call("a", "shell", "{}")])
        #expect(reading.cutCalls.map(\.name) == ["patch"])
        #expect(types.filter { $0 == "response.output_item.done" }.count == 1)
        let (others, message, _) = Telling(said, Answers.plan(.messages)).read(.messages)
        #expect(others.isEmpty && message.ending == (end == .length ? "max_tokens" : "refusal"))
    }

    /// A whole call is done whatever ended the answer.
    @Test func aWholeCallIsDoneBeforeALimit() {
        let said: [Said] = [.opened, .answerBegan, .call(0, id: "a", name: "shell", "{}"), .finished(.length), .ended(nil)]
        #expect(Telling(said, Answers.plan(.responses)).read(.responses).reading.calls.count == 1)
    }

    /// Random mixtures of whole calls and text: nothing is lost, nothing is mixed up.
    @Test(arguments: Kind.allCases)
    func anyMixtureComesOutWhole(_ kind: Kind) {
        var random = SeededRandom(seed: 7)
        for _ in 0..<300 {
            let count = Int.random(in: 1...4, using: &random)
            var rests = (0..<count).map { Array(#"{"n":\#($0),"s":"}]\"é🙂{"}"#) }
            let whole = rests.map { String($0) }
            var started = Set<Int>()
            var text = ""
            var said: [Said] = [.opened, .answerBegan]
            while rests.contains(where: { !$0.isEmpty }) {
                let index = Int.random(in: 0..<count, using: &random)
                if Int.random(in: 0..<6, using: &random) == 0 {
                    said.append(.text("t\(said.count) "))
                    text += "t\(said.count - 1) "
                }
                guard !rests[index].isEmpty else { continue }
                let size = min(rests[index].count, Int.random(in: 0...5, using: &random))
                let piece = String(rests[index].prefix(size))
                rests[index].removeFirst(size)
                let isFirst = started.insert(index).inserted
                let name = Int.random(in: 0..<3, using: &random) > 0 || rests[index].isEmpty
                said.append(.call(index, id: isFirst ? "c\(index)" : "", name: isFirst && name ? "shell" : "", piece))
            }
            for index in 0..<count { said.append(.call(index, name: "shell", "")) }
            said += [.finished(.complete), .ended(nil)]
            let telling = Telling(said, Answers.plan(kind))
            let (problems, reading, _) = telling.read(kind)
            #expect(problems.isEmpty, "\(problems)\n\(said)")
            #expect(reading.text == text, "\(said)")
            #expect(
                Dictionary(uniqueKeysWithValues: reading.calls.map { ($0.id, $0.arguments) })
                    == Dictionary(uniqueKeysWithValues: whole.enumerated().map { ("c\($0)", $1) }), "\(said)")
            #expect(reading.calls.allSatisfy { $0.name == "shell" })
        }
    }
}
