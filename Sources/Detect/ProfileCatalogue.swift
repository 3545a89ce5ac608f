/// The profiles a proxy knows, in the order in which they are tried against a model's id.
public struct ProfileCatalogue: Sendable {
    /// All of them, ``default`` last.
    public let all: [CompiledProfile]
    private let modelPatterns: [ModelPattern]

    /// The built-in families.
    public static let builtIn: ProfileCatalogue = {
        do throws(ProfileError) { return try ProfileCatalogue(Profile.builtIn) } catch {
            preconditionFailure("a built-in profile is broken: \(error)")
        }
    }()

    /// A catalogue of these profiles; the first that fits a model's id wins, the last is used when none does.
    ///
    /// - Throws: ``ProfileError`` for the first profile that is not usable, or whose name is taken.
    public init(_ profiles: [Profile]) throws(ProfileError) {
        precondition(!profiles.isEmpty, "a catalogue needs a last resort")
        var compiled: [CompiledProfile] = []
        for profile in profiles {
            guard !compiled.contains(where: { $0.profile.name == profile.name }) else { throw .duplicate(profile: profile.name) }
            compiled.append(try CompiledProfile(profile))
        }
        all = compiled
        modelPatterns = try ModelPattern.all(in: profiles)
    }

    /// The built-in families with `profiles` in front of them; one with a built-in's name replaces it.
    ///
    /// - Throws: ``ProfileError`` as ``init(_:)`` does.
    public static func builtIn(with profiles: [Profile]) throws(ProfileError) -> ProfileCatalogue {
        let names = profiles.map(\.name)
        return try ProfileCatalogue(profiles + Profile.builtIn.filter { !names.contains($0.name) })
    }

    /// The profile called `name`, nil if there is none.
    public func named(_ name: String) -> CompiledProfile? {
        all.first { $0.profile.name == name }
    }

    /// The profile of the first family whose pattern is found in `id`, ignoring case; the last one (`default`) if none is.
    ///
    /// Searches up to some fifty patterns, a few microseconds: ask once per request.
    public func profile(forModel id: String) -> CompiledProfile {
        let index = ModelPattern.firstMatch(of: modelPatterns, in: id) ?? all.count - 1
        return all[index]
    }
}
