"""Compares what came with what had to come. A truncation that looks like a whole answer is the one thing that must never happen."""
import json

import scenarios
from client import Stream, behind_thoughts


class Wrong(Exception):
    """Something that must not happen: its kind is counted, its text printed."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


SILENT = "silent truncation"
TEXT = "wrong text"
STATUS = "unexpected status"
FORM = "malformed stream"


def shown(text, other):
    """Where two texts part."""
    place = next((place for place, pair in enumerate(zip(text, other)) if pair[0] != pair[1]), min(len(text), len(other)))
    return "at %d of %d/%d: %r instead of %r" % (place, len(text), len(other), text[place:place + 40], other[place:place + 40])


def expect_status(reply, *statuses):
    if reply.status not in statuses:
        raise Wrong(STATUS, "%d instead of %s: %r" % (reply.status, statuses, reply.body[:300]))


def read_stream(reply, style):
    stream = Stream(reply.body, style)
    if stream.faults:
        raise Wrong(FORM, "%s, style %s: %r" % (stream.faults[0], style, reply.body[-200:]))
    return stream


def whole_stream(reply, style, says_done=True):
    """A stream that ended well: no error, a finish reason, `[DONE]` (in style `off` if the upstream `says_done`)."""
    expect_status(reply, 200)
    stream = read_stream(reply, style)
    if stream.errors:
        raise Wrong(STATUS, "an error instead of an answer: %r" % stream.errors)
    if stream.broken_payloads:
        raise Wrong(FORM, "a payload is not JSON, style %s" % style)
    if not stream.finishes or not stream.is_done and (style != "off" or says_done):
        raise Wrong(SILENT, "no error, done %s, finishes %r: %r" % (stream.is_done, stream.finishes, reply.body[-200:]))
    return stream


def expect_text(text, wanted):
    if text != wanted:
        raise Wrong(SILENT if wanted.startswith(text) else TEXT, shown(text, wanted))


def expect_answer(reply, script, style):
    """The whole answer of a script, streamed."""
    stream = whole_stream(reply, style, script.framing.get("done", True))
    text = stream.answer()
    if style == "off" and script.shows_reasoning_in_content:
        # The markers' bytes come with it: it is the upstream's own content.
        if not text.rstrip().endswith(script.answer) and script.answer not in text:
            raise Wrong(TEXT, "the upstream's own stream lacks the answer: %r" % text[-200:])
        return
    expect_text(text, script.answer)


def expect_completion(reply, script, style):
    """The whole answer of a script, not streamed."""
    expect_status(reply, 200)
    content = reply.json()["choices"][0]["message"]["content"]
    if style == "off" and script.shows_reasoning_in_content:
        if script.answer not in content:
            raise Wrong(TEXT, "the upstream's own completion lacks the answer: %r" % content[-200:])
        return
    if not isinstance(content, str):
        content = "".join(part.get("text", "") for part in content if part.get("type") == "text")
    expect_text(behind_thoughts(content) if style == "think" else content, script.answer)


def expect_tools(reply, streams):
    if streams:
        calls = [call for _, call in sorted(whole_stream(reply, "reasoning").tool_calls.items())]
    else:
        expect_status(reply, 200)
        calls = [dict(call["function"], id=call["id"]) for call in reply.json()["choices"][0]["message"]["tool_calls"]]
    got = [(call["id"], call["name"], json.loads(call["arguments"])) for call in calls]
    wanted = [(call["id"], call["name"], call["arguments"]) for call in scenarios.TOOL_CALLS]
    if got != wanted:
        raise Wrong(TEXT, "tool calls %r" % got)


def expect_choices(reply, style, streams):
    if streams:
        stream = whole_stream(reply, style)
        answers = [stream.answer(index) for index in range(len(scenarios.CHOICES))]
    else:
        expect_status(reply, 200)
        answers = [choice["message"]["content"] for choice in sorted(reply.json()["choices"], key=lambda choice: choice["index"])]
        if style == "think":
            answers[0] = behind_thoughts(answers[0])
    for answer, (_, wanted) in zip(answers, scenarios.CHOICES, strict=True):
        expect_text(answer, wanted)


def expect_cut(reply, script, style, codes):
    """A stream that could not be finished: one error object of one of the codes, no finish, a prefix of the answer, the end."""
    expect_status(reply, 200)
    stream = read_stream(reply, style)
    if not stream.errors:
        raise Wrong(SILENT, "nothing tells that it was cut: %r" % reply.body[-300:])
    code, is_own = stream.errors[0]["code"], True
    if style == "off" and code == "mock_error":
        # The upstream's own bytes have told it, and they end as it ended them.
        code, is_own = "upstream_error", False
    if len(stream.errors) > 1 or stream.finishes or is_own and not stream.is_done:
        raise Wrong(FORM, "errors %r, finishes %r, done %s" % (stream.errors, stream.finishes, stream.is_done))
    if code not in codes:
        raise Wrong(STATUS, "code %r instead of %r" % (code, codes))
    if style == "off" and script.shows_reasoning_in_content:
        return
    if not script.answer.startswith(stream.answer()):
        raise Wrong(TEXT, shown(stream.answer(), script.answer))


def expect_refusal(reply, statuses, codes, style):
    """A failure before the answer: a status of its own, or, behind the commit delay, one error object in the stream."""
    if reply.status == 200:
        stream = read_stream(reply, style)
        if len(stream.errors) != 1 or stream.finishes or not stream.is_done:
            raise Wrong(SILENT if not stream.errors else FORM, "no status and no single error: %r" % reply.body[-300:])
        code = stream.errors[0]["code"]
    else:
        expect_status(reply, *statuses)
        code = reply.error_code
    if code not in codes:
        raise Wrong(STATUS, "status %d, code %r instead of %r" % (reply.status, code, codes))
