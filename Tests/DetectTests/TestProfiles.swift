import Detect

/// The profiles the vectors name besides the built-in ones.
enum TestProfiles {
    static func named(_ name: String) -> CompiledProfile? {
        compiled[name] ?? ProfileCatalogue.builtIn.named(name)
    }

    private static let compiled: [String: CompiledProfile] = {
        var tags = Profile(name: "T", summary: "think tags")
        tags.starts = [.text("<think>")]
        tags.ends = [.text("</think>")]
        var inside = tags
        inside.name = "R"
        inside.startRule = .inside
        var tools = inside
        tools.name = "Q"
        tools.implicitEnds = [.pattern("<tool_call>(?=\\n|[{<A-Za-z_])")]
        var interleaved = tags
        interleaved.name = "TI"
        interleaved.isInterleaved = true
        var prose = Profile(name: "P", summary: "plain words")
        prose.prose = ProseMarkers(
            openers: [.text("Let me think")], ends: [.pattern("(?<![^\\n])Therefore,"), .pattern("(?<![^\\n])The answer is")], bound: 400)
        var all: [String: CompiledProfile] = [:]
        for profile in [tags, inside, tools, interleaved, prose] {
            do throws(ProfileError) { all[profile.name] = try CompiledProfile(profile) } catch { fatalError("\(error)") }
        }
        return all
    }()
}
