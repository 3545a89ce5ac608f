import Foundation

/// What the program prints about itself.
enum Listing {
    static func printBanner(_ catalogue: ScenarioCatalogue) {
        let console = Console.standardOutput
        guard console.isColoured else { return }
        let count = "\(catalogue.scenarios.count) scenarios"
        let lines = [
            "",
            "  " + console.paint("mock-upstream", .bold) + "  " + console.paint("a reasoning model that does what the script says", .dim),
            "  " + console.paint(count, .cyan) + console.paint(", --list shows them; state at /mock/state; Ctrl-C stops", .dim),
            "",
        ]
        Console.write(lines.joined(separator: "\n") + "\n", to: .standardOutput)
    }

    static func printScenarios(_ catalogue: ScenarioCatalogue) {
        let rows = catalogue.scenarios.values.sorted { $0.name < $1.name }.map { scenario in
            (scenario.name, scenario.summary + (scenario.models.isEmpty ? "" : "  [\(scenario.models.joined(separator: ", "))]"))
        }
        printTable(rows)
    }

    static func printFaults() {
        printTable(Fault.Kind.allCases.map { ($0.rawValue, $0.explanation) })
    }

    private static func printTable(_ rows: [(name: String, text: String)]) {
        let console = Console.standardOutput
        let width = rows.map(\.name.count).max() ?? 0
        for row in rows {
            let padding = String(repeating: " ", count: width - row.name.count + 2)
            Console.write(console.paint(row.name, .bold) + padding + row.text + "\n", to: .standardOutput)
        }
    }
}
