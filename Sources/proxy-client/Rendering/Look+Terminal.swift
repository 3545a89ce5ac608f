import Glibc

extension Look {
    /// What the two outputs are, and what the user asked for.
    init(_ options: Options, environment: [String: String]) {
        func output(_ descriptor: Int32) -> Output {
            let isTerminal = isatty(descriptor) == 1
            return Output(
                isTerminal: isTerminal,
                palette: Palette(hasColour: options.color.hasColour(isTerminal: isTerminal, environment: environment)))
        }
        self.init(answer: output(STDOUT_FILENO), decoration: output(STDERR_FILENO))
        showsSpinner = decoration.isTerminal && environment["TERM"] != "dumb"
        isVerbose = options.verbose
        isQuiet = options.quiet
    }
}
