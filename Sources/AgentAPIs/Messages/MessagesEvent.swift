import EventStream

/// The types of the Messages API's events.
struct MessagesEvent {
    /// The `event:` line, without which SDKs skip an event.
    let name: EventName
    /// `{"type":"…"`
    let opening: [UInt8]

    private init(_ type: StaticString) {
        name = EventName(type)
        opening = Array("{\"type\":\"".utf8) + type.description.utf8 + [UInt8(ascii: "\"")]
    }

    static let messageStart = MessagesEvent("message_start")
    static let messageDelta = MessagesEvent("message_delta")
    static let messageStop = MessagesEvent("message_stop")
    static let blockStart = MessagesEvent("content_block_start")
    static let blockDelta = MessagesEvent("content_block_delta")
    static let blockStop = MessagesEvent("content_block_stop")
    static let error = MessagesEvent("error")
    static let ping = MessagesEvent("ping")

    /// What a delta brings, and in which member.
    struct Delta {
        /// The event's member up to the text. Bytes, because a long `StaticString` allocates when it is read.
        let opening: [UInt8]

        private init(_ opening: StaticString) {
            self.opening = Array(opening.description.utf8)
        }

        static let thinkingDelta = Delta(",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":")
        static let signatureDelta = Delta(",\"delta\":{\"type\":\"signature_delta\",\"signature\":")
        static let textDelta = Delta(",\"delta\":{\"type\":\"text_delta\",\"text\":")
        static let inputDelta = Delta(",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":")
    }
}
