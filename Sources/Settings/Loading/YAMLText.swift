internal import Yams

/// The edge to the YAML library: text in, values with places out.
///
/// Every scalar stays a text: what a value is, its setting says, so that `off`, `1e3` or `12:30` are never taken for
/// something else on the way (YAML 1.1 would).
struct YAMLText {
    /// What one attempt to read the text gave.
    enum Outcome {
        case document(SourceValue)
        /// The text is empty or holds comments only.
        case empty
        case repeatedKey(String, at: Place)
        case malformed(String, at: Place?)
    }

    /// A place in the text, counted from 1.
    struct Place: Hashable {
        let line: Int
        let column: Int
    }

    /// The most values that a file may hold, those behind each alias counted again: nested aliases grow exponentially.
    static let valueLimit = 100_000

    /// The file's path, for the places.
    let path: String
    private var remaining = YAMLText.valueLimit

    init(path: String) {
        self.path = path
    }

    /// Reads one document.
    mutating func read(_ text: String) -> Outcome {
        remaining = Self.valueLimit
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            guard let node = try parser.singleRoot() else { return .empty }
            let document = value(node)
            guard remaining > 0 else { return .malformed("the file holds more than \(Self.valueLimit) values", at: nil) }
            return .document(document)
        } catch let error as YamlError {
            return outcome(of: error)
        } catch {
            return .malformed("this is not YAML", at: nil)
        }
    }

    private func outcome(of error: YamlError) -> Outcome {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return .malformed("this is not YAML: \(context.map { "\($0.text) " } ?? "")\(problem)", at: place(mark))
        case .reader(let problem, _, _, _):
            return .malformed("this is not YAML: \(problem)", at: nil)
        case .duplicatedKeysInMapping(let names, let context):
            return .repeatedKey(names.first ?? "", at: place(context.mark))
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return .malformed("this is not YAML", at: nil)
        }
    }

    private mutating func value(_ node: Node) -> SourceValue {
        let origin = origin(of: node)
        remaining -= 1
        guard remaining > 0 else { return SourceValue(shape: .nothing, origin: origin) }
        switch node {
        case .scalar(let scalar):
            let isNothing = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return SourceValue(shape: isNothing ? .nothing : .text(scalar.string), origin: origin)
        case .sequence(let sequence):
            return SourceValue(shape: .list(elements(of: sequence)), origin: origin)
        case .mapping(let mapping):
            return SourceValue(shape: .mapping(pairs(of: mapping)), origin: origin)
        case .alias:
            // The parser has put the anchor's node in place of every alias.
            return SourceValue(shape: .nothing, origin: origin)
        }
    }

    private mutating func elements(of sequence: Node.Sequence) -> [SourceValue] {
        var values: [SourceValue] = []
        for node in sequence where remaining > 0 { values.append(value(node)) }
        return values
    }

    private mutating func pairs(of mapping: Node.Mapping) -> [(key: SourceKey, value: SourceValue)] {
        var pairs: [(key: SourceKey, value: SourceValue)] = []
        for (key, node) in mapping where remaining > 0 {
            pairs.append((SourceKey(name: key.scalar?.string, origin: origin(of: key)), value(node)))
        }
        return pairs
    }

    private func origin(of node: Node) -> SettingOrigin {
        .file(path: path, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func place(_ mark: Mark) -> Place {
        Place(line: max(1, mark.line), column: max(1, mark.column))
    }
}
