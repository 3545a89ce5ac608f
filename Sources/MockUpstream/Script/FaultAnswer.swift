/// The answers that replace a scenario altogether.
enum FaultAnswer {
    /// The whole response for a fault with `Kind.replacesAnswer`; nil for any other.
    static func actions(_ fault: Fault, scenario: Scenario, request: ChatRequest, _ context: ResponseContext) -> [WireAction]? {
        switch fault.kind {
        case .status:
            let status = fault.status ?? 500
            let body = fault.body ?? ErrorBody.forStatus(status).rendered()
            return context.response(
                status, type: fault.contentType ?? "application/json", headers: fault.headers, scenario: scenario.name,
                body: status == 204 ? [] : Array(body.utf8))
        case .redirect:
            let hasLocation = fault.headers.contains { $0.name == "location" }
            let location = hasLocation ? [] : [Header("location", "http://127.0.0.1:1/v1/chat/completions")]
            return context.response(
                fault.status ?? 307, type: "text/html", headers: fault.headers + location, scenario: scenario.name, body: [])
        case .html:
            return context.response(200, type: "text/html; charset=utf-8", scenario: scenario.name, body: page(fault))
        case .htmlStream:
            return context.response(200, type: "text/event-stream", scenario: scenario.name, body: page(fault))
        case .empty:
            return context.response(200, type: "text/event-stream", scenario: scenario.name, body: [])
        case .noContent:
            return context.response(204, scenario: scenario.name, body: [])
        case .json:
            return context.response(200, scenario: scenario.name, body: WholeAnswer.body(scenario, request, context.identity))
        case .noAnswer:
            return [.stall]
        case .resetBeforeHead:
            return [.reset]
        case .closeBeforeHead:
            return [.close]
        case .garbageHead:
            return [.write(Array((fault.body ?? "\u{16}\u{3}\u{1}mock says nonsense\r\n\r\n").utf8)), .close]
        default:
            return nil
        }
    }

    /// What has to happen before the head, for faults that do not replace the answer.
    static func preamble(_ fault: Fault?) -> [WireAction] {
        switch fault?.kind {
        case .slowHead: [.wait(Nanoseconds(fault?.milliseconds ?? 2000) * 1_000_000)]
        case .interim:
            (0..<(fault?.count ?? 2)).map { index in
                .write(ResponseHead(status: index % 2 == 0 ? 103 : 100, headers: []).bytes())
            }
        default: []
        }
    }

    private static func page(_ fault: Fault) -> [UInt8] {
        let page = """
            <!DOCTYPE html>
            <html><head><title>Gateway</title></head>
            <body><h1>Please sign in</h1><p>This page is not a completion.</p></body></html>

            """
        return Array((fault.body ?? page).utf8)
    }
}
