/// The profiles a proxy knows, in the order in which they are tried against a model's id.
///
/// Built-in profiles are compiled when they are first asked for: all fifty take some 50 ms and several megabytes of machine code, and a
/// proxy meets a handful. Configured ones are checked and compiled at once, so that a mistake shows when the file is loaded.
public struct ProfileCatalogue: Sendable {
    private let entries: [CatalogueEntry]
    private let modelPatterns: [ModelPattern]
    /// The name of the profile that is used when none fits.
    public let lastResortName: String

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
        try self.init(profiles.map { ($0, false) })
    }

    /// The built-in families with `profiles` in front of them; one with a built-in's name replaces it.
    ///
    /// A replacement of `default` is the new last resort. One that keeps the built-in's models keeps its place in the order too: in
    /// front it would take models of the more special families before it.
    ///
    /// - Throws: ``ProfileError`` as ``init(_:)`` does.
    public static func builtIn(with profiles: [Profile]) throws(ProfileError) -> ProfileCatalogue {
        var last = profiles.filter { $0.name == Profile.default.name }
        var first = profiles.filter { $0.name != Profile.default.name }
        var rest: [(profile: Profile, isTrusted: Bool)] = []
        for builtIn in Profile.builtIn {
            guard let replacement = profiles.first(where: { $0.name == builtIn.name }) else {
                rest.append((builtIn, true))
                continue
            }
            guard replacement.modelPatterns == builtIn.modelPatterns, builtIn.name != Profile.default.name else { continue }
            first.removeAll { $0 == replacement }
            rest.append((replacement, false))
        }
        if last.count > 1 { throw .duplicate(profile: last.removeLast().name) }
        return try ProfileCatalogue(first.map { ($0, false) } + rest + last.map { ($0, false) })
    }

    private init(_ profiles: [(profile: Profile, isTrusted: Bool)]) throws(ProfileError) {
        precondition(!profiles.isEmpty, "a catalogue needs a last resort")
        var entries: [CatalogueEntry] = []
        for (profile, isTrusted) in profiles {
            entries.append(isTrusted ? CatalogueEntry(trusted: profile) : CatalogueEntry(try CompiledProfile(profile)))
        }
        for (index, entry) in entries.enumerated() where entries[..<index].contains(where: { $0.profile.name == entry.profile.name }) {
            throw .duplicate(profile: entry.profile.name)
        }
        self.entries = entries
        modelPatterns = try ModelPattern.all(in: entries.map(\.profile))
        lastResortName = profiles[profiles.count - 1].profile.name
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
