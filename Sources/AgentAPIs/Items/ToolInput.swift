import JSONBytes

/// What a model means when it calls a tool that takes free text: it was asked for an object with one string, `input`.
enum ToolInput {
    /// The text: of `input`, of the only string of an object that has no `input`, of a bare string, or else the arguments as they stand,
    /// because a model that forgot the object wrote the text itself.
    static func text(of arguments: [UInt8]) -> [UInt8] {
        do throws(JSONError) { return try string(in: arguments.span) ?? arguments } catch { return arguments }
    }

    private static func string(in bytes: Span<UInt8>) throws(JSONError) -> [UInt8]? {
        var cursor = JSONCursor(bytes)
        switch try cursor.peek() {
        case .string:
            let string = try cursor.string()
            try cursor.finish()
            return decoded(string, bytes)
        case .object:
            return try member(&cursor, bytes)
        default:
            return nil
        }
    }

    private static func member(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(JSONError) -> [UInt8]? {
        var input: JSONString?
        var other: JSONString?
        var memberCount = 0
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            memberCount += 1
            let isInput = cursor.matches(key, "input")
            guard try cursor.peek() == .string else {
                _ = try cursor.skipValue()
                continue
            }
            let string = try cursor.string()
            if isInput { input = string } else { other = string }
        }
        try cursor.finish()
        return (input ?? (memberCount == 1 ? other : nil)).map { decoded($0, bytes) }
    }

    private static func decoded(_ string: JSONString, _ bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        var decoder = JSONTextDecoder()
        decoder.decode(string, in: bytes, to: &text)
        decoder.finish(to: &text)
        return text
    }
}
