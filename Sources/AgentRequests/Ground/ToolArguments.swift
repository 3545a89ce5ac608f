import JSONBytes

/// The arguments of a call, for templates that read them as an object.
enum ToolArguments {
    /// `arguments` if they are a JSON object; `{}` for nothing; else an object with the text as `input`, because a server that parses them
    /// would refuse the whole conversation for one old slip of the model.
    static func object(_ arguments: [UInt8]) -> [UInt8] {
        if JSONKind.isObject(arguments.span) { return arguments }
        let isBlank = arguments.allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        return isBlank ? Array("{}".utf8) : wrapped(arguments)
    }

    /// An object with the text as `input`: how a custom tool's free text is asked for.
    static func wrapped(_ text: [UInt8]) -> [UInt8] {
        var output = Array("{\"input\":".utf8)
        JSONText.appendQuoted(text.span, to: &output)
        output.append(UInt8(ascii: "}"))
        return output
    }
}
