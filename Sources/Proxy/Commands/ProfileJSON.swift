import Detect
import JSONBytes

/// A profile for machines.
struct ProfileJSON {
    let profile: Profile
    let isConfigured: Bool

    /// One object; `line` says nothing that the file's form does not.
    var object: [UInt8] {
        var output = JSONObjectWriter()
        output.string("name", profile.name)
        output.string("summary", profile.summary)
        output.string("origin", isConfigured ? "configuration" : "built-in")
        output.array("models", profile.modelPatterns.map(ProfileJSON.quoted))
        output.string("start", ProfileWords(profile: profile).start)
        output.array("starts", markers(profile.starts))
        output.array("ends", markers(profile.ends))
        output.array("implicit_ends", markers(profile.implicitEnds))
        output.array("frames", profile.frames.map(frame))
        output.array("strays", markers(profile.strays))
        output.boolean("interleaved", profile.isInterleaved)
        output.boolean("special_tokens", profile.markersAreSpecialTokens)
        output.boolean("prose", profile.prose != nil)
        output.boolean("channels", profile.channels != nil)
        output.array("efforts_that_disable", profile.effortsThatDisable.map(ProfileJSON.quoted))
        return output.finished()
    }

    private func markers(_ markers: [Marker]) -> [[UInt8]] { markers.map(marker) }

    private func marker(_ marker: Marker) -> [UInt8] {
        var output = JSONObjectWriter()
        if let text = marker.literalText { output.string("text", text) }
        output.string("pattern", marker.pattern)
        return output.finished()
    }

    private func frame(_ frame: AnswerFrame) -> [UInt8] {
        var output = JSONObjectWriter()
        output.raw("open", marker(frame.open))
        output.raw("close", marker(frame.close))
        return output.finished()
    }

    static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONText.appendQuoted(text, to: &bytes)
        return bytes
    }
}
