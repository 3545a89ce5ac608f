extension SettingsCatalogue {
    /// Every setting for `--help`: flag, environment variable, type and default, then what it does.
    public static var help: String {
        rows.map { row in
            let standard = row.standard.isEmpty ? "" : ", default \(row.standard)"
            return "  --\(row.flag) <\(row.type)>\n      \(row.summary)\n      file \(row.path), environment \(row.environment)\(standard)"
        }.joined(separator: "\n") + "\n"
    }

    /// The same as a Markdown table, for the documentation.
    public static var markdownTable: String {
        let head = "| Setting | Environment | Flag | Type | Default | Meaning |\n|---|---|---|---|---|---|\n"
        return head
            + rows.map { row in
                let standard = row.standard.isEmpty ? "" : "`\(row.standard)`"
                return "| `\(row.path)` | `\(row.environment)` | `--\(row.flag)` | \(row.type) | \(standard) | \(row.summary) |\n"
            }.joined()
    }

    /// Short names of flags, beside their own.
    static let shortFlags = ["threads": "server-threads"]

    /// Takes the flags of the catalogue out of a command line: `--flag value` and `--flag=value`.
    ///
    /// Everything else stays in its order, so that a parser of options can have it. After `--` nothing is taken. A flag
    /// without a value, at the end or before another flag, gets an empty one, about which the loader will complain.
    ///
    /// - Parameter arguments: the command line without the program's name.
    /// - Returns: the flags with their values, and what is left.
    public static func takeFlags(from arguments: [String]) -> (flags: [SettingsSources.Flag], rest: [String]) {
        let known = Set(rows.map(\.flag))
        var flags: [SettingsSources.Flag] = []
        var rest: [String] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            guard argument != "--" else {
                rest += arguments[index...]
                break
            }
            let word = argument.hasPrefix("--") ? argument.dropFirst(2) : ""
            let written = String(word.prefix { $0 != "=" })
            let name = shortFlags[written] ?? written
            index += 1
            guard known.contains(name) else {
                rest.append(argument)
                continue
            }
            if written.count < word.count {
                flags.append(.init(name, String(word.dropFirst(written.count + 1))))
            } else if index < arguments.count, !arguments[index].hasPrefix("--") {
                flags.append(.init(name, arguments[index]))
                index += 1
            } else {
                flags.append(.init(name, ""))
            }
        }
        return (flags, rest)
    }
}
