import Foundation

/// A file that goes with a prompt.
enum Attachment: Equatable, Sendable {
    case text(name: String, String)
    case image(type: String, Data)

    /// Larger images are refused by every server known.
    static let imageByteLimit = 20 << 20
    /// Larger texts fit into no model's context.
    static let textByteLimit = 8 << 20

    private static let imageTypes = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    ]

    /// Reads a file; the extension says whether it is an image, and everything else must be UTF-8 text.
    static func read(_ path: String) throws(UsageError) -> Attachment {
        let url = URL(fileURLWithPath: (path as NSString).expandingTildeInPath)
        let imageType = imageTypes[url.pathExtension.lowercased()]
        let data = try contents(of: url, path: path, limit: imageType == nil ? textByteLimit : imageByteLimit)
        if let imageType { return .image(type: imageType, data) }
        guard let text = String(data: data, encoding: .utf8), !text.contains("\0") else {
            throw UsageError("\(path) is neither text nor an image (png, jpg, gif, webp)")
        }
        return .text(name: url.lastPathComponent, text)
    }

    /// Reads a text file whole.
    static func readText(_ path: String) throws(UsageError) -> String {
        let url = URL(fileURLWithPath: (path as NSString).expandingTildeInPath)
        return try text(contents(of: url, path: path, limit: textByteLimit), path: path)
    }

    /// Reads standard input to its end.
    static func readStandardInput() throws(UsageError) -> String {
        try text(contents(of: nil, path: "standard input", limit: textByteLimit), path: "standard input")
    }

    private static func text(_ data: Data, path: String) throws(UsageError) -> String {
        guard let text = String(data: data, encoding: .utf8) else { throw UsageError("\(path) is not UTF-8 text") }
        return text
    }

    private static func contents(of url: URL?, path: String, limit: Int) throws(UsageError) -> Data {
        do {
            let file = try url.map { try FileHandle(forReadingFrom: $0) } ?? .standardInput
            // One byte more than allowed tells a file that is too large from one that just fits, devices included.
            let data = try file.read(upToCount: limit + 1) ?? Data()
            guard data.count <= limit else { throw UsageError("\(path) is larger than \(limit >> 20) MiB") }
            return data
        } catch let error as UsageError {
            throw error
        } catch {
            throw UsageError("cannot read \(path): \((error as NSError).localizedFailureReason ?? error.localizedDescription)")
        }
    }
}

extension MessageContent {
    /// A prompt with what goes with it: the words, then the files, then text pasted on standard input.
    ///
    /// Nil when there is nothing to send.
    static func compose(prompt: String, attachments: [Attachment], pasted: String?) -> MessageContent? {
        var texts: [String] = prompt.isBlank ? [] : [prompt]
        var images: [ContentPart] = []
        for attachment in attachments {
            switch attachment {
            case .text(let name, let text): texts.append(fenced(text, name: name))
            case .image(let type, let data): images.append(.image(url: "data:\(type);base64,\(data.base64EncodedString())"))
            }
        }
        if let pasted, !pasted.isBlank { texts.append(pasted.trimmingCharacters(in: .newlines)) }
        if texts.isEmpty, images.isEmpty { return nil }
        let text = texts.joined(separator: "\n\n")
        if images.isEmpty { return .text(text) }
        return .parts((text.isEmpty ? [] : [.text(text)]) + images)
    }

    /// A file's text between fences longer than any inside it.
    private static func fenced(_ text: String, name: String) -> String {
        var fence = "```"
        while text.contains(fence) { fence += "`" }
        return "File: \(name)\n\(fence)\n\(text.hasSuffix("\n") ? text : text + "\n")\(fence)"
    }
}

extension String {
    /// True when there is nothing but white space.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
