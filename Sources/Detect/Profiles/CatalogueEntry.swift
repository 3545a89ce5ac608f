import Synchronization

/// A profile in a catalogue, compiled at the latest when it is first asked for.
final class CatalogueEntry: Sendable {
    let profile: Profile
    private let cache: Mutex<CompiledProfile?>

    /// One that was checked and compiled.
    init(_ compiled: CompiledProfile) {
        profile = compiled.profile
        cache = Mutex(compiled)
    }

    /// A built-in one: it needs no check before it is used, the tests compile them all.
    init(trusted profile: Profile) {
        self.profile = profile
        cache = Mutex(nil)
    }

    func compiled() -> CompiledProfile {
        cache.withLock { cached in
            if let cached { return cached }
            do throws(ProfileError) {
                let compiled = try CompiledProfile(profile)
                cached = compiled
                return compiled
            } catch {
                preconditionFailure("a built-in profile is broken: \(error)")
            }
        }
    }
}
