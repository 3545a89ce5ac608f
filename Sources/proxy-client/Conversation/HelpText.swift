/// The parts of `--help` that are not options.
enum HelpText {
    static let version = "0.1.0"

    static var discussion: String {
        """
        The answer goes to standard output. Summaries, times and errors go to standard error, so that a pipe or a file gets the answer alone.

        EXAMPLES:
          proxy-client "Why is the sky blue?"
          proxy-client --prompt "Explain this error" < build.log
          git diff | proxy-client -p "Review this change" --verbose
          proxy-client -f plot.png -f data.csv "Does the plot fit the data?"
          proxy-client --interactive --model qwen3 --style reasoning
          proxy-client --json "2+2?" | jq -rj 'select(.event == "delta").text'
          proxy-client --health && proxy-client --models

        EXIT CODES:
        \(exitCodes)

        ENVIRONMENT:
          PROXY_URL, PROXY_MODEL          defaults of --url and --model
          PROXY_API_KEY, OPENAI_API_KEY   the key to send, the first one set; it is never shown
          NO_COLOR, CLICOLOR_FORCE        no colour, or colour also into a pipe
          XDG_STATE_HOME                  where the history is kept (reasoning-proxy/history)
        """
    }

    private static var exitCodes: String {
        ProgramExit.allCases.map { status in
            let code = "\(status.rawValue)"
            return "  " + code + String(repeating: " ", count: 5 - code.count) + status.meaning
        }.joined(separator: "\n")
    }
}
