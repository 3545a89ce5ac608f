import Synchronization

/// Models whose answers showed that their output begins inside reasoning although their profile says outside; per upstream, for the
/// life of the process. Shared by all loops.
final class LearnedStarts: Sendable {
    /// How many models are remembered; past it the one that was asked for longest ago is forgotten.
    static let limit = 1000
    /// Longest name of a model that is remembered, in bytes: names come from clients.
    static let nameLimit = 256

    private struct Key: Hashable {
        var upstream: String
        var model: String
    }

    private struct Store {
        /// When each was learned or asked for last.
        var uses: [Key: Int] = [:]
        var clock = 0

        mutating func use(_ key: Key) {
            clock += 1
            uses[key] = clock
        }
    }

    private let limit: Int
    private let store = Mutex(Store())

    init(limit: Int = LearnedStarts.limit) {
        self.limit = limit
    }

    /// Remembers a model. Returns false if it was known, or has a name of unusual length.
    func learn(_ model: String, at upstream: String) -> Bool {
        guard model.utf8.count <= LearnedStarts.nameLimit else { return false }
        let key = Key(upstream: upstream, model: model)
        return store.withLock { store in
            let isNew = store.uses[key] == nil
            store.use(key)
            if store.uses.count > limit, let oldest = store.uses.min(by: { $0.value < $1.value }) { store.uses[oldest.key] = nil }
            return isNew
        }
    }

    /// Forgets a model that turned out to begin outside after all. Returns whether it was known.
    func forget(_ model: String, at upstream: String) -> Bool {
        store.withLock { $0.uses.removeValue(forKey: Key(upstream: upstream, model: model)) != nil }
    }

    /// Whether a model is known, for a request that uses it.
    func use(_ model: String, at upstream: String) -> Bool {
        let key = Key(upstream: upstream, model: model)
        return store.withLock { store in
            guard store.uses[key] != nil else { return false }
            store.use(key)
            return true
        }
    }

    /// Whether a model is known, for a listing.
    func knows(_ model: String, at upstream: String) -> Bool {
        store.withLock { $0.uses[Key(upstream: upstream, model: model)] != nil }
    }

    /// How many models are known.
    var count: Int { store.withLock { $0.uses.count } }
}
