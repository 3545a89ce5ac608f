/// What the renderer knows about the two outputs and the user's wishes.
struct Look: Equatable, Sendable {
    /// One output.
    struct Output: Equatable, Sendable {
        var isTerminal: Bool
        var palette: Palette

        /// Text from a server must not reach a terminal as it is; a pipe or file gets the exact bytes, unless colour was
        /// forced upon it, which says that a terminal is behind.
        var needsSafeText: Bool { isTerminal || palette.hasColour }
    }

    var answer: Output
    var decoration: Output
    /// False for dumb terminals, pipes and files.
    var showsSpinner = false
    var isVerbose = false
    var isQuiet = false

    /// Both outputs are the same terminal, so that an open line on one is an open line on the other.
    var sharesTerminal: Bool { answer.isTerminal && decoration.isTerminal }
}
