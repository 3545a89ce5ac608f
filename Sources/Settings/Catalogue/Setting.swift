/// One row of the catalogue: how a setting is called everywhere, how it is written, and where its value lives.
struct Setting<Root: Sendable>: Sendable {
    /// Its path below the root, for example `timeouts.connect`.
    let path: String
    /// Its environment variable.
    let environment: String
    /// Its command-line flag, without dashes.
    let flag: String
    /// The name of its type.
    let type: String
    /// What it does, in a line.
    let summary: String
    /// Reads it into the root; false after a complaint.
    let read: @Sendable (SourceValue, String, inout Root, inout Reading) -> Bool
    /// Its value as YAML; nil if it is not set.
    let show: @Sendable (Root) -> String?

    /// One row. The names follow from the path unless they are given.
    init<Value: Sendable>(
        _ path: String, _ place: any WritableKeyPath<Root, Value> & Sendable, _ grammar: Grammar<Value>,
        prefix: (environment: String, flag: String),
        environment: String? = nil, flag: String? = nil, _ summary: String
    ) {
        self.path = path
        let words = path.map { $0 == "." ? "_" : $0 }
        self.environment = environment ?? prefix.environment + String(words).uppercased()
        self.flag = flag ?? prefix.flag + String(words.map { $0 == "_" ? "-" : $0 })
        self.type = grammar.name
        self.summary = summary
        read = { source, path, root, reading in
            reading.given.insert(path)
            guard let value = grammar.read(source, path, &reading) else { return false }
            root[keyPath: place] = value
            return true
        }
        show = { grammar.show($0[keyPath: place]) }
    }
}
