extension StreamScript {
    /// The head of the response, with the faults that live in it.
    func head() -> ResponseHead {
        var head = ResponseHead(headers: context.headers(scenario: scenario.name))
        if context.isHTTP10 || fault?.kind == .http10 { head.version = "HTTP/1.0" }
        head.headers += [
            Header("content-type", fault?.kind == .wrongType ? "text/plain" : "text/event-stream; charset=utf-8"),
            Header("cache-control", "no-cache"),
        ]
        switch coding {
        case .chunked: head.headers.append(Header("transfer-encoding", "chunked"))
        case .length: head.headers.append(Header("content-length", "1000000000"))
        case .untilClose: break
        }
        if fault?.kind == .gzip { head.headers.append(Header("content-encoding", "gzip")) }
        if coding == .untilClose || !context.keepsAlive { head.headers.append(Header("connection", "close")) }
        if fault?.kind == .headerFlood {
            let filler = String(repeating: "f", count: 84)
            head.headers += (0..<(fault?.count ?? 2000)).map { Header("x-flood-\($0)", filler) }
        }
        return head
    }
}
