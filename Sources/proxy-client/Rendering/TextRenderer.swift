/// Shows a reply to a person: the answer on standard output, everything else on standard error.
///
/// Holds no clock and writes nothing itself. Every write ends in the terminal's own colour, so that the program may end at any
/// moment without leaving a coloured terminal.
struct TextRenderer: Renderer {
    private let look: Look
    private var spinner = Spinner()
    private var lastTextAt = Duration.zero
    private var shownPart: ReplyPart?
    private var layout: SummaryLayout?
    private var safeAnswer = TerminalText()
    private var safeSummary = TerminalText()
    private var answerLineIsOpen = false
    private var decorationLineIsOpen = false

    init(_ look: Look) { self.look = look }

    mutating func render(_ command: RenderCommand, into writes: inout [ScreenWrite]) {
        switch command {
        case .waiting(let wait, let elapsed): showWaiting(wait, elapsed, &writes)
        case .head(let facts, let now): detail(Wording.head(facts, at: now), &writes)
        case .began(let part, let now): detail("\(part.rawValue) begins at \(now.clock)", &writes)
        case .text(.answer, let text, _): showAnswer(text, &writes)
        case .text(let part, let text, let now): showSummary(part, text, at: now, &writes)
        case .note(let note):
            if note != .unreadableEvent { closeAnswer(&writes) }  // The others come after the answer's last text.
            remark(Wording.note(note), .warning, &writes)
        case .usage(let usage):
            closeAnswer(&writes)
            detail(Wording.usage(usage), &writes)
        case .ended(let ending): showEnding(ending, &writes)
        }
    }

    private mutating func showWaiting(_ wait: Wait, _ elapsed: Duration, _ writes: inout [ScreenWrite]) {
        guard look.showsSpinner, !look.isQuiet, elapsed - lastTextAt >= Spinner.patience else { return }
        closeDecorationLine(&writes)
        let picture = spinner.draw(wait, elapsed: elapsed, look.decoration.palette)
        writes.append(ScreenWrite(stream: .decoration, text: picture))
    }

    private mutating func showAnswer(_ text: String, _ writes: inout [ScreenWrite]) {
        openPart(.answer, &writes)
        let shown = look.answer.needsSafeText ? safeAnswer.receive(text) : text
        guard !shown.isEmpty else { return }
        eraseSpinner(&writes)
        if look.sharesTerminal { closeDecorationLine(&writes) }
        writes.append(ScreenWrite(stream: .answer, text: look.answer.palette.paint(shown, .answerText)))
        answerLineIsOpen = !shown.hasSuffix("\n")
    }

    private mutating func showSummary(_ part: ReplyPart, _ text: String, at now: Duration, _ writes: inout [ScreenWrite]) {
        guard !look.isQuiet else { return }
        lastTextAt = now
        openPart(part, &writes)
        let safe = look.decoration.needsSafeText ? safeSummary.receive(text) : text
        let lines = layout?.receive(safe) ?? safe
        guard !lines.isEmpty else { return }
        decorate(look.decoration.palette.paint(lines, .text(of: part)), &writes)
        decorationLineIsOpen = layout?.hasOpenLine ?? !lines.hasSuffix("\n")
    }

    /// Writes the heading when the first text of a part comes. A part that is taken up again gets its heading again.
    private mutating func openPart(_ part: ReplyPart, _ writes: inout [ScreenWrite]) {
        guard part != shownPart else { return }
        let isFirst = shownPart == nil
        shownPart = part
        layout = part == .promptSummary || part == .reasoningSummary ? SummaryLayout(part: part) : nil
        // The heading of an answer that goes into a pipe would stand above nothing.
        guard !look.isQuiet, part != .answer || look.sharesTerminal else { return }
        closeLines(&writes)
        let gap = isFirst && !look.isVerbose ? "" : "\n"
        decorate(gap + look.decoration.palette.paint(part.heading, .heading(of: part)) + "\n", &writes)
    }

    private mutating func showEnding(_ ending: Ending, _ writes: inout [ScreenWrite]) {
        eraseSpinner(&writes)
        closeAnswer(&writes)
        closeDecorationLine(&writes)
        if look.isVerbose, !look.isQuiet {
            decorate("\n", &writes)
            for line in Wording.times(ending) { detail(line, &writes) }
        }
        guard let fault = ending.fault else { return }
        let palette = look.decoration.palette
        let sentence = safe(fault.sentence(afterText: !ending.answer.isEmpty))
        if fault == .interrupted { return decorate(palette.paint(sentence, .faint) + "\n", &writes) }
        decorate(palette.paint("✗ " + sentence, .fault) + "\n", &writes)
        if let hint = fault.hint { decorate(palette.paint("  hint: " + safe(hint), .warning) + "\n", &writes) }
    }

    /// A line for those who asked for details.
    private mutating func detail(_ line: String, _ writes: inout [ScreenWrite]) {
        guard look.isVerbose else { return }
        remark(line, .faint, &writes)
    }

    private mutating func remark(_ line: String, _ tint: Tint, _ writes: inout [ScreenWrite]) {
        guard !look.isQuiet else { return }
        closeLines(&writes)
        decorate(look.decoration.palette.paint("· " + safe(line), tint) + "\n", &writes)
    }

    private func safe(_ text: String) -> String { look.decoration.needsSafeText ? TerminalText.safe(text) : text }

    private mutating func decorate(_ text: String, _ writes: inout [ScreenWrite]) {
        eraseSpinner(&writes)
        writes.append(ScreenWrite(stream: .decoration, text: text))
    }

    private mutating func eraseSpinner(_ writes: inout [ScreenWrite]) {
        let eraser = spinner.erase()
        if !eraser.isEmpty { writes.append(ScreenWrite(stream: .decoration, text: eraser)) }
    }

    private mutating func closeLines(_ writes: inout [ScreenWrite]) {
        closeDecorationLine(&writes)
        if look.sharesTerminal { closeAnswer(&writes) }
    }

    private mutating func closeAnswer(_ writes: inout [ScreenWrite]) {
        guard answerLineIsOpen else { return }
        writes.append(ScreenWrite(stream: .answer, text: "\n"))
        answerLineIsOpen = false
    }

    private mutating func closeDecorationLine(_ writes: inout [ScreenWrite]) {
        guard decorationLineIsOpen else { return }
        var ignored = ""
        layout?.endStep(into: &ignored)
        decorationLineIsOpen = false
        decorate("\n", &writes)
    }
}
