"""Every style, read the ways people read streams."""
import pytest

from programs import Scenario, recorded_answer
from reading import (
    LABELS, PHASE_STYLES, PHASES, QUESTION, STANDARD_STYLE, STYLES, WRAPS_NAMED_EVENTS, answer_in, ask, chat_with_helpers, content,
    expected_phases, phases_in_order, reasoning_by_phase, stream_of, texts_by_phase, valid, without_summaries)

# Dialects of upstreams: a field with nulls, usage on every chunk, details, tags, typed parts, escapes, no reasoning, odd framing.
DIALECTS = ["lighthouse", "sorting-bug", "gift", "prime", "magistral", "choices-first", "no-reasoning", "framing-everything"]
RECORDINGS = [
    "chat.deepseek-style.reasoning", "chat.groq-style.reasoning", "chat.qwen-style.reasoning", "chat.mistral-style.reasoning",
    "chat.openrouter-style.reasoning", "chat.azure-style.text"]
# Upstreams whose own stream has pure content and no chunk with an empty `choices`: these can be read in style `off` too.
PURE_DIALECTS = ["lighthouse", "sorting-bug"]

styles = pytest.mark.parametrize("style", STYLES)
phase_styles = pytest.mark.parametrize("style", PHASE_STYLES)
dialects = pytest.mark.parametrize("dialect", DIALECTS)


@phase_styles
@pytest.mark.parametrize("dialect", [*DIALECTS, "emoji-split"])
def test_a_guarded_loop_gets_the_answer_exactly(client, style, dialect):
    chunks = [valid(chunk) for chunk in stream_of(client, dialect, style)]
    assert answer_in("".join(content(chunk) for chunk in chunks), style) == Scenario(dialect).answer


@phase_styles
@dialects
def test_the_tutorial_loop_gets_the_answer_exactly(client, style, dialect):
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream_of(client, dialect, style))
    assert answer_in(text, style) == Scenario(dialect).answer


@phase_styles
@dialects
def test_the_helper_gets_the_answer_exactly(client, style, dialect):
    with chat_with_helpers(client).stream(**ask(dialect, style)) as stream:
        deltas = [event.delta for event in stream if event.type == "content.delta"]
        message = stream.get_final_completion().choices[0].message
    assert "".join(deltas) == message.content
    assert answer_in(message.content, style) == Scenario(dialect).answer
    assert message.role == "assistant"


@phase_styles
@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recorded_stream_is_read_by_loop_and_helper(client, style, name):
    answer = recorded_answer(name)
    assert answer
    model = "recording/" + name
    assert answer_in("".join(valid(chunk).choices[0].delta.content or "" for chunk in stream_of(client, model, style)), style) == answer
    with chat_with_helpers(client).stream(**ask(model, style)) as stream:
        assert answer_in(stream.get_final_completion().choices[0].message.content, style) == answer


@pytest.mark.parametrize("dialect", PURE_DIALECTS)
def test_off_is_the_upstreams_own_stream(client, dialect):
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream_of(client, dialect, "off"))
    assert text == Scenario(dialect).answer
    chunks = [valid(chunk) for chunk in stream_of(client, dialect, "off")]
    field = Scenario(dialect).values["format"]
    thoughts = "".join(getattr(chunk.choices[0].delta, field, None) or "" for chunk in chunks if chunk.choices)
    assert thoughts == Scenario(dialect).reasoning
    assert phases_in_order(chunks) == []
    with chat_with_helpers(client).stream(**ask(dialect, "off")) as stream:
        assert stream.get_final_completion().choices[0].message.content == Scenario(dialect).answer


@phase_styles
@dialects
def test_the_phases_come_in_order_and_sort_the_texts(client, style, dialect):
    chunks = list(stream_of(client, dialect, style))
    shown = style or STANDARD_STYLE
    assert phases_in_order(chunks) == expected_phases(shown, dialect != "no-reasoning")
    texts, thoughts = texts_by_phase(chunks), reasoning_by_phase(chunks)
    assert texts["final_output"].removeprefix("\n\n" if shown == "think" else "") == Scenario(dialect).answer
    summaries = thoughts if shown == "reasoning" else texts
    assert summaries["prompt_summary"].removeprefix("<think>") == LABELS["prompt_summary"] + QUESTION + "\n\n"
    if dialect != "no-reasoning":
        assert summaries["reasoning_summary"].startswith(LABELS["reasoning_summary"])
        assert 0 < len(summaries["reasoning_summary"]) - len(LABELS["reasoning_summary"])
    if shown == "reasoning":
        assert set(texts) == {"final_output"}
    else:
        assert thoughts == {}
    if shown in ("events", "inline"):
        assert without_summaries(texts["prompt_summary"] + texts.get("reasoning_summary", "")) == ""


@phase_styles
def test_raw_reasoning_stays_behind(client, style):
    for dialect in ("lighthouse", "sorting-bug", "gift"):
        for chunk in stream_of(client, dialect, style):
            delta = chunk.choices[0].delta
            assert not getattr(delta, "reasoning", None) and not getattr(delta, "reasoning_details", None)
        shown = "".join(reasoning_by_phase(stream_of(client, dialect, style)).values())
        assert Scenario(dialect).reasoning not in shown


def test_the_helper_shows_summaries_as_reasoning_content(client):
    with chat_with_helpers(client).stream(**ask("lighthouse", "reasoning")) as stream:
        phases = phases_in_order(event.chunk for event in stream if event.type == "chunk")
        message = stream.get_final_completion().choices[0].message
    assert phases == PHASES
    assert message.content == Scenario("lighthouse").answer
    assert message.reasoning_content.startswith(LABELS["prompt_summary"] + QUESTION + "\n\n" + LABELS["reasoning_summary"])


def test_think_tags_are_chunks_of_their_own(client):
    pieces = [content(chunk) for chunk in stream_of(client, "lighthouse", "think")]
    assert pieces.count("<think>") == 1 and pieces.count("</think>") == 1
    assert "".join(pieces).count("think>") == 2


@styles
def test_a_stream_has_one_role_first_and_one_finish_last(client, style):
    choices = [chunk.choices[0] for chunk in stream_of(client, "lighthouse", style) if chunk.choices]
    roles = [choice.delta.role for choice in choices]
    texts = [choice.delta.content or getattr(choice.delta, "reasoning_content", None) for choice in choices]
    assert roles.index("assistant") <= next(place for place, text in enumerate(texts) if text)
    assert set(roles) <= {"assistant", None}
    reasons = [choice.finish_reason for choice in choices]
    assert reasons[-1] == "stop" and not any(reasons[:-1])


@pytest.mark.parametrize("dialect", ["lighthouse", "sorting-bug", "gift", "prime", "no-reasoning"])
@phase_styles
def test_usage_comes_when_asked_for_and_only_then(client, style, dialect):
    assert all(chunk.choices for chunk in stream_of(client, dialect, style))
    asked = list(stream_of(client, dialect, style, stream_options={"include_usage": True}))
    assert [bool(chunk.choices) for chunk in asked] == [True] * (len(asked) - 1) + [False]
    assert asked[-1].usage.total_tokens == asked[-1].usage.prompt_tokens + asked[-1].usage.completion_tokens > 0
    with chat_with_helpers(client).stream(**ask(dialect, style, stream_options={"include_usage": True})) as stream:
        assert stream.get_final_completion().usage == asked[-1].usage


@styles
def test_two_choices_stay_apart(client, style):
    chunks = [valid(chunk) for chunk in stream_of(client, "choices-interleaved", style, n=2)]
    expected = [choice["answer"] for choice in Scenario("choices-interleaved").values["choices"]]
    if style == "off":
        # The upstream's own tags stand in the text.
        for index, answer in enumerate(expected):
            assert "".join(content(chunk, index) for chunk in chunks).endswith(answer)
    else:
        first = "".join(content(chunk) for chunk in chunks)
        assert answer_in(first, style) == expected[0]
        assert "".join(content(chunk, 1) for chunk in chunks) == expected[1]
    finishes = {choice.index: choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason}
    assert finishes == {0: "stop", 1: "length"}


@phase_styles
def test_the_helper_keeps_two_choices_apart(client, style):
    with chat_with_helpers(client).stream(**ask("choices-in-sequence", style, n=3)) as stream:
        choices = stream.get_final_completion().choices
    assert [choice.index for choice in choices] == [0, 1, 2]
    assert answer_in(choices[0].message.content, style) == "One."
    assert choices[1].message.content == "Two, without thinking."
    assert choices[2].message.refusal == "I would rather not." and not choices[2].message.content


@phase_styles
def test_log_probabilities_pass(client, style):
    chunks = [valid(chunk) for chunk in stream_of(client, "logprobs", style, logprobs=True)]
    tokens = [token.token for chunk in chunks if chunk.choices[0].logprobs for token in chunk.choices[0].logprobs.content]
    assert "".join(tokens) == Scenario("logprobs").answer


@pytest.mark.skipif(not WRAPS_NAMED_EVENTS, reason="this version reads named events")
def test_an_old_sdk_that_insists_on_named_events_loses_the_markers_and_nothing_else(client):
    chunks = list(stream_of(client, "lighthouse", "events"))
    text = "".join(content(chunk) for chunk in chunks if chunk.choices)
    assert without_summaries(text) == Scenario("lighthouse").answer
    assert any(not chunk.choices for chunk in chunks)
