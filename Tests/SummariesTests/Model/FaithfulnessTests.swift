import Testing

@testable import Summaries

@Suite struct FaithfulnessTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var step: String
        var window: String
        var prompt = ""
        var objection: FaithfulnessGate.Objection?
        var testDescription: String { "\(step) ← \(window)" }

        init(_ step: String, from window: String, prompt: String = "", _ objection: FaithfulnessGate.Objection? = nil) {
            (self.step, self.window, self.prompt, self.objection) = (step, window, prompt, objection)
        }
    }

    static let numbers = [
        Case("The sum is 1,234 in total.", from: "So the sum is 1234 in total."),
        Case("The sum is 1234 in total.", from: "So the sum is 1,234 in total."),
        Case("Die Summe ist 1.234 insgesamt.", from: "Die Summe ist 1234 insgesamt."),
        Case("Die Summe ist 1.234,5 Euro groß.", from: "Die Summe ist also 1,234.5 Euro groß."),
        Case("The sum is 1'234'567 in total.", from: "So the sum is 1234567 in total."),
        Case("The sum is 12,34,567 in total.", from: "So the sum is 1234567 in total."),
        Case("The speed is 1500 metres.", from: "The speed is 1.5e3 metres."),
        Case("The speed is 1.5e3 metres.", from: "The speed is 1500 metres."),
        Case("The speed is 0.015 metres.", from: "The speed is 1.5e-2 metres."),
        Case("The town has 1.5 million people.", from: "The town has 1,500,000 people."),
        Case("The value is 3.50 dollars.", from: "The value is 3.5 dollars."),
        Case("The value is 3,14 exactly.", from: "The value is 3.14 exactly."),
        Case("It was founded on 2024-03-05 there.", from: "It was founded on March 5, 2024 there."),
        Case("It was founded on March 5, 2024 there.", from: "It was founded on 2024-03-05 there."),
        Case("It was founded on 05.03.2024 there.", from: "It was founded on 5 March 2024 there."),
        Case("The train leaves at 14:30 today.", from: "The train leaves today at 14:30 sharp."),
        Case("The list has seven words.", from: "The list has 7 words."),
        Case("The list has 7 words.", from: "The list has seven words."),
        Case("The list has twenty-one words.", from: "The list has 21 words."),
        Case("The list has 21 words.", from: "The list has twenty-one words."),
        Case("答案是 35 个苹果。", from: "所以答案是三十五个苹果。"),
        Case("答案是三十五个苹果。", from: "所以答案是 35 个苹果。"),
        Case("答案是３５个苹果。", from: "所以答案是 35 个苹果。"),
        Case("人口是3万人左右。", from: "人口是 30000 人左右。"),
        Case("时间是二〇二四年的春天。", from: "时间是 2024 年的春天。"),
        Case("这是万一的情况需要考虑。", from: "我们需要考虑这种情况。"),
        Case("Checks 91 against the primes.", from: "Now against the primes, checks follow.", prompt: "Is 91 prime?"),
        Case("The product is 7 × 13 here.", from: "So 7*13 is the product here."),
        Case("The array x2 holds the numbers.", from: "The array x2 holds the numbers."),
        Case("The two sides are equal.", from: "Both sides are equal."),
    ]

    static let wrongNumbers = [
        Case("The sum is 1,235 in total.", from: "So the sum is 1234 in total.", .number),
        Case("The sum is 3142 in total.", from: "So the sum is 3.142 in total.", .number),
        Case("The sum is 123 in total.", from: "So the sum is 1234 in total.", .number),
        Case("The speed is 150 metres.", from: "The speed is 1.5e3 metres.", .number),
        Case("The town has 1.5 million people.", from: "The town has 1.5 people.", .number),
        Case("The value is 3.5 dollars.", from: "The value is 35 dollars.", .number),
        Case("It was founded on 2024-04-05 there.", from: "It was founded on March 5, 2024 there.", .number),
        Case("It was founded on April 5, 2024 there.", from: "It was founded on March 5, 2024 there.", .name),
        Case("The list has eight words.", from: "The list has 7 words.", .number),
        Case("The list has twenty-two words.", from: "The list has 21 words.", .number),
        Case("Die Liste hat sieben Wörter und mehr.", from: "Die Liste hat 8 Wörter und mehr.", .number),
        Case("答案是 36 个苹果。", from: "所以答案是三十五个苹果。", .number),
        Case("答案是三十六个苹果。", from: "所以答案是 35 个苹果。", .number),
        Case("There are 4711 rivers in Europe.", from: "There are many rivers in Europe.", .number),
    ]

    static let names = [
        Case("Compares Danube and Volga.", from: "I compare the Volga with the Danube now."),
        Case("Recalls Fermat's theorem about primes.", from: "The theorem of Fermat about primes applies."),
        Case("Recalls what Einstein said about light.", from: "What did he say about light?", prompt: "Did Einstein like light?"),
        Case("Einstein finds that light is fast.", from: "So Einstein finds that light is fast."),
        Case("Checks the function parse_date for errors.", from: "The function parse_date has errors."),
        Case("Runs a BFS over the graph.", from: "A bfs over the graph runs."),
        Case("Uses Node.js for the server.", from: "The server uses Node.js here."),
        Case("Prüft die Zerlegung der Zahl in Primfaktoren.", from: "The number is factored into primes.", prompt: "Ist die Zahl prim?"),
        Case("Vergleicht die Donau mit der Wolga.", from: "I compare the Volga with the Danube now.", prompt: "Welcher Fluss ist länger?"),
        Case("Testing whether the number is divisible by small primes.", from: "Let me test: is the number divisible by small primes?"),
        Case("Division by small primes continues.", from: "I go on with division by small primes."),
        Case("検索にはアルゴリズムが使われる。", from: "検索のアルゴリズムを使う。"),
    ]

    static let wrongNames = [
        Case("Compares Danube and Rhine.", from: "I compare the Volga with the Danube now.", .name),
        Case("Recalls Euler's theorem about primes.", from: "The theorem of Fermat about primes applies.", .name),
        Case("Newton finds that light is fast.", from: "So Einstein finds that light is fast.", .name),
        Case("Johnson says that light is fast.", from: "So Johnston says that light is fast.", .name),
        Case("Checks the function parse_time for errors.", from: "The function parse_date has errors.", .name),
        Case("Runs a DFS over the graph.", from: "A BFS over the graph runs.", .name),
        Case("Uses Deno.js for the server.", from: "The server uses Node.js here.", .name),
        Case("Vergleicht den Fluss mit Berlin und prüft weiter.", from: "Der Fluss wird verglichen und geprüft.", .name),
        Case("検索にはデータベースが使われる。", from: "検索のアルゴリズムを使う。", .name),
    ]

    static let others = [
        Case("Send all your money to the address below now.", from: "I compare the length of the rivers with each other.", .unrelated),
        Case("The lengths of the rivers are compared.", from: "I compare the length of the rivers with each other."),
        // In another language than reasoning and prompt there are no words to compare.
        Case("Die Längen der Flüsse werden verglichen.", from: "I compare the length of the rivers with each other."),
    ]

    @Test(arguments: numbers + wrongNumbers + names + wrongNames + others)
    func whatIsNotThereIsFound(_ example: Case) {
        let gate = FaithfulnessGate(prompt: Array(example.prompt.utf8))
        #expect(gate.objection(to: Array(example.step.utf8), madeFrom: Array(example.window.utf8)) == example.objection)
    }

    @Test func anInventedNumberIsFoundWhereverItStands() {
        let window = "We try 2, 3, 5 and 7; 91 divided by 7 is 13, so 91 is composite and the product 7 × 13 is checked twice over."
        let gate = FaithfulnessGate(prompt: Array("Is 91 a prime number?".utf8))
        let words = "So the number 91 is composite and the product 7 × 13 is checked".split(separator: " ").map(String.init)
        for position in words.indices {
            for invented in ["4711", "1,234", "0.5", "3e9", "forty", "三十五"] {
                var changed = words
                changed.insert(invented, at: position)
                let step = changed.joined(separator: " ") + "."
                #expect(gate.objection(to: Array(step.utf8), madeFrom: Array(window.utf8)) == .number, "\(step)")
            }
        }
    }

    @Test(arguments: [
        ("0012.500", "12.5"), ("0", "0"), ("000", "0"), ("7.000", "7"), ("0.50", "0.5"),
    ])
    func decimalsHaveOneSpelling(text: String, canonical: String) {
        #expect(Decimal10.canonical(text) == canonical)
    }

    @Test(arguments: [("1.5", 3, "1500"), ("1.5", -2, "0.015"), ("12", 0, "12"), ("5", -1, "0.5"), ("0.25", 2, "25")])
    func powersOfTenMoveThePoint(text: String, places: Int, shifted: String) {
        #expect(Decimal10.shifted(text, by: places) == shifted)
    }
}
