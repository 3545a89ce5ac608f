import JSONBytes

extension ChatRequest {
    /// Reads a request body.
    ///
    /// - Parameters:
    ///   - body: the body's bytes.
    ///   - limits: bounds of what it may hold.
    /// - Returns: what the request says.
    /// - Throws: the first fault, in the order of the body; missing fields come last.
    public static func read(_ body: [UInt8], limits: ChatRequestLimits = ChatRequestLimits()) throws(ChatRequestError) -> ChatRequest {
        try read(body.span, limits: limits)
    }

    /// Reads a request body.
    ///
    /// - Parameters:
    ///   - body: the body's bytes.
    ///   - limits: bounds of what it may hold.
    /// - Returns: what the request says.
    /// - Throws: the first fault, in the order of the body; missing fields come last.
    public static func read(_ body: Span<UInt8>, limits: ChatRequestLimits = ChatRequestLimits()) throws(ChatRequestError) -> ChatRequest {
        guard UTF8Repair.isValid(body) else { throw .notUTF8 }
        var reader = RequestReader(body, limits: limits)
        return try reader.read()
    }
}
