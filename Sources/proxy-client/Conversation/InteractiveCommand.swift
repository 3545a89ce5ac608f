/// What can be typed in a conversation beside prompts.
enum InteractiveCommand: Equatable, Sendable {
    case help
    /// Nil shows the present value.
    case model(String?)
    case style(String?)
    case system(String?)
    case verbose, reset, retry
    case save(String)
    case health, models, quit
}

/// What one entry of a conversation means.
enum InteractiveInput: Equatable, Sendable {
    case nothing
    case prompt(String)
    case command(InteractiveCommand)
    /// A command that does not exist or lacks something; the text says what to type instead.
    case mistake(String)

    /// Reads an entry. A prompt that begins with `/` is typed with a second one: `//usr/bin`.
    init(_ entry: String) {
        guard !entry.isBlank else {
            self = .nothing
            return
        }
        guard entry.hasPrefix("/") else {
            self = .prompt(entry)
            return
        }
        if entry.hasPrefix("//") {
            self = .prompt(String(entry.dropFirst()))
            return
        }
        let word = entry.dropFirst().prefix { !$0.isWhitespace }
        let rest = String(entry.dropFirst(word.count + 1)).trimmedOfBlanks
        self = Self.command(word.lowercased(), argument: rest.isEmpty ? nil : rest)
    }

    private static func command(_ name: String, argument: String?) -> InteractiveInput {
        switch name {
        case "help", "?": .command(.help)
        case "model": .command(.model(argument))
        case "style": .command(.style(argument))
        case "system": .command(.system(argument))
        case "verbose": .command(.verbose)
        case "reset", "clear", "new": .command(.reset)
        case "retry": .command(.retry)
        case "save": argument.map { .command(.save($0)) } ?? .mistake("Say where to: /save FILE")
        case "health": .command(.health)
        case "models": .command(.models)
        case "quit", "exit", "q": .command(.quit)
        default: .mistake("There is no command /\(name). /help lists the commands; type // for a prompt that begins with /.")
        }
    }

    static let help = """
        /help            this list
        /model NAME      ask another model; without a name, show the present one
        /style NAME      events, inline, reasoning, think or off; default leaves it to the proxy
        /system TEXT     set the system prompt; off removes it
        /verbose         show or hide phases, times and speed
        /reset           forget the conversation
        /retry           ask the last question again
        /save FILE       write the conversation to a new file
        /health          show how the proxy and its upstreams are
        /models          list the models
        /quit            leave; Ctrl-D does the same

        Several lines: end a line with \\, or put the text between two lines of \"""
        Ctrl-C stops an answer; at an empty prompt, twice, it leaves.
        """
}
