import JSONBytes
import Phases
import Settings
import Upstream

extension Relay: TransferReceiver {
    func receivedHead(_ head: ResponseHead) {
        guard end == nil else { return }
        deadlines.headArrived(now: now)
        switch head.status {
        case 200: begin(BodyKind(head))
        case 204..<300: upstreamFailed(StreamFailure.empty)
        case 201..<204: upstreamFailed(StreamFailure.notSSE)
        default:
            // The status is known: it is told as a status even if the commit delay ends before the body does.
            state = .refused(head)
            headArrived = now
            setAlarm()
        }
    }

    private func begin(_ kind: BodyKind) {
        // Nobody else will be asked.
        if !hasMoreUpstreams { job.request.body = [] }
        switch kind {
        case .events where job.isStream, .unknown where job.isStream:
            state = .streaming
            headArrived = now
            setAlarm()
        case .json, .unknown:
            // A whole completion, asked for or not.
            state = .gathering
            headArrived = now
            setAlarm()
        case .events, .other:
            upstreamFailed(StreamFailure.notSSE)
        }
    }

    func received(_ bytes: Span<UInt8>) {
        deadlines.bytesArrived(now: now)
        switch state {
        case .streaming:
            let events = machine.facts.upstreamEvents
            let action = machine.upstreamSent(bytes, at: now, into: &output)
            if machine.facts.upstreamEvents > events { noteEvents() }
            openIfSaid()
            perform(action)
        case .gathering:
            // A body that has begun is expected to go on.
            if body.isEmpty { bodyBegan() }
            gather(bytes, limit: server.settings.limits.eventBytes)
            if body.count > server.settings.limits.eventBytes {
                upstreamFailed(StreamFailure.bodyTooLarge(server.settings.limits.eventBytes))
            }
        case .refused(let head):
            // The beginning says what there is to say.
            gather(bytes, limit: server.settings.limits.errorBodyBytes)
            if body.count >= server.settings.limits.errorBodyBytes { refused(head) }
        case .waiting, .draining, .over:
            break
        }
    }

    /// The upstream has said something that is no error: our head goes out at once.
    private func openIfSaid() {
        if !output.isEmpty { open() }
    }

    private func bodyBegan() {
        deadlines.answerBegan(now: now)
        setAlarm()
    }

    private func noteEvents() {
        deadlines.eventArrived(now: now)
        guard machine.isCommitted else { return }
        deadlines.answerBegan(now: now)
        // It cannot be sent to another upstream any more.
        job.request.body = []
        answerBegan()
    }

    /// An error status, with as much of its body as there is.
    func refused(_ head: ResponseHead) {
        guard let attempt else { return }
        upstreamFailed(AttemptFailure(UpstreamStatus.failure(head, body, attempt, hiding: job.plan.secrets)))
    }

    private func gather(_ bytes: Span<UInt8>, limit: Int) {
        body.append(bytes.extracting(0..<min(bytes.count, limit + 1 - min(body.count, limit))))
    }

    func roundEnded() {
        guard end == nil, sink.hasStarted else { return }
        send()
        setAlarm()
    }

    func ended(_ result: Result<TransferStatistics, UpstreamError>) {
        transfer = nil
        if case .success(let statistics) = result { self.statistics = statistics }
        if end != nil { return letGo() }
        switch (state, result) {
        case (.refused(let head), _): refused(head)
        case (.streaming, .success):
            let action = machine.upstreamEnded(at: now, into: &output)
            openIfSaid()
            perform(action)
        case (.gathering, .success): completeWhole()
        case (.waiting, .success): upstreamFailed(StreamFailure.empty)
        case (_, .failure(let error)): upstreamFailed(AttemptFailure(error))
        case (.draining, .success), (.over, .success): break
        }
    }

    /// A whole body has been read: told as a stream, or transformed, as the client asked.
    private func completeWhole() {
        guard !body.isEmpty else { return upstreamFailed(StreamFailure.empty) }
        if job.isStream {
            let action = machine.upstreamSentWhole(body.span, at: now, into: &output)
            openIfSaid()
            return perform(action)
        }
        do {
            let outcome = try CompletionTransform(job.plan).transform(body)
            facts = outcome.facts
            sink.respond(status: 200, headers: ChatHeaders.completion(job, attempts: attemptCount), body: outcome.body)
            finish(.finished)
        } catch {
            upstreamFailed(error)
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
