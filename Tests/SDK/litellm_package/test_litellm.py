"""litellm over chat completions, the Responses API and the Messages API: whole and streamed, with tools, structured, and failing."""
import asyncio
import json
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks the network for prices when it is imported

import litellm
import pytest
from pydantic import BaseModel

from asking import DIALECTS, QUESTION, WEATHER_SCHEMA, answer_to, calls_of, get_weather
from programs import Scenario

APIS = ["chat", "messages"]
TOOL = {"type": "function", "function": {"name": "get_weather", "description": "Says the weather.", "parameters": WEATHER_SCHEMA}}


class Person(BaseModel):
    name: str
    year: int
    tags: list[str]


ADA = Person(name="Ada Lovelace", year=1843, tags=["notes", "engine"])


@pytest.fixture
def complete(agent_proxy):
    """litellm.completion by the name of the scenario; a stream is put together as litellm does it."""

    def call(name, api, stream, messages=None, **more):
        provider, base = {"chat": ("openai/", "/reasoning/v1"), "messages": ("anthropic/", "")}[api]
        answer = litellm.completion(
            model=provider + name, api_base=agent_proxy.url + base, api_key="unused", num_retries=0, timeout=20, stream=stream,
            messages=messages or [{"role": "user", "content": QUESTION}], **more)
        return litellm.stream_chunk_builder(list(answer)) if stream else answer

    return call


@pytest.fixture
def respond(agent_proxy):
    """litellm.responses by the name of the scenario: the final response, and the events."""

    def call(name, stream, input=QUESTION, **more):
        answer = litellm.responses(
            model="openai/" + name, api_base=agent_proxy.url + "/v1", api_key="unused", timeout=20, stream=stream, input=input, **more)
        events = list(answer) if stream else []
        return (events[-1].response if stream else answer), events

    return call


apis = pytest.mark.parametrize("api", APIS)
streamed = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


# MARK: Completions


@apis
@streamed
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_with_its_summary(complete, api, stream, dialect):
    # litellm asks names it does not know for less, unless told to let this pass.
    more = {"thinking": {"type": "adaptive"}, "allowed_openai_params": ["thinking"]} if api == "messages" else {}
    message = complete(dialect, api, stream, **more).choices[0].message
    assert message.content.strip() == Scenario(dialect).answer.strip()
    assert message.reasoning_content


@apis
def test_the_asynchronous_call(agent_proxy, api):
    provider, base = {"chat": ("openai/", "/reasoning/v1"), "messages": ("anthropic/", "")}[api]

    async def ask():
        stream = await litellm.acompletion(
            model=provider + "prime", api_base=agent_proxy.url + base, api_key="unused", stream=True, timeout=20,
            messages=[{"role": "user", "content": QUESTION}])
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(ask()) == Scenario("prime").answer


def round_of_tools(complete, api, stream, scenario):
    conversation = [{"role": "user", "content": QUESTION}]
    choice = complete(scenario, api, stream, conversation, tools=[TOOL]).choices[0]
    calls = choice.message.tool_calls
    assert [(call.id, call.function.name, json.loads(call.function.arguments)) for call in calls] == calls_of(scenario)
    assert choice.finish_reason == "tool_calls"
    results = [get_weather(**json.loads(call.function.arguments)) for call in calls]
    conversation.append(choice.message.model_dump(exclude_none=True))
    conversation += [{"role": "tool", "tool_call_id": call.id, "content": result} for call, result in zip(calls, results)]
    assert complete(scenario, api, stream, conversation, tools=[TOOL]).choices[0].message.content == answer_to(*results)


scenarios = pytest.mark.parametrize("scenario", ["tool-call", "tool-calls"])


@streamed
@scenarios
def test_a_round_of_tools_in_chat(complete, own_affair, stream, scenario):
    round_of_tools(complete, "chat", stream, scenario)


@streamed
@scenarios
def test_a_round_of_tools_in_messages(complete, on_common_ground, stream, scenario):
    round_of_tools(complete, "messages", stream, scenario)


def test_structured_output(complete):
    answer = complete("json-answer", "chat", False, response_format=Person)
    assert Person.model_validate_json(answer.choices[0].message.content) == ADA


@apis
def test_refusals_are_typed(complete, api):
    with pytest.raises(litellm.NotFoundError):
        complete("error-404", api, False)
    with pytest.raises(litellm.RateLimitError):
        complete("error-429", api, True)


@apis
def test_a_cut_raises(complete, api):
    with pytest.raises(Exception) as caught:
        complete("close-in-answer", api, True)
    assert "upstream" in str(caught.value).lower()


# MARK: Responses


def text_of(response):
    return "".join(part.text for item in response.output if item.type == "message" for part in item.content)


@streamed
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_response_with_its_summary(respond, on_common_ground, stream, dialect):
    response, events = respond(dialect, stream, reasoning={"summary": "auto"}, allowed_openai_params=["reasoning"])
    assert text_of(response).strip() == Scenario(dialect).answer.strip()
    assert [item.type for item in response.output] == ["reasoning", "message"]
    if stream:
        assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == text_of(response)
        assert [event for event in events if event.type == "response.reasoning_summary_text.delta"]


@streamed
@scenarios
def test_a_round_of_tools_in_responses(respond, on_common_ground, stream, scenario):
    tool = {"type": "function", **TOOL["function"]}
    response, _ = respond(scenario, stream, tools=[tool])
    calls = [item for item in response.output if item.type == "function_call"]
    assert [(call.call_id, call.name, json.loads(call.arguments)) for call in calls] == calls_of(scenario)
    results = [get_weather(**json.loads(call.arguments)) for call in calls]
    conversation = [{"role": "user", "content": QUESTION}]
    conversation += [item.model_dump(exclude_none=True) for item in response.output]
    conversation += [{"type": "function_call_output", "call_id": call.call_id, "output": result} for call, result in zip(calls, results)]
    response, _ = respond(scenario, stream, conversation, tools=[tool])
    assert text_of(response) == answer_to(*results)


def test_a_response_that_is_refused(respond):
    with pytest.raises(litellm.NotFoundError):
        respond("error-404", False)
