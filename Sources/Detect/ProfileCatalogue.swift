/// The profiles a proxy knows, in the order in which they are tried against a model's id.
///
/// Built-in profiles are compiled when they are first asked for: all fifty take some 50 ms and several megabytes of machine code, and a
/// proxy meets a handful. Configured ones are checked and compiled at once, so that a mistake shows when the file is loaded.
public struct ProfileCatalogue: Sendable {
    private let entries: [CatalogueEntry]
    private let modelPatterns: [ModelPattern]

    /// The built-in families.
    public static let builtIn: ProfileCatalogue = {
        do throws(ProfileError) { return try builtIn(with: []) } catch {
            preconditionFailure("a built-in profile is broken: \(error)")
        }
    }()

    /// A catalogue of these profiles; the first that fits a model's id wins, the last is used when none does.
    ///
    /// - Throws: ``ProfileError`` for the first profile that is not usable, or whose name is taken.
    public init(_ profiles: [Profile]) throws(ProfileError) {
        try self.init(profiles, trusted: [])
    }

    /// The built-in families with `profiles` in front of them; one with a built-in's name replaces it.
    ///
    /// A replacement of `default` is the new last resort.
    ///
    /// - Throws: ``ProfileError`` as ``init(_:)`` does.
    public static func builtIn(with profiles: [Profile]) throws(ProfileError) -> ProfileCatalogue {
        let names = profiles.map(\.name)
        let lastResort = profiles.filter { $0.name == Profile.default.name }
        let rest = Profile.builtIn.filter { !names.contains($0.name) }
        let first = profiles.filter { $0.name != Profile.default.name }
        return try ProfileCatalogue(first, trusted: rest, last: lastResort)
    }

    private init(_ first: [Profile], trusted: [Profile], last: [Profile] = []) throws(ProfileError) {
        precondition(!first.isEmpty || !trusted.isEmpty || !last.isEmpty, "a catalogue needs a last resort")
        var entries: [CatalogueEntry] = []
        for profile in first { entries.append(CatalogueEntry(try CompiledProfile(profile))) }
        for profile in trusted { entries.append(CatalogueEntry(trusted: profile)) }
        for profile in last { entries.append(CatalogueEntry(try CompiledProfile(profile))) }
        for (index, entry) in entries.enumerated() where entries[..<index].contains(where: { $0.profile.name == entry.profile.name }) {
            throw .duplicate(profile: entry.profile.name)
        }
        self.entries = entries
        modelPatterns = try ModelPattern.all(in: entries.map(\.profile))
    }

    /// Every profile as data, in order: for listings, without compiling any.
    public var profiles: [Profile] { entries.map(\.profile) }

    /// Every profile, compiled.
    public var all: [CompiledProfile] { entries.map { $0.compiled() } }

    /// The profile called `name`, nil if there is none.
    public func named(_ name: String) -> CompiledProfile? {
        entries.first { $0.profile.name == name }?.compiled()
    }

    /// The profile of the first family whose pattern is found in `id`, ignoring case; the last one (`default`) if none is.
    ///
    /// Searches some fifty patterns, about 1.3 µs: ask once per request.
    public func profile(forModel id: String) -> CompiledProfile {
        let index = ModelPattern.firstMatch(of: modelPatterns, in: id) ?? entries.count - 1
        return entries[index].compiled()
    }
}
