/// Why a pattern could not be compiled: what a person who wrote it in a configuration file needs to mend it.
public enum PatternError: Error, Equatable, CustomStringConvertible {
    /// PCRE2 refused the alternative `index`: `reason` is PCRE2's own text, `offset` the byte offset inside the alternative.
    case refused(index: Int, offset: Int, reason: String)
    /// No alternative was given.
    case noAlternatives
    /// More alternatives than ``Pattern/maximumAlternatives``.
    case tooManyAlternatives(limit: Int)
    /// The joined pattern did not compile although each alternative did (a duplicate group name, or out of memory).
    case notJoinable(reason: String)

    /// A sentence for people: what is wrong and where.
    public var description: String {
        switch self {
        case .refused(let index, let offset, let reason): "alternative \(index), byte \(offset): \(reason)"
        case .noAlternatives: "a pattern needs at least one alternative"
        case .tooManyAlternatives(let limit): "more than \(limit) alternatives; split the list or join some with '|'"
        case .notJoinable(let reason): "the alternatives do not compile together: \(reason)"
        }
    }
}
