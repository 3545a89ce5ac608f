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
        case 204..<300: fail(.empty)
        case 201..<204: fail(.notSSE)
        default:
            // The status is known: it is told as a status even if the commit delay ends before the body does.
            state = .refused(head)
            headArrived = now
            setAlarm()
        }
    }

    private func begin(_ kind: BodyKind) {
        switch kind {
        case .events where job.isStream, .unknown where job.isStream:
            state = .streaming
            open()
        case .json, .unknown:
            // A whole completion, asked for or not. `open` does nothing if the client did not ask for a stream.
            state = .gathering
            open()
        case .events, .other:
            fail(.notSSE)
        }
    }

    func received(_ bytes: Span<UInt8>) {
        deadlines.bytesArrived(now: now)
        switch state {
        case .streaming:
            let events = machine.facts.upstreamEvents
            let action = machine.upstreamSent(bytes, at: now, into: &output)
            if machine.facts.upstreamEvents > events { noteEvents() }
            perform(action)
        case .gathering:
            gather(bytes, limit: server.settings.limits.eventBytes)
            if body.count > server.settings.limits.eventBytes { fail(.bodyTooLarge(server.settings.limits.eventBytes)) }
        case .refused(let head):
            // The beginning says what there is to say.
            gather(bytes, limit: server.settings.limits.errorBodyBytes)
            if body.count >= server.settings.limits.errorBodyBytes { refuse(UpstreamStatus.failure(head, body, job)) }
        case .waiting, .draining, .over:
            break
        }
    }

    private func noteEvents() {
        deadlines.eventArrived(now: now)
        if machine.isCommitted { deadlines.answerBegan(now: now) }
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
        case (.refused(let head), _): refuse(UpstreamStatus.failure(head, body, job))
        case (.streaming, .success): perform(machine.upstreamEnded(at: now, into: &output))
        case (.gathering, .success): completeWhole()
        case (.waiting, .success): fail(.empty)
        case (_, .failure(let error)): fail(StreamFailure(error))
        case (.draining, .success), (.over, .success): break
        }
    }

    /// A whole body has been read: told as a stream, or transformed, as the client asked.
    private func completeWhole() {
        guard !body.isEmpty else { return fail(.empty) }
        if job.isStream {
            let action = machine.upstreamSentWhole(body.span, at: now, into: &output)
            return perform(action)
        }
        do {
            let outcome = try CompletionTransform(job.plan).transform(body)
            facts = outcome.facts
            sink.respond(status: 200, headers: ChatHeaders.completion(job), body: outcome.body)
            finish(.finished)
        } catch {
            fail(error)
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
