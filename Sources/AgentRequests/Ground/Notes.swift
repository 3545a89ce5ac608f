/// The few words that a translation puts into a conversation itself. Short, and the same each time, for the sake of prefix caches.
enum Notes {
    /// For a call that was never answered.
    static let aborted = Array("aborted".utf8)
    /// For an answer without a word.
    static let noOutput = Array("(no output)".utf8)
    /// Where an image stood in the result of a tool.
    static let imageFollows = Array("(the image follows in the next message of the user)".utf8)

    /// Words of whoever runs the model that come late in the conversation.
    static func reminder(_ text: [UInt8]) -> [UInt8] {
        Array("<system-reminder>\n".utf8) + text + Array("\n</system-reminder>".utf8)
    }

    /// For a part that cannot be passed on.
    static func leftOut(_ what: String) -> [UInt8] {
        Array("(\(what) was left out: only text and images can be passed on)".utf8)
    }

    /// What a part of this type is called in a note.
    static func kind(of type: String) -> String {
        switch type {
        case "input_file", "file": "a file"
        case "document": "a document"
        case "input_audio", "audio": "an audio clip"
        case "input_video", "video": "a video"
        case "input_image", "image", "image_url": "an image"
        default: "a part of another kind"
        }
    }

    /// For a result without its call.
    static func orphan() -> [UInt8] { Array("Result of an earlier tool call:".utf8) }

    /// In front of the images of a tool's result.
    static func images(of tool: String) -> [UInt8] { Array("From the result of \(tool):".utf8) }

    /// For a tool that a search has found.
    static func available(_ tool: String) -> [UInt8] { Array("Tool now available: \(tool)".utf8) }
}
