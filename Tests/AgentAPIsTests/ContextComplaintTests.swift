import AgentAPIs
import Testing

/// A conversation that is too long, in the words of the servers that say so.
@Suite struct ContextComplaintTests {
    @Test(arguments: [
        (
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
            "prompt is too long: 9001 tokens > 8192 maximum"
        ),
        (
            "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4900 in the messages, 100 in the completion).",
            "prompt is too long: 4900 tokens > 4096 maximum"
        ),
        (
            "This model's maximum context length is 4096 tokens. However, you requested 4200 tokens (4000 in the messages, 200 in the completion).",
            "prompt is too long: 4200 tokens > 4096 maximum"
        ),
        (
            "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
            "prompt is too long: 5000 tokens > 4096 maximum"
        ),
        (
            "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 20 `max_new_tokens`",
            "prompt is too long: 5000 tokens > 4096 maximum"
        ),
        (
            "the request exceeds the available context size (4096 tokens), try increasing it",
            "prompt is too long: the request exceeds the available context size (4096 tokens), try increasing it"
        ),
        ("prompt is too long: 210000 tokens > 200000 maximum", "prompt is too long: 210000 tokens > 200000 maximum"),
        ("context_length_exceeded", "prompt is too long: context_length_exceeded"),
    ])
    func aLongConversationIsToldWithItsNumbers(said: String, told: String) {
        #expect(AgentFailure.saysContextIsTooLong(said))
        #expect(AgentFailure.promptIsTooLong(said) == told)
    }

    @Test(arguments: [
        "This model's maximum context length is 4096 tokens. However, you requested 32100 tokens (100 in the messages, 32000 in the completion).",
        "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 4096 tokens and your request has "
            + "100 input tokens (32000 > 4096 - 100).",
        "The model does not exist.", "",
    ])
    func anAnswerThatWouldBeTooLongIsNoLongConversation(said: String) {
        #expect(!AgentFailure.saysContextIsTooLong(said))
    }
}
