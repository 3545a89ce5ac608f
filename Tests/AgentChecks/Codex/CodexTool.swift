import Foundation

/// A tool that a scripted Codex offers and runs.
package struct CodexTool {
    /// How the model calls it.
    package enum Kind: String {
        case function
        case custom
    }

    /// What it answers.
    package enum Output {
        case text(String)
        /// An image, as a data URL.
        case image(String)

        var json: Any {
            switch self {
            case .text(let text): text
            case .image(let url): [["type": "input_image", "image_url": url]]
            }
        }
    }

    package var kind: Kind
    package var namespace: String?
    package var name: String
    /// For a function, the schema of its arguments; for a custom tool, its grammar.
    package var definition: Any
    /// Its work: from the arguments' text or the free text to the output.
    package var run: (String) -> Output

    /// A function; its arguments are parsed before it is run.
    package static func function(
        _ name: String, in namespace: String? = nil, parameters: [String: Any] = ["type": "object", "properties": [String: Any]()],
        _ run: @escaping (String) -> Output
    ) -> CodexTool {
        CodexTool(kind: .function, namespace: namespace, name: name, definition: parameters, run: run)
    }

    /// A tool that takes free text.
    package static func custom(
        _ name: String, in namespace: String? = nil, grammar: String = "start: /.+/", _ run: @escaping (String) -> Output
    ) -> CodexTool {
        CodexTool(kind: .custom, namespace: namespace, name: name, definition: grammar, run: run)
    }

    /// The tool as a request declares it, without its namespace.
    var json: [String: Any] {
        var json: [String: Any] = ["type": kind.rawValue, "name": name, "description": "The tool \(name)."]
        switch kind {
        case .function:
            json["parameters"] = definition
            json["strict"] = false
        case .custom: json["format"] = ["type": "grammar", "syntax": "lark", "definition": definition]
        }
        return json
    }

    /// Tools as a request declares them: those of a namespace inside it.
    static func declared(_ tools: [CodexTool]) -> [[String: Any]] {
        var declared = tools.filter { $0.namespace == nil }.map(\.json)
        var names: [String] = []
        for case let name? in tools.map(\.namespace) where !names.contains(name) { names.append(name) }
        for name in names {
            let inner = tools.filter { $0.namespace == name }.map(\.json)
            declared.append(["type": "namespace", "name": name, "description": "Tools of \(name).", "tools": inner])
        }
        return declared
    }
}

extension [CodexTool] {
    /// The item that answers a call, and what the client says of a call it cannot run; nil for an item that is no call.
    func answer(_ item: [String: Any]) -> (output: [String: Any], complaint: String?)? {
        let type = item["type"] as? String
        guard type == "function_call" || type == "custom_tool_call" else { return nil }
        let (output, complaint) = answer(
            type == "function_call" ? .function : .custom, item["name"] as? String ?? "", item["namespace"] as? String,
            item[type == "function_call" ? "arguments" : "input"] as? String)
        return (["type": "\(type ?? "")_output", "call_id": item["call_id"] ?? NSNull(), "output": output], complaint)
    }

    private func answer(_ kind: CodexTool.Kind, _ name: String, _ namespace: String?, _ text: String?) -> (Any, String?) {
        guard let tool = first(where: { $0.name == name && $0.namespace == namespace }) else {
            let complaint = "unsupported call: \(name)"
            return (complaint, complaint)
        }
        guard tool.kind == kind, let text else { return ("aborted", "incompatible payload") }
        if kind == .function, ((try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]) == nil {
            let complaint = "failed to parse function arguments"
            return (complaint, complaint)
        }
        return (tool.run(text).json, nil)
    }
}
