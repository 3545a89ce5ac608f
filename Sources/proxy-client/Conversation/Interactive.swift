import Foundation

/// A conversation at the terminal.
final class Interactive {
    private var client: Client
    private let lines: any LineSource
    private var history: InputHistory
    private var conversation: Conversation
    private var model: String
    private var assembler = EntryAssembler()
    private var pendingFirst: MessageContent?
    private var wasWarned = false

    init(
        _ client: Client, lines: any LineSource, history: InputHistory, conversation: Conversation, model: String,
        first: MessageContent? = nil
    ) {
        self.client = client
        self.lines = lines
        self.history = history
        self.conversation = conversation
        self.model = model
        pendingFirst = first
    }

    /// Runs until the user leaves.
    func run() throws(Console.OutputClosed) -> ProgramExit {
        for entry in history.entries { lines.remember(entry) }
        try say("\(client.settings.address.base) · \(model) · /help lists the commands", .faint)
        if let first = pendingFirst { try ask(first) }
        while true {
            if let exit = try turn() { return exit }
        }
    }

    /// One line; an exit code when it was the last.
    private func turn() throws(Console.OutputClosed) -> ProgramExit? {
        let prompt = Prompt(text: assembler.isUnderway ? "…" : "\(TerminalText.safe(model)) ›", tint: .promptHeading)
        let typed = client.interrupts.listen({ LineEditor.wake() }) { lines.next(prompt: prompt) }
        switch typed {
        case .line(let line):
            wasWarned = false
            guard let entry = assembler.receive(line) else { return nil }
            return try act(on: entry)
        case .interrupted(let hadText): return try interrupted(hadText: hadText)
        case .ended:
            if assembler.isUnderway {
                assembler.reset()
                try say("\nThe unfinished entry was dropped.", .faint)
                return nil
            }
            if client.look.answer.isTerminal { try say("", .faint) }
            return .ok
        }
    }

    private func interrupted(hadText: Bool) throws(Console.OutputClosed) -> ProgramExit? {
        let isEmpty = !hadText && !assembler.isUnderway
        assembler.reset()
        if isEmpty, wasWarned {
            try say("", .faint)
            return .interrupted
        }
        wasWarned = isEmpty
        try say(isEmpty ? "\nCtrl-C again or Ctrl-D leaves; /help lists the commands." : "", .faint)
        return nil
    }

    private func act(on entry: String) throws(Console.OutputClosed) -> ProgramExit? {
        if history.add(entry) { lines.remember(entry) }
        switch InteractiveInput(entry) {
        case .nothing: return nil
        case .prompt(let text): try ask(.text(text))
        case .mistake(let words): try say(words, .warning)
        case .command(.quit): return .ok
        case .command(let command): try perform(command)
        }
        return nil
    }

    private func perform(_ command: InteractiveCommand) throws(Console.OutputClosed) {
        switch command {
        case .help: try say(InteractiveInput.help, .faint)
        case .model(let name):
            if let name { model = name }
            try say("Model: \(model)", .faint)
        case .style(let name): try choose(style: name)
        case .system(let text):
            if let text { conversation.system = text == "off" ? nil : text }
            try say("System prompt: \(conversation.system ?? "none")", .faint)
        case .verbose:
            client.look.isVerbose.toggle()
            client.settings.wantsUsage = client.look.isVerbose
            try say(client.look.isVerbose ? "Details are shown." : "Details are hidden.", .faint)
        case .reset:
            conversation.reset()
            try say("The conversation was forgotten.", .faint)
        case .retry: try retry()
        case .save(let path): try save(path)
        case .health: _ = try client.showHealth()
        case .models: _ = try client.showModels()
        case .quit: break  // The caller has seen to it.
        }
    }

    private func choose(style name: String?) throws(Console.OutputClosed) {
        switch name {
        case .none: break
        case .some("default"): client.settings.style = nil
        case .some(let name):
            guard let style = WireStyle(rawValue: name) else {
                let known = WireStyle.allCases.map(\.rawValue).joined(separator: ", ")
                return try say("There is no style \(name). Styles: \(known), default.", .warning)
            }
            client.settings.style = style
        }
        try say("Style: \(client.settings.style?.rawValue ?? "the proxy's choice")", .faint)
    }

    private func retry() throws(Console.OutputClosed) {
        guard let question = conversation.takeBackLastTurn() ?? lastQuestion else {
            return try say("There is nothing to ask again.", .warning)
        }
        try ask(question)
    }

    /// The last question, kept for a retry also when it got no answer and left the conversation.
    private var lastQuestion: MessageContent?

    private func ask(_ question: MessageContent) throws(Console.OutputClosed) {
        lastQuestion = question
        conversation.asked(question)
        let ending = try client.ask(conversation, model: model)
        conversation.answered(ending.answer)
        try client.console.write("\n", to: .decoration)
    }

    private func save(_ path: String) throws(Console.OutputClosed) {
        let url = URL(fileURLWithPath: (path as NSString).expandingTildeInPath)
        do {
            try Data(conversation.transcript.utf8).write(to: url, options: .withoutOverwriting)
            try say("Saved to \(url.path).", .faint)
        } catch let closed as Console.OutputClosed {
            throw closed
        } catch {
            let exists = FileManager.default.fileExists(atPath: url.path)
            try say("Not saved: \(exists ? "\(url.path) exists already" : error.localizedDescription)", .warning)
        }
    }

    private func say(_ text: String, _ tint: Tint) throws(Console.OutputClosed) {
        let output = client.look.decoration
        let safe = output.needsSafeText ? TerminalText.safe(text) : text
        try client.console.write(output.palette.paint(safe, tint) + "\n", to: .decoration)
    }
}
