"""Every event and every whole answer of every scenario, against the type models of the two vendors' packages.

The packages themselves build their objects without looking. Here each event is validated strictly by the model that its type names, and
may hold no member that the model does not know, at any depth.
"""
import json
import os
import typing

import pydantic
import pytest
from openai.types.responses import Response, ResponseStreamEvent

from asking import QUESTION, WEATHER_SCHEMA
from programs import ROOT, Scenario
from wire import post

try:
    from anthropic.types import Message, RawMessageStreamEvent
except ImportError:
    Message = RawMessageStreamEvent = None

# Nothing ends these but the client, or only a long time.
ENDLESS = {"stall", "hold", "no-answer", "endless", "endless-line", "comments", "oversize-event"}
# What the vendor's own server sends, or some versions of the package require, and this version does not know.
BEYOND_THE_MODELS = {"Response.store", "ResponseCustomToolCall.status", "ResponseFunctionCallArgumentsDoneEvent.name"}
# What the specification requires and the package's models let be absent.
RESPONSE_MEMBERS = {"error", "incomplete_details", "instructions", "metadata", "temperature", "top_p", "status", "usage"}

APIS = ["responses", "messages"] if Message else ["responses"]


def is_short(name):
    values = Scenario(name).values
    fault = values.get("fault") or {}
    silence = fault.get("milliseconds", 0) + sum(segment.get("pause_ms", 0) for segment in values.get("segments", []))
    return fault.get("kind") not in ENDLESS and silence <= 5000


FILES = os.listdir(os.path.join(ROOT, "Fixtures", "scenarios"))
SCENARIOS = [name for name in sorted(file[:-len(".json")] for file in FILES if file.endswith(".json")) if is_short(name)]

TOOL = {"type": "function", "name": "get_weather", "description": "Says the weather.", "parameters": WEATHER_SCHEMA, "strict": True}
REQUESTS = {
    "responses": {
        "instructions": "Be brief.", "tools": [TOOL, {"type": "custom", "name": "apply_patch"}], "tool_choice": "auto", "temperature": 0.5,
        "top_p": 0.9, "max_output_tokens": 500, "metadata": {"kind": "test"}, "reasoning": {"effort": "high", "summary": "auto"},
        "input": [{"role": "user", "content": [{"type": "input_text", "text": QUESTION}]}], "include": ["reasoning.encrypted_content"],
    },
    "messages": {
        "system": "Be brief.", "max_tokens": 500, "temperature": 0.5, "tool_choice": {"type": "auto"},
        "tools": [{"name": "get_weather", "description": "Says the weather.", "input_schema": WEATHER_SCHEMA}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}],
    },
}
WHOLE = {"responses": Response, "messages": Message}


def models_by_type(union):
    """The members of a union of models, by the literal of their `type`."""
    members = union
    while not all(isinstance(member, type) for member in typing.get_args(members)) or not typing.get_args(members):
        members = typing.get_args(members)[0]
    return {typing.get_args(model.model_fields["type"].annotation)[0]: model for model in typing.get_args(members)}


UNIONS = {"responses": ResponseStreamEvent, "messages": RawMessageStreamEvent}
MODELS = {api: models_by_type(UNIONS[api]) for api in APIS}


def strangers(value, place=""):
    """Where a validated object holds members that its model does not know."""
    if isinstance(value, pydantic.BaseModel):
        found = [
            "%s.%s" % (place, name) for name in value.__pydantic_extra__ or {}
            if "%s.%s" % (type(value).__name__, name) not in BEYOND_THE_MODELS]
        for name in type(value).model_fields:
            found += strangers(getattr(value, name), "%s.%s" % (place, name))
        return found
    if isinstance(value, list):
        return [stranger for index, item in enumerate(value) for stranger in strangers(item, "%s[%d]" % (place, index))]
    return []


def check(model, text):
    value = model.model_validate_json(text, strict=True)
    assert not strangers(value), "%s: %s" % (strangers(value), text)
    plain = json.loads(text)
    response = plain if model is Response else plain.get("response")
    if response is not None:
        assert not RESPONSE_MEMBERS - set(response), text
    return value


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("api", APIS)
def test_every_event_is_of_its_type(agent_proxy, on_common_ground, api, scenario):
    answer = post("%s/v1/%s" % (agent_proxy.url, api), {"model": scenario, "stream": True, **REQUESTS[api]})
    if answer.status != 200:
        return check_refusal(answer, api, scenario)
    events = answer.events
    assert events
    for number, (name, data) in enumerate(events):
        plain = json.loads(data)
        assert plain["type"] == name
        if api == "messages" and name in ("error", "ping"):
            # The package's union leaves these two to its decoder.
            assert name == "ping" or set(plain["error"]) == {"type", "message"}
            continue
        event = check(MODELS[api][name], data)
        assert api == "messages" or event.sequence_number == number
    ends = {"response.completed", "response.incomplete", "response.failed"} if api == "responses" else {"message_stop", "error"}
    assert [name for name, _ in events if name in ends] == [events[-1][0]]


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("api", APIS)
def test_every_whole_answer_is_of_its_type(agent_proxy, on_common_ground, api, scenario):
    answer = post("%s/v1/%s" % (agent_proxy.url, api), {"model": scenario, **REQUESTS[api]})
    if answer.status != 200:
        return check_refusal(answer, api, scenario)
    check(WHOLE[api], answer.text)


def check_refusal(answer, api, scenario):
    assert "fault" in Scenario(scenario).values
    body = answer.json
    assert 400 <= answer.status < 600 and answer.headers["x-request-id"]
    assert isinstance(body["error"]["message"], str) and isinstance(body["error"]["type"], str)
    if api == "messages":
        assert body["type"] == "error" and answer.headers["request-id"]
    else:
        assert {"message", "type", "param", "code"} <= set(body["error"])


EXAMPLES = {
    "responses": (
        {"type": "response.output_text.delta", "sequence_number": 1, "item_id": "m", "output_index": 0, "content_index": 0, "delta": "x",
         "logprobs": []},
        [{"sequence_number": "1"}, {"sequence_number": None}, {"phase": "x"}, {"logprobs": [{"token": "x", "logprob": -0.5, "x": 1}]}]),
    "messages": (
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}},
        [{"index": "0"}, {"x": 1}, {"content_block": {"type": "thinking", "thinking": ""}}, {"content_block": {"type": "thought"}},
         {"content_block": {"type": "thinking", "thinking": "", "signature": "", "x": 1}}]),
}


@pytest.mark.parametrize("api", APIS)
def test_the_check_sees_what_is_wrong(api):
    good, changes = EXAMPLES[api]
    model = MODELS[api][good["type"]]
    check(model, json.dumps(good))
    lacking = [{key: good[key] for key in good if key != missing} for missing in good]
    for spoilt in [{**good, **change} for change in changes] + lacking:
        with pytest.raises((pydantic.ValidationError, AssertionError)):
            check(model, json.dumps(spoilt))
