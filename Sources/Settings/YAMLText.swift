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

    /// The file's path, for the places.
    let path: String

    /// Reads one document.
    func read(_ text: String) -> Outcome {
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            guard let node = try parser.singleRoot() else { return .empty }
            return .document(value(node))
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

    private func value(_ node: Node) -> SourceValue {
        let origin = origin(of: node)
        switch node {
        case .scalar(let scalar):
            let isNothing = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return SourceValue(shape: isNothing ? .nothing : .text(scalar.string), origin: origin)
        case .sequence(let sequence):
            return SourceValue(shape: .list(sequence.map(value)), origin: origin)
        case .mapping(let mapping):
            let pairs = mapping.map {
                (key: SourceKey(name: $0.key.scalar?.string, origin: self.origin(of: $0.key)), value: value($0.value))
            }
            return SourceValue(shape: .mapping(pairs), origin: origin)
        case .alias:
            // The parser has put the anchor's node in place of every alias.
            return SourceValue(shape: .nothing, origin: origin)
        }
    }

    private func origin(of node: Node) -> SettingOrigin {
        .file(path: path, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func place(_ mark: Mark) -> Place {
        Place(line: max(1, mark.line), column: max(1, mark.column))
    }
}
