import NIOHTTP1
import Settings

/// What browsers are told about pages of other origins (Fetch standard, section 3.2). Without configured origins: nothing at all.
///
/// An origin is answered with itself only if it is listed, byte for byte; credentials are never allowed, for a token in `Authorization`
/// is none in the sense of that standard.
struct CrossOrigin: Sendable {
    /// What a page may read of a response.
    static let exposedHeaders = "x-phases, x-request-id, request-id, x-upstream-attempts, retry-after"
    /// What a page may send. The star stands for every other header but `authorization`, since no credentials are allowed.
    static let allowedHeaders = "authorization, content-type, x-phases, x-reasoning-profile, x-request-id, *"
    /// How long a browser may remember a preflight's answer, in seconds.
    static let maximumAge = 600

    private let origins: Set<String>

    init(_ settings: CrossOriginSettings) {
        origins = Set(settings.origins.map(\.description))
    }

    /// The fields that every response carries, refusals included: a page has to be able to read why it was refused.
    func headers(for request: HTTPRequest) -> [(String, String)] {
        guard !origins.isEmpty else { return [] }
        // Also without an origin: what a cache keeps must not be given to a page it was not meant for.
        var headers = [("vary", "Origin")]
        if let origin = allowedOrigin(request) {
            headers.append(("access-control-allow-origin", origin))
            headers.append(("access-control-expose-headers", CrossOrigin.exposedHeaders))
        }
        return headers
    }

    /// The answer to a browser that asks on behalf of a listed page what it may send; nil for any other request. It needs no token,
    /// because browsers send none, and has no effect.
    func preflight(_ request: HTTPRequest) -> [(String, String)]? {
        guard request.method == .OPTIONS, allowedOrigin(request) != nil,
            request.headers.contains(name: "access-control-request-method"),
            let endpoint = Endpoint.find(request.path)?.endpoint, endpoint != .resetUpstream
        else { return nil }
        return [
            ("access-control-allow-methods", endpoint.methods.map(\.rawValue).joined(separator: ", ")),
            ("access-control-allow-headers", CrossOrigin.allowedHeaders),
            ("access-control-max-age", String(CrossOrigin.maximumAge)),
        ]
    }

    private func allowedOrigin(_ request: HTTPRequest) -> String? {
        let given = request.headers["origin"]
        return given.count == 1 && origins.contains(given[0]) ? given[0] : nil
    }
}
