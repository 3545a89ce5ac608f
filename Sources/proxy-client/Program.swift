import Foundation
import Glibc

/// The program after its command line was read: finds out what is wanted and does it.
struct Program {
    let options: Options
    let environment: [String: String]
    let console: Console
    let interrupts: Interrupts

    /// Runs to the end and returns the exit code.
    func run() -> ProgramExit {
        do {
            let client = try makeClient()
            return try perform(with: client)
        } catch let error as UsageError {
            console.complain(error.description)
            return .usage
        } catch let closed as Console.OutputClosed {
            if let reason = closed.reason {
                try? console.write("\n", to: .decoration)  // Whatever line was open; nobody misses it if this fails.
                console.complain("cannot write the answer: \(reason)")
            }
            return .outputClosed
        } catch {
            console.complain("\(error)")
            return .serverError
        }
    }

    private func makeClient() throws -> Client {
        var client = Client(
            transport: try UpstreamTransport(), console: console, interrupts: interrupts,
            settings: try Settings(options, environment: environment), look: Look(options, environment: environment))
        client.writesJSON = options.json
        return client
    }

    private func perform(with client: Client) throws -> ProgramExit {
        if options.health { return try client.showHealth() }
        if options.models { return try client.showModels() }
        let conversation = Conversation(system: try systemPrompt())
        let question = try question()
        if !options.interactive, question == nil {
            throw UsageError("no prompt: give words, --prompt or text on standard input, or --interactive for a conversation; see --help")
        }
        let model: String
        do { model = try client.chooseModel() } catch {
            try client.show(error.fault)
            return error.fault.exitStatus
        }
        if options.interactive { return try converse(client, conversation, model, question) }
        return try answer(client, conversation, model, question)
    }

    private func answer(
        _ client: Client, _ conversation: Conversation, _ model: String, _ question: MessageContent?
    ) throws -> ProgramExit {
        var conversation = conversation
        if let question { conversation.asked(question) }
        return try client.ask(conversation, model: model).exitStatus
    }

    private func converse(
        _ client: Client, _ conversation: Conversation, _ model: String, _ question: MessageContent?
    ) throws -> ProgramExit {
        let isEdited = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
        if isEdited { LineEditTerminal.hideControlCharacters() }
        let lines: any LineSource = isEdited ? LineEditor(palette: client.look.answer.palette) : PlainLines()
        let file = options.noHistory || !isEdited ? nil : InputHistory.standardFile(environment: environment)
        let interactive = Interactive(
            client, lines: lines, history: InputHistory(file: file), conversation: conversation, model: model, first: question)
        return try interactive.run()
    }

    private func systemPrompt() throws(UsageError) -> String? {
        if let path = options.systemFile { return try Attachment.readText(path) }
        return options.system
    }

    /// The prompt with everything that goes with it; nil when there is none.
    private func question() throws(UsageError) -> MessageContent? {
        let words = [options.prompt ?? "", options.words.joined(separator: " ")].filter { !$0.isEmpty }.joined(separator: " ")
        var attachments: [Attachment] = []
        for path in options.file { attachments.append(try Attachment.read(path)) }
        // In a conversation standard input is where the lines come from.
        let isPasted = !options.interactive && isatty(STDIN_FILENO) != 1
        return .compose(prompt: words, attachments: attachments, pasted: isPasted ? try Attachment.readStandardInput() : nil)
    }
}
