extension ServerState {
    /// The answer of `GET /mock/state`.
    var stateJSON: JSON {
        let now = ContinuousClock.now
        let contents = snapshot
        return [
            "uptime_ms": .integer((now - started).milliseconds),
            "requests": [
                "total": .integer(contents.requests), "by_path": Self.counts(contents.byPath), "by_model": Self.counts(contents.byModel),
                "by_scenario": Self.counts(contents.byScenario),
            ],
            "connections": ["accepted": .integer(contents.connectionsAccepted), "open": .integer(contents.connectionsOpen)],
            "streams": [
                "open": .integer(contents.open.count), "completed": .integer(contents.completed),
                "cancelled_by_client": .integer(contents.cancelledByClient), "ended_by_fault": .integer(contents.endedByFault),
                "blocked": .integer(contents.blockedWriters), "held": .integer(contents.held),
            ],
            "bytes_sent": .integer(contents.bytesSent),
            "strict": [
                "on": .bool(contents.isStrict), "refused": .integer(contents.refused),
                "violations": .array(contents.refusals.map(Self.json)),
            ],
            "orders_waiting": .integer(contents.orders.reduce(0) { $0 + $1.times }),
            "open": .array(
                contents.open.sorted { $0.key < $1.key }.map { number, answer in
                    [
                        "request": .integer(number), "model": .string(answer.model), "scenario": .string(answer.scenario),
                        "stream": .bool(answer.streams), "age_ms": .integer((now - answer.started).milliseconds),
                    ]
                }),
            "cancelled": .array(contents.cancellations.map { Self.json($0, now: now) }),
        ]
    }

    /// The answer of `GET /mock/requests`: the last requests, oldest first.
    func requestsJSON(last count: Int) -> JSON {
        .array(
            snapshot.remembered.suffix(max(0, count)).map { request in
                let body = (try? JSON(parsing: request.body)) ?? .string(String(decoding: request.body, as: UTF8.self))  // cut or not JSON
                return [
                    "request": .integer(request.number), "method": .string(request.method), "path": .string(request.path),
                    "headers": .object(request.headers.map { .init(key: $0.name, value: .string($0.value)) }),
                    "body": request.body.isEmpty ? nil : body, "body_bytes": .integer(request.bodyByteCount),
                ]
            })
    }

    private static func json(_ cancellation: Cancellation, now: ContinuousClock.Instant) -> JSON {
        [
            "request": .integer(cancellation.number), "model": .string(cancellation.answer.model),
            "scenario": .string(cancellation.answer.scenario), "stream": .bool(cancellation.answer.streams),
            "phase": .string(cancellation.progress.phase.rawValue), "events": .integer(cancellation.progress.events),
            "bytes": .integer(cancellation.progress.bytes),
            "after_ms": .integer((cancellation.noticed - cancellation.answer.started).milliseconds),
            "ago_ms": .integer((now - cancellation.noticed).milliseconds),
        ]
    }

    private static func json(_ refusal: Refusal) -> JSON {
        [
            "request": .integer(refusal.number), "rule": .string(refusal.violation.rule.rawValue),
            "field": .string(refusal.violation.field), "message": .string(refusal.violation.message),
        ]
    }

    private static func counts(_ counts: [String: Int]) -> JSON {
        .object(counts.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: .integer($0.value)) })
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
