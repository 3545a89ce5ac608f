/// One request on its way: carries what happens to the session and what the session wants to the screen.
///
/// Decides nothing itself. Runs on the calling thread until the session is over; the transport and the signals post to its mailbox.
struct Exchange {
    private enum Happening: Sendable {
        case transport(TransportEvent)
        case interrupted
    }

    /// How often the spinner turns and the limits of time are looked at.
    static let tick = Duration.milliseconds(100)

    let transport: any Transport
    let console: Console
    let interrupts: Interrupts

    /// Runs one request to its end.
    ///
    /// - Throws: `Console.OutputClosed` when the reader of the answer has gone; the request is cancelled then.
    func run(
        _ request: HTTPRequest, expecting expectation: Session.Expectation, renderer: inout some Renderer
    ) throws(Console.OutputClosed) -> Ending {
        let mailbox = Mailbox<Happening>()
        let result: Result<Ending, Console.OutputClosed> = interrupts.listen({ mailbox.postUrgently(.interrupted) }) {
            do throws(Console.OutputClosed) {
                return .success(try converse(request, expectation, mailbox, &renderer))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func converse(
        _ request: HTTPRequest, _ expectation: Session.Expectation, _ mailbox: Mailbox<Happening>, _ renderer: inout some Renderer
    ) throws(Console.OutputClosed) -> Ending {
        let beginning = ContinuousClock.now
        var session = Session(expectation)
        var commands: [RenderCommand] = []
        let transfer = transport.start(request) { mailbox.post(.transport($0)) }
        defer {
            // Closed first: a transport that waits for room must be free to take note of the cancellation.
            mailbox.close()
            transfer.cancel()
        }
        while true {
            try show(commands, &renderer)
            if case .ended(let ending) = commands.last { return ending }
            commands.removeAll(keepingCapacity: true)
            let happening = mailbox.next(within: Self.tick)
            advance(&session, by: happening, at: ContinuousClock.now - beginning, &commands)
        }
    }

    private func advance(_ session: inout Session, by happening: Happening?, at now: Duration, _ commands: inout [RenderCommand]) {
        switch happening {
        case .none: session.ticked(at: now, into: &commands)
        case .interrupted: session.interrupted(at: now, into: &commands)
        case .transport(.head(let head)): session.headArrived(head, at: now, into: &commands)
        case .transport(.bytes(let bytes)):
            session.bytesArrived(bytes.span, at: now, into: &commands)
            // A stream that never pauses must not outrun its limit of time.
            if let limit = session.totalLimit, now >= limit { session.ticked(at: now, into: &commands) }
        case .transport(.ended): session.bodyEnded(at: now, into: &commands)
        case .transport(.failed(let failure)): session.connectionFailed(failure, at: now, into: &commands)
        }
    }

    private func show(_ commands: [RenderCommand], _ renderer: inout some Renderer) throws(Console.OutputClosed) {
        var writes: [ScreenWrite] = []
        for command in commands { renderer.render(command, into: &writes) }
        try console.write(writes)
    }
}
