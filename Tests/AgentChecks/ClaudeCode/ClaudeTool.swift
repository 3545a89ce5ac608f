import Foundation

/// A tool that a scripted Claude Code offers and runs.
package struct ClaudeTool {
    /// What it answers.
    package enum Output {
        case text(String)
        /// PNG data in base64.
        case image(String)
        /// Tools that are now to be had, by name.
        case references([String])
        /// It went wrong.
        case error(String)
        /// Nothing at all.
        case nothing
    }

    package var name: String
    package var schema: [String: Any]
    /// Whether it is offered only after ToolSearch has named it.
    package var isDeferred: Bool
    package var run: ([String: Any]) -> Output

    /// A tool from its parts.
    package init(
        _ name: String, schema: [String: Any] = ["type": "object", "properties": [String: Any]()], isDeferred: Bool = false,
        _ run: @escaping ([String: Any]) -> Output
    ) {
        self.name = name
        self.schema = schema
        self.isDeferred = isDeferred
        self.run = run
    }

    /// The tool as a request declares it.
    var json: [String: Any] {
        var schema = schema
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        var json: [String: Any] = ["name": name, "description": "The tool \(name).", "input_schema": schema]
        if isDeferred { json["defer_loading"] = true }
        return json
    }
}

extension ClaudeTool.Output {
    /// The block that answers a call.
    func result(of id: Any?) -> [String: Any] {
        var block: [String: Any] = ["type": "tool_result", "tool_use_id": id ?? ""]
        switch self {
        case .text(let text): block["content"] = text
        case .image(let data):
            block["content"] = [["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": data]]]
        case .references(let names): block["content"] = names.map { ["type": "tool_reference", "tool_name": $0] }
        case .error(let text):
            block["content"] = "<tool_use_error>\(text)</tool_use_error>"
            block["is_error"] = true
        case .nothing: break
        }
        return block
    }
}
