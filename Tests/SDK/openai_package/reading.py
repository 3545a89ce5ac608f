"""How the tests read streams, and what they expect of each wire style."""
import re

from openai.types.chat import ChatCompletionChunk

from conftest import VERSION

PHASES = ["prompt_summary", "reasoning_summary", "final_output"]
LABELS = {"prompt_summary": "[Prompt Summary] ", "reasoning_summary": "[Reasoning Summary] "}
QUESTION = "Is 91 a prime number?"

# These versions wrap a named event, so that `choices` is missing; the proxy knows them by their user agent.
WRAPS_NAMED_EVENTS = (1, 14, 0) <= VERSION < (1, 98, 0)
STANDARD_STYLE = "inline" if WRAPS_NAMED_EVENTS else "events"

# None: the request chooses no style.
STYLES = [None, "inline", "reasoning", "think", "off"] + ([] if WRAPS_NAMED_EVENTS else ["events"])
PHASE_STYLES = [style for style in STYLES if style != "off"]


def ask(model, style=None, **more):
    """The arguments of a request."""
    if style is not None:
        more["extra_body"] = {**more.get("extra_body", {}), "phases": style}
    return {"model": model, "messages": [{"role": "user", "content": QUESTION}], **more}


def stream_of(client, model, style=None, **more):
    return client.chat.completions.create(stream=True, **ask(model, style, **more))


def chat_with_helpers(client):
    """Where `.stream()` and `.parse()` are: under `beta` until 1.92."""
    return client.chat.completions if hasattr(client.chat.completions, "stream") else client.beta.chat.completions


def valid(chunk):
    """The chunk, having passed the SDK's own type: the SDK itself builds its objects without looking."""
    ChatCompletionChunk.model_validate(chunk.model_dump(exclude_unset=True, warnings=False))
    return chunk


def content(chunk, index=0):
    return "".join(choice.delta.content or "" for choice in chunk.choices if choice.index == index)


def texts_by_phase(chunks, index=0):
    """Content by `chunk.phase`; chunks without text do not count."""
    texts = {}
    for chunk in chunks:
        if text := content(chunk, index):
            phase = getattr(chunk, "phase", None)
            texts[phase] = texts.get(phase, "") + text
    return texts


def reasoning(delta):
    return getattr(delta, "reasoning_content", None) or ""


def reasoning_by_phase(chunks):
    texts = {}
    for chunk in chunks:
        for choice in chunk.choices:
            if text := reasoning(choice.delta):
                texts[chunk.phase] = texts.get(chunk.phase, "") + text
    return texts


def phases_in_order(chunks):
    """Each phase once, when it first appears or appears again."""
    seen = []
    for chunk in chunks:
        phase = getattr(chunk, "phase", None)
        if phase is not None and (not seen or seen[-1] != phase):
            seen.append(phase)
    return seen


def expected_phases(style, has_steps=True):
    """All three, unless there is nothing to say in a style that has no markers."""
    return PHASES if has_steps or style != "reasoning" else [PHASES[0], PHASES[2]]


def without_summaries(text):
    """What remains of a text of the styles events and inline."""
    return re.sub(r"\A(\[(Prompt|Reasoning) Summary\] .+?\n\n)+", "", text, flags=re.DOTALL)


def without_thoughts(text):
    """What remains of a text of the style think."""
    before, tag, rest = text.partition("</think>")
    assert before.startswith("<think>") and tag and rest.startswith("\n\n"), text
    return rest[2:]


def answer_in(text, style):
    """The answer in the whole `content` of a stream, as somebody who knows nothing of phases would find it."""
    if style == "think":
        return without_thoughts(text)
    return without_summaries(text) if (style or STANDARD_STYLE) in ("events", "inline") else text
