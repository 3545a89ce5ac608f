/// What became of a value that a client sent back.
public enum SealOpening: Sendable, Equatable {
    /// The reasoning, byte for byte.
    case opened([UInt8])
    /// There is none to be had.
    case refused(Refusal)

    /// Why a value does not open. The names are labels of a metric.
    public enum Refusal: String, Error, Sendable, CaseIterable {
        /// It was not made here: it lacks the prefix.
        case foreign
        /// It is longer than is allowed.
        case tooLong = "too_long"
        /// It was made by another version of this format.
        case otherVersion = "other_version"
        /// It was sealed with a key that is not known here, or not any more.
        case otherKey = "other_key"
        /// It was changed or cut, or is bound to another model or client.
        case notAuthentic = "not_authentic"
    }
}
