/// Clients that cannot read named events, told by their user agent.
///
/// | client | versions | what it does with a named event |
/// |---|---|---|
/// | openai (Python) | 1.14.0 to 1.97.x | wraps it, so that `choices` is missing: measured with 25 versions |
/// | openai (JavaScript) | 4.29.0 to 5.10.2 | the same: read in its source |
///
/// Older versions drop named events, which carry nothing a client needs. Clients on Apple's `URLSession` cannot be told apart.
enum UserAgentTable {
    private struct Row {
        /// The language as the user agent spells it, behind the slash.
        let language: String
        /// The first version that stumbles.
        let first: PackageVersion
        /// The first version behind that which does not.
        let end: PackageVersion
    }

    private static let rows = [
        Row(language: "Python", first: PackageVersion(1, 14, 0), end: PackageVersion(1, 98, 0)),
        Row(language: "JS", first: PackageVersion(4, 29, 0), end: PackageVersion(5, 10, 3)),
    ]

    /// The classes of the SDKs that name themselves in the user agent.
    private static let clients: Set<Substring> = ["OpenAI", "AsyncOpenAI", "AzureOpenAI", "AsyncAzureOpenAI"]

    /// The style for a client; nil if the table has no row for it.
    ///
    /// The user agent is `<class>/<language> <version>`, perhaps with more behind it; a missing version is taken from the
    /// package version's header.
    static func style(of userAgent: String, packageVersion: String?) -> WireStyle? {
        let words = userAgent.split(separator: " ")
        guard let product = words.first, let slash = product.firstIndex(of: "/"), clients.contains(product[..<slash]) else { return nil }
        let language = product[product.index(after: slash)...]
        let version = words.dropFirst().first.flatMap { PackageVersion($0) } ?? packageVersion.flatMap { PackageVersion($0[...]) }
        guard let version, let row = rows.first(where: { $0.language == language }) else { return nil }
        return version >= row.first && version < row.end ? .inline : nil
    }
}

/// A version of three numbers, compared as numbers: 1.100.0 is behind 1.97.0.
struct PackageVersion: Comparable {
    private let major: Int
    private let minor: Int
    private let patch: Int

    init(_ major: Int, _ minor: Int, _ patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `1.14.0`, `1.14` or `1.14.0-beta.2`; a pre-release counts as its release. Nil for anything else.
    init?(_ text: Substring) {
        let release = text.prefix { $0 != "-" && $0 != "+" }
        let parts = release.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.map { part in part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil }
        guard (2...3).contains(numbers.count), let major = numbers[0], let minor = numbers[1] else { return nil }
        guard numbers.count == 2 || numbers[2] != nil else { return nil }
        self.init(major, minor, numbers.count == 3 ? numbers[2] ?? 0 : 0)
    }

    static func < (left: PackageVersion, right: PackageVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}
