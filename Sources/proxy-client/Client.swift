/// What every part of the program needs to talk to the server and to the user.
struct Client {
    let transport: any Transport
    let console: Console
    let interrupts: Interrupts
    var settings: Settings
    var look: Look
    var writesJSON = false

    /// Asks for the next answer of a conversation and shows it.
    func ask(_ conversation: Conversation, model: String) throws(Console.OutputClosed) -> Ending {
        let exchange = Exchange(transport: transport, console: console, interrupts: interrupts)
        let request = settings.chatRequest(conversation, model: model)
        if writesJSON {
            var renderer = JSONRenderer()
            return try exchange.run(request, expecting: settings.expectation, renderer: &renderer)
        }
        var renderer = TextRenderer(look)
        return try exchange.run(request, expecting: settings.expectation, renderer: &renderer)
    }

    /// The model to ask: the one chosen, or the first one the server lists, or the name `default` where it lists none.
    func chooseModel() throws(FetchFault) -> String {
        if let chosen = settings.model { return chosen }
        let document = try fetch(settings.address.models)
        return ModelList(document.json)?.first ?? "default"
    }

    func showHealth() throws(Console.OutputClosed) -> ProgramExit {
        try show(settings.address.health) { document in
            let report = HealthReport(document)
            return (report.lines(for: look.answer), report.exit)
        }
    }

    func showModels() throws(Console.OutputClosed) -> ProgramExit {
        try show(settings.address.models) { document in
            guard (200..<300).contains(document.status), let list = ModelList(document.json) else {
                return (["The server answered with status \(document.status) and no list of models."], .serverError)
            }
            return (list.lines(for: look.answer), .ok)
        }
    }

    /// Says in words why there is no answer.
    func show(_ fault: Fault) throws(Console.OutputClosed) {
        let ending = Ending(fault: fault, answer: "", timings: Timings())
        var writes: [ScreenWrite] = []
        if writesJSON {
            var renderer = JSONRenderer()
            renderer.render(.ended(ending), into: &writes)
        } else {
            var renderer = TextRenderer(look.withoutDetails)
            renderer.render(.ended(ending), into: &writes)
        }
        try console.write(writes)
    }

    private func show(
        _ url: String, _ present: (Fetch.Document) -> (lines: [String], exit: ProgramExit)
    ) throws(Console.OutputClosed) -> ProgramExit {
        let document: Fetch.Document
        do throws(FetchFault) { document = try fetch(url) } catch {
            try show(error.fault)
            return error.fault.exitStatus
        }
        let shown = present(document)
        let lines = writesJSON ? [document.json?.text ?? "null"] : shown.lines
        try console.write(lines.map { $0 + "\n" }.joined(), to: .answer)
        return shown.exit
    }

    private func fetch(_ url: String) throws(FetchFault) -> Fetch.Document {
        try Fetch(transport: transport, interrupts: interrupts).document(settings.getRequest(url))
    }
}

extension Look {
    /// This look for a reply that has no details to show.
    var withoutDetails: Look {
        var look = self
        look.isVerbose = false
        return look
    }
}
