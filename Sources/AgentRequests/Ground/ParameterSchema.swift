import JSONBytes

/// The schema of a function's arguments, brought to what servers take: an object, said so, with properties, without `$schema`.
enum ParameterSchema {
    /// What a function without arguments has.
    static let empty = Array(#"{"type":"object","properties":{}}"#.utf8)

    /// What a custom tool has.
    static let freeText = Array(
        #"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}"#.utf8)

    /// `schema`, a JSON object, with `type` and `properties` if they lack, and without members that only its author's tools know. Inner schemas
    /// stay as they are.
    static func mended(_ schema: [UInt8]) -> [UInt8] {
        let bytes = schema.span
        var members: [UInt8] = []
        var hasProperties = false
        do throws(JSONError) {
            var cursor = JSONCursor(bytes, maximumDepth: JSONCursor.depthCeiling)
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                let isDropped = cursor.matches(key, "$schema") || cursor.matches(key, "cache_control") || cursor.matches(key, "type")
                let isProperties = cursor.matches(key, "properties")
                let isObject = try cursor.peek() == .object
                let value = try cursor.skipValue()
                // `properties` of another kind is as good as none.
                guard !isDropped, !isProperties || isObject && !hasProperties else { continue }
                hasProperties = hasProperties || isProperties
                members.append(UInt8(ascii: ","))
                members.append(bytes.extracting(key.quoted))
                members.append(UInt8(ascii: ":"))
                members.append(bytes.extracting(value))
            }
        } catch { return empty }
        return Array(#"{"type":"object""#.utf8) + members + Array((hasProperties ? "}" : #","properties":{}}"#).utf8)
    }
}
