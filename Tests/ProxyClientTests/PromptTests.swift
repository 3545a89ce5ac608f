import Foundation
import Testing

@testable import proxy_client

@Suite("Prompts, files and conversations")
struct PromptTests {
    private func json(_ content: MessageContent) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(content), as: UTF8.self)
    }

    @Test("Words, files and pasted text come in this order")
    func wordsFilesAndPastedText() {
        let content = MessageContent.compose(prompt: "Review", attachments: [.text(name: "a.c", "int x;")], pasted: "\npasted\n")
        #expect(content == .text("Review\n\nFile: a.c\n```\nint x;\n```\n\npasted"))
    }

    @Test("A fence inside a file is outdone")
    func aFenceInsideAFileIsOutdone() {
        let content = MessageContent.compose(prompt: "", attachments: [.text(name: "r.md", "```\nx\n```\n")], pasted: nil)
        #expect(content == .text("File: r.md\n````\n```\nx\n```\n````"))
    }

    @Test("An image becomes a data URL beside the text")
    func anImageBecomesADataURL() throws {
        let content = try #require(
            MessageContent.compose(prompt: "See", attachments: [.image(type: "image/png", Data([1, 2, 3]))], pasted: nil))
        #expect(
            try json(content)
                == #"[{"text":"See","type":"text"},{"image_url":{"url":"data:image/png;base64,AQID"},"type":"image_url"}]"#)
    }

    @Test("Nothing to say is nothing to send", arguments: ["", "  \n"])
    func nothingToSayIsNothingToSend(prompt: String) {
        #expect(MessageContent.compose(prompt: prompt, attachments: [], pasted: "\n") == nil)
    }

    @Test("A file that is neither text nor image, or not there, is refused with its name")
    func aFileThatCannotBeSentIsRefused() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("client-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let binary = folder.appendingPathComponent("data.bin")
        try Data([0xFF, 0xFE, 0x00]).write(to: binary)
        let text = folder.appendingPathComponent("note.txt")
        try Data("ä\n".utf8).write(to: text)
        let image = folder.appendingPathComponent("p.JPG")
        try Data([0xFF]).write(to: image)
        let refusal = UsageError("\(binary.path) is neither text nor an image (png, jpg, gif, webp)")
        #expect(throws: refusal) { try Attachment.read(binary.path) }
        #expect(throws: UsageError.self) { try Attachment.read(folder.appendingPathComponent("absent").path) }
        #expect(throws: UsageError.self) { try Attachment.read(folder.path) }
        #expect(try Attachment.read(text.path) == .text(name: "note.txt", "ä\n"))
        #expect(try Attachment.read(image.path) == .image(type: "image/jpeg", Data([0xFF])))
    }

    @Test("The conversation repeats answers, never summaries, and takes back what had no answer")
    func theConversationRepeatsAnswers() {
        var conversation = Conversation(system: "Be brief.")
        conversation.asked(.text("One?"))
        conversation.answered("1")
        conversation.asked(.text("Two?"))
        conversation.answered("")
        conversation.asked(.text("Three?"))
        #expect(
            conversation.messages == [
                ChatMessage(role: "system", content: .text("Be brief.")), ChatMessage(role: "user", content: .text("One?")),
                ChatMessage(role: "assistant", content: .text("1")), ChatMessage(role: "user", content: .text("Three?")),
            ])
        #expect(conversation.takeBackLastTurn() == .text("Three?"))
        #expect(conversation.transcript == "# System\n\nBe brief.\n\n# You\n\nOne?\n\n# Answer\n\n1\n")
    }
}
