extension Profile {
    /// Families that write messages with headers.
    static let channelFamilies: [Profile] = [gptOSS, gptOSSStripped, inkling]

    /// The names a stripped header leaves behind. A word follows ordinary text only after a space, so what follows must not be one.
    private static let strippedHeader =
        "(?:analysis|final|commentary(?: to=[^\\s{]{1,80})?(?: ?json(?=\\{))?)(?=[^a-z\\s\\-_.,:;/'])(?!<\\|)"
    private static let strippedStart = "assistant(?=(?:analysis|final|commentary)[^a-z\\-_.,:;/'])"
    private static let callName = "(?<=to=functions\\.)[^\\s<{]{1,80}|(?<=to=)(?!functions\\.)[^\\s<{]{1,80}"

    /// gpt-oss in harmony format, and what is left of it when a server strips special tokens.
    private static let gptOSS: Profile = {
        var profile = Profile(name: "gpt-oss", summary: "gpt-oss: harmony channels, also with special tokens stripped")
        profile.modelPatterns = ["gpt-?oss"]
        profile.markersAreSpecialTokens = true
        profile.channels = ChannelGrammar(
            headerStarts: [.text("<|start|>"), .text("<|channel|>"), .pattern(strippedStart)],
            headerEnds: [.text("<|message|>"), .pattern(strippedHeader)],
            bodyEnds: [.text("<|end|>"), .text("<|call|>"), .text("<|return|>")],
            rules: [
                .init("\\bto=(?!(?:assistant|user|all)\\b)", .toolCall),
                .init("<\\|channel\\|>\\s?(?:final|commentary)(?![A-Za-z_])|^(?:assistant)?(?:final|commentary)", .answer),
                .init("^(?:<\\|start\\|>assistant)?<\\|message\\|>", .answer),
            ],
            recipient: callName)
        return profile
    }()

    /// The stripped form alone: `analysis…assistantfinal…`.
    private static let gptOSSStripped: Profile = {
        var profile = Profile(name: "gpt-oss-stripped", summary: "gpt-oss behind a server that strips special tokens")
        profile.channels = ChannelGrammar(
            headerStarts: [.pattern(strippedStart)],
            headerEnds: [.pattern(strippedHeader)],
            bodyEnds: [],
            rules: [.init("\\bto=", .toolCall), .init("final|commentary", .answer)],
            recipient: callName)
        return profile
    }()

    /// Typed blocks after `<|message_model|>`; the words before a block's marker are a header.
    private static let inkling: Profile = {
        var profile = Profile(name: "inkling", summary: "Inkling: typed blocks with control tokens")
        profile.modelPatterns = ["inkling"]
        profile.markersAreSpecialTokens = true
        profile.channels = ChannelGrammar(
            headerStarts: [.text("<|message_model|>")],
            headerEnds: [.pattern("<\\|content_[a-z_]{1,24}\\|>")],
            bodyEnds: [.text("<|end_message|>")],
            rules: [
                .init("<\\|content_(?:text|answer|response|final)\\|>", .answer),
                .init("<\\|content_(?:tool|function|call)", .toolCall),
            ],
            recipient: "(?<=to=)[^\\s<{]{1,80}")
        return profile
    }()
}
