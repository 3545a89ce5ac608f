/// The scenarios that are there without any file, so that the program runs from anywhere.
enum BuiltInScenarios {
    static let all = [bridge, plain, echo, fast]

    /// A riddle everybody can check while it streams.
    private static let bridge = """
        {
          "name": "default",
          "description": "the bridge riddle: about 350 tokens of reasoning_content, then the answer, at 60 tokens/s",
          "models": ["mock-reasoner"],
          "format": "reasoning_content",
          "envelope": {"system_fingerprint": "fp_mock"},
          "reasoning": [
            "We need the fastest way to bring four people across a bridge at night. They walk it in 1, 2, 5 and 10 minutes, they share one torch, and at most two may cross together. The pair walks at the pace of the slower one.",
            "",
            "First idea: the fastest person accompanies everybody. Take 10 across with 1 (10 minutes), 1 comes back (1), take 5 across with 1 (5), 1 comes back (1), take 2 across with 1 (2). That sums to 10 + 1 + 5 + 1 + 2 = 19 minutes.",
            "",
            "Can it be shorter? The two slow walkers cost 10 and 5 because they cross separately. If they cross together, the 5 disappears inside the 10. But then neither of them should carry the torch back, so a fast person must already be waiting on the far side.",
            "",
            "So: 1 and 2 go first, which takes 2 minutes. 1 returns with the torch, total 3. Now 5 and 10 cross together, total 13. Person 2 is over there and brings the torch back, total 15. Finally 1 and 2 cross again, total 17.",
            "",
            "Check that nothing beats 17. There are always three crossings to the far side and two returns. The crossing with the slowest costs 10. If 5 crosses on its own trip, that trip costs 5, and the best possible rest is 2 + 1 + 1, so 19. If 5 crosses with 10, the other two crossings cost at least 2 each and the returns cost at least 1 + 2, because the second return must be made by whoever waited there. That gives 10 + 2 + 2 + 1 + 2 = 17. Both cases are covered, so 17 is optimal.",
            "",
            "I should present the schedule as a short list and mention why the obvious plan loses two minutes."
          ],
          "answer": [
            "The fastest crossing takes **17 minutes**:",
            "",
            "1. 1 and 2 cross (2 min, total 2).",
            "2. 1 returns with the torch (1 min, total 3).",
            "3. 5 and 10 cross together (10 min, total 13).",
            "4. 2 returns with the torch (2 min, total 15).",
            "5. 1 and 2 cross again (2 min, total 17).",
            "",
            "The obvious plan, in which the fastest person escorts everyone, needs 19 minutes: it pays for both slow walkers. Sending them together hides the 5 behind the 10, and that saving is worth the extra return."
          ]
        }
        """

    private static let plain = """
        {
          "name": "plain",
          "description": "a short answer without any reasoning",
          "format": "plain",
          "answer": "A plain answer: no reasoning, no tools, just these words and a full stop."
        }
        """

    private static let echo = """
        {
          "name": "echo",
          "description": "says the last user message back, as fast as it can; the reasoning is the whole request as JSON",
          "reasoning": "{{request}}",
          "answer": "{{prompt}}",
          "pacing": {"tokens_per_second": 0, "jitter": 0, "first_token_delay_ms": 0}
        }
        """

    private static let fast = """
        {
          "name": "fast",
          "description": "two sentences of reasoning and one of answer, without any delay",
          "reasoning": "The request is short. A short answer is enough.",
          "answer": "Done at once.",
          "pacing": {"tokens_per_second": 0, "jitter": 0, "first_token_delay_ms": 0}
        }
        """
}
