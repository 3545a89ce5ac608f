import Foundation
import Logging
import Settings

/// Orders of the operator. There is none without the configured token.
struct AdminRoute {
    let server: ServerContext

    /// The name in `/admin/upstreams/{name}/reset`, percent-decoded; nil for any other path.
    static func upstreamName(in path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "admin", parts[2] == "upstreams", parts[4] == "reset" else { return nil }
        return parts[3].isEmpty ? nil : parts[3].removingPercentEncoding
    }

    /// Closes an upstream's breaker and forgets what it held against it.
    func resetUpstream(_ request: HTTPRequest, _ sink: ResponseSink) {
        let name = AdminRoute.upstreamName(in: request.path)
        guard let upstream = server.upstreams.entries.first(where: { $0.name == name }) else {
            return sink.respond(.request(404, code: "not_found", "No upstream has this name. GET /health lists them."))
        }
        let transition = upstream.reset()
        if let transition { server.note(transition, of: upstream) }
        server.log.notice("upstream reset", metadata: ["upstream": "\(upstream.name)", "request_id": "\(request.id)"])
        sink.respond(
            status: 200, headers: [("content-type", "application/json"), ("cache-control", "no-store")],
            body: HealthRoute.describe(upstream) + [0x0A])
    }
}
