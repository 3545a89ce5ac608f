extension JSONKind {
    /// Whether `bytes` are one JSON object and nothing else but white space.
    public static func isObject(_ bytes: Span<UInt8>) -> Bool {
        do throws(JSONError) {
            var cursor = JSONCursor(bytes)
            guard try cursor.peek() == .object else { return false }
            _ = try cursor.skipValue()
            try cursor.finish()
            return true
        } catch {
            return false
        }
    }
}
