import JSONBytes
import Phases
import Settings
import Upstream

extension Attempt: TransferReceiver {
    func receivedHead(_ head: ResponseHead) {
        guard let relay, isWaiting else { return }
        deadlines.headArrived(now: relay.now)
        retryAfter = UpstreamStatus.retryAfter(head)
        switch head.status {
        case 200: begin(BodyKind(head), relay)
        case 204..<300: relay.failed(self, AttemptFailure(.empty))
        case 201..<204: relay.failed(self, AttemptFailure(.notSSE))
        default:
            // The status is known: it is told as a status even if the commit delay ends before the body does.
            state = .refused(head)
            headArrived = relay.now
            relay.setAlarm()
        }
    }

    private func begin(_ kind: BodyKind, _ relay: Relay) {
        headArrived = relay.now
        switch kind {
        case .events where relay.job.isStream, .unknown where relay.job.isStream:
            state = .streaming
            relay.accepted(self)
        case .json, .unknown:
            // A whole completion, asked for or not.
            state = .gathering
            relay.accepted(self)
        case .events, .other:
            relay.failed(self, AttemptFailure(.notSSE))
        }
    }

    func received(_ bytes: Span<UInt8>) {
        guard let relay else { return }
        // The clock is read once for all that is done with these bytes.
        let now = relay.now
        deadlines.bytesArrived(now: now)
        switch state {
        case .streaming:
            relay.received(bytes, from: self, at: now)
        case .gathering:
            // A body that has begun is expected to go on.
            if body.isEmpty { bodyBegan(relay) }
            let limit = relay.server.settings.limits.eventBytes
            gather(bytes, limit: limit)
            if body.count > limit { relay.failed(self, AttemptFailure(StreamFailure.bodyTooLarge(limit))) }
        case .refused(let head):
            // The beginning says what there is to say.
            let limit = relay.server.settings.limits.errorBodyBytes
            gather(bytes, limit: limit)
            if body.count >= limit { refused(head) }
        case .waiting, .draining, .over:
            break
        }
    }

    private func bodyBegan(_ relay: Relay) {
        deadlines.answerBegan(now: relay.now)
        relay.setAlarm()
    }

    private func gather(_ bytes: Span<UInt8>, limit: Int) {
        body.append(bytes.extracting(0..<min(bytes.count, limit + 1 - min(body.count, limit))))
    }

    /// The upstream's refusal has taken long enough; what has come of its body has to do.
    func stopWaitingForRefusal() {
        if case .refused(let head) = state { refused(head) }
    }

    /// An error status, with as much of its body as there is.
    private func refused(_ head: ResponseHead) {
        guard let relay else { return }
        relay.failed(self, AttemptFailure(UpstreamStatus.failure(head, body, self, hiding: relay.job.plan.secrets)))
    }

    func roundEnded() {
        relay?.roundEnded()
    }

    func ended(_ result: Result<TransferStatistics, UpstreamError>) {
        transferEnded()
        guard let relay else { return }
        if case .success(let statistics) = result { relay.noteConnection(statistics) }
        switch (state, result) {
        case (.draining, _), (.over, _): relay.drained(self)
        case (.refused(let head), _): refused(head)
        case (.streaming, .success): relay.streamEnded(self)
        case (.gathering, .success): relay.completed(self)
        case (.waiting, .success): relay.failed(self, AttemptFailure(.empty))
        case (_, .failure(let error)): relay.failed(self, AttemptFailure(error))
        }
    }
}

/// What a 200 of an upstream holds, by its content type.
private enum BodyKind {
    case events, json, other, unknown

    init(_ head: ResponseHead) {
        let type = head.first("content-type")?.lowercased() ?? ""
        if type.hasPrefix("text/event-stream") {
            self = .events
        } else if type.hasPrefix("application/json") {
            self = .json
        } else if type.isEmpty || type.hasPrefix("application/octet-stream") || type.hasPrefix("text/plain") {
            // Some servers do not say; what is no event stream will fail as one.
            self = .unknown
        } else {
            self = .other
        }
    }
}
