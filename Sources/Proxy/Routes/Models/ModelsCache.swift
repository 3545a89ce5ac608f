import NIOCore
import Synchronization

/// The upstreams' model lists, kept for a while. Shared by all loops.
final class ModelsCache: Sendable {
    private struct Entry {
        var models: [ListedModel]
        var read: NIODeadline
    }

    private let lifetime: Duration
    private let entries = Mutex<[String: Entry]>([:])

    init(lifetime: Duration) {
        self.lifetime = lifetime
    }

    func models(of upstream: String) -> [ListedModel]? {
        entries.withLock { entries in
            guard let entry = entries[upstream], entry.read.elapsed < lifetime else { return nil }
            return entry.models
        }
    }

    /// The last list that was read, however old: better than none while the upstream does not answer.
    func lastModels(of upstream: String) -> [ListedModel] {
        entries.withLock { $0[upstream]?.models ?? [] }
    }

    func keep(_ models: [ListedModel], of upstream: String) {
        entries.withLock { $0[upstream] = Entry(models: models, read: .now()) }
    }
}
