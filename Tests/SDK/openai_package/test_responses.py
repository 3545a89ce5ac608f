"""The Responses API: plain, streamed, with the helpers, with tools, structured, and failing."""
import asyncio
import json

import openai
import pytest
from pydantic import BaseModel

from asking import CALLS, DIALECTS, PIXEL, QUESTION, WEATHER_SCHEMA, answer_to, calls_of, get_weather
from conftest import VERSION
from programs import Scenario, wait_until

pytestmark = [
    pytest.mark.skipif(VERSION < (1, 66, 0), reason="this version knows no responses"), pytest.mark.usefixtures("on_common_ground")]

TOOL = {"type": "function", "name": "get_weather", "description": "Says the weather.", "parameters": WEATHER_SCHEMA, "strict": True}
PATCH_TOOL = {"type": "custom", "name": "apply_patch", "description": "Changes files.", "format": {"type": "text"}}


class Person(BaseModel):
    name: str
    year: int
    tags: list[str]


ADA = Person(name="Ada Lovelace", year=1843, tags=["notes", "engine"])


@pytest.fixture
def client(agent_proxy):
    with openai.OpenAI(base_url=agent_proxy.url + "/v1", api_key="sk-of-the-client", max_retries=0, timeout=20) as client:
        yield client


def create(client, model, stream, input=QUESTION, **more):
    """The final response, and the events if it was streamed; the way the vendor's guides read a stream."""
    if not stream:
        return client.responses.create(model=model, input=input, **more), []
    events = list(client.responses.create(model=model, input=input, stream=True, **more))
    return events[-1].response, events


def text_of(events):
    return "".join(event.delta for event in events if event.type == "response.output_text.delta")


def thoughts_of(response):
    return [part.text for item in response.output if item.type == "reasoning" for part in item.summary]


streamed = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


# MARK: Answers


@streamed
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_with_its_summary(client, stream, dialect):
    response, events = create(client, dialect, stream)
    assert response.status == "completed" and response.error is None and response.incomplete_details is None
    assert response.output_text.strip() == Scenario(dialect).answer.strip()
    assert [item.type for item in response.output] == ["reasoning", "message"]
    assert all(thoughts_of(response)) and thoughts_of(response)
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens > 0
    assert response.id.startswith("resp_") and response.object == "response" and response.model == dialect
    if stream:
        assert text_of(events) == response.output_text
        deltas = [event for event in events if event.type == "response.reasoning_summary_text.delta"]
        parts = {}
        for delta in deltas:
            parts[delta.summary_index] = parts.get(delta.summary_index, "") + delta.delta
        assert [parts[index] for index in sorted(parts)] == thoughts_of(response)
        # The thoughts are over before the answer begins.
        types = [event.type for event in events]
        last_thought = max(place for place, type in enumerate(types) if "reasoning" in type)
        assert last_thought < types.index("response.output_text.delta")
    else:
        assert response._request_id.startswith("req_")


def test_the_helper_has_the_same(client):
    with client.responses.stream(model="prime", input=QUESTION) as stream:
        events = list(stream)
        response = stream.get_final_response()
    assert response.output_text == text_of(events) == Scenario("prime").answer
    assert [event.type for event in events][:2] == ["response.created", "response.in_progress"]
    assert events[-1].type == "response.completed"
    assert thoughts_of(response)


def test_the_asynchronous_client(agent_proxy):
    async def ask():
        async with openai.AsyncOpenAI(base_url=agent_proxy.url + "/v1", api_key="unused", max_retries=0, timeout=20) as client:
            whole = await client.responses.create(model="prime", input=QUESTION)
            events = [event async for event in await client.responses.create(model="prime", input=QUESTION, stream=True)]
            async with client.responses.stream(model="prime", input=QUESTION) as stream:
                helped = await stream.get_final_response()
            return whole.output_text, text_of(events), helped.output_text

    assert set(asyncio.run(ask())) == {Scenario("prime").answer}


@streamed
@pytest.mark.parametrize("level", ["auto", "concise", "detailed"])
def test_summaries_are_asked_for_by_name(client, stream, level):
    response, _ = create(client, "lighthouse", stream, reasoning={"effort": "high", "summary": level})
    assert thoughts_of(response)
    assert response.reasoning.summary == level
    raw = Scenario("lighthouse").reasoning
    assert raw not in "".join(thoughts_of(response))


def test_a_request_in_its_whole_width(client, strict_mock):
    """Everything a strict server would choke on is translated or left out."""
    response = client.responses.create(
        model="prime", instructions="Be brief.", input=[
            {"role": "developer", "content": "Use plain words."},
            {"role": "user", "content": [{"type": "input_text", "text": "Hello"}]},
            {"role": "assistant", "content": "Hello."},
            {"role": "developer", "content": "Be kind."},
            {"role": "user", "content": "One"}, {"role": "user", "content": "Two"}],
        tools=[], tool_choice="auto", parallel_tool_calls=True, store=False, include=["reasoning.encrypted_content"], metadata={"a": "b"},
        text={"format": {"type": "text"}, "verbosity": "low"}, truncation="auto", max_output_tokens=200, temperature=0.5, top_p=0.5,
        user="somebody", prompt_cache_key="key", service_tier="auto")
    assert response.output_text == Scenario("prime").answer
    assert response.instructions == "Be brief." and response.metadata == {"a": "b"} and response.temperature == 0.5
    sent = strict_mock.last_request()
    assert [message["role"] for message in sent["messages"]] == ["system", "user", "assistant", "user"]
    assert sent["messages"][0]["content"] == "Be brief.\n\nUse plain words."
    assert sent["max_tokens"] == 200 and "store" not in sent and "metadata" not in sent


@streamed
def test_images(client, stream):
    parts = [{"type": "input_text", "text": "What is this?"}]
    parts += [{"type": "input_image", "image_url": "data:image/png;base64," + PIXEL, "detail": "low"}] * 2
    response, _ = create(client, "images", stream, [{"role": "user", "content": parts}])
    assert response.output_text == "I was shown 2 image(s)."


@streamed
def test_usage(client, stream):
    response, _ = create(client, "cached-usage", stream)
    usage = response.usage
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (120, 30, 150)
    assert usage.input_tokens_details.cached_tokens == 96 and usage.output_tokens_details.reasoning_tokens == 20


# MARK: Structured output


def test_structured_output(client, strict_mock):
    response = client.responses.parse(model="json-answer", input=QUESTION, text_format=Person)
    assert response.output_parsed == ADA and thoughts_of(response)
    format = strict_mock.last_request()["response_format"]
    assert format["type"] == "json_schema" and format["json_schema"]["name"] == "Person" and format["json_schema"]["strict"] is True
    with client.responses.stream(model="json-answer", input=QUESTION, text_format=Person) as stream:
        for event in stream:
            pass
        assert stream.get_final_response().output_parsed == ADA


# MARK: Tools


def calls_in(response):
    return [item for item in response.output if item.type == "function_call"]


@streamed
@pytest.mark.parametrize("scenario", CALLS)
def test_a_round_of_tools(client, stream, scenario):
    conversation = [{"role": "user", "content": QUESTION}]
    response, events = create(client, scenario, stream, conversation, tools=[TOOL])
    calls = calls_in(response)
    assert [(call.call_id, call.name, json.loads(call.arguments)) for call in calls] == calls_of(scenario)
    assert thoughts_of(response) and response.status == "completed"
    for event in events:
        if event.type == "response.function_call_arguments.done":
            pieces = [other.delta for other in events
                      if other.type == "response.function_call_arguments.delta" and other.item_id == event.item_id]
            assert "".join(pieces) == event.arguments
    results = [get_weather(**json.loads(call.arguments)) for call in calls]
    # As the vendor's guide does it: the items go back as they came.
    conversation += response.output
    conversation += [
        {"type": "function_call_output", "call_id": call.call_id, "output": result} for call, result in zip(calls, results)]
    response, _ = create(client, scenario, stream, conversation, tools=[TOOL])
    assert response.output_text.strip() == answer_to(*results)


def test_the_helper_sees_the_arguments_grow(client):
    with client.responses.stream(model="tool-calls", input=QUESTION, tools=[TOOL]) as stream:
        snapshots = [event for event in stream if event.type == "response.function_call_arguments.delta"]
        response = stream.get_final_response()
    assert all(event.snapshot.startswith("{") for event in snapshots)
    assert [(call.call_id, call.name, json.loads(call.arguments)) for call in calls_in(response)] == calls_of("tool-calls")


@streamed
def test_a_tool_with_free_text(client, stream):
    if VERSION < (1, 99, 0):
        pytest.skip("this version knows no custom tools")
    (call_id, name, arguments), = calls_of("freeform-call")
    response, events = create(client, "freeform-call", stream, tools=[PATCH_TOOL])
    call, = [item for item in response.output if item.type == "custom_tool_call"]
    assert (call.call_id, call.name, call.input) == (call_id, name, arguments["input"])
    if stream:
        assert "".join(event.delta for event in events if event.type == "response.custom_tool_call_input.delta") == call.input
    conversation = [{"role": "user", "content": QUESTION}, *response.output]
    conversation.append({"type": "custom_tool_call_output", "call_id": call_id, "output": "Done."})
    response, _ = create(client, "freeform-call", stream, conversation, tools=[PATCH_TOOL])
    assert response.output_text == answer_to("Done.")


def test_the_choice_of_a_tool_is_passed_on(client, strict_mock):
    client.responses.create(
        model="tool-call", input=QUESTION, tools=[TOOL], tool_choice={"type": "function", "name": "get_weather"}, parallel_tool_calls=False)
    sent = strict_mock.last_request()
    assert sent["tool_choice"] == {"type": "function", "function": {"name": "get_weather"}} and sent["parallel_tool_calls"] is False


# MARK: Ends


@streamed
@pytest.mark.parametrize(("scenario", "reason"), [
    ("length-in-answer", "max_output_tokens"), ("length-in-reasoning", "max_output_tokens"), ("content-filter", "content_filter")])
def test_an_answer_that_is_not_whole_says_so(client, stream, scenario, reason):
    response, events = create(client, scenario, stream)
    assert response.status == "incomplete" and response.incomplete_details.reason == reason
    assert response.output_text == Scenario(scenario).values.get("answer", "")
    if stream:
        assert events[-1].type == "response.incomplete"


@pytest.mark.parametrize("scenario", [
    "error-event-in-answer", "error-event-in-reasoning", "end-in-answer", "close-in-answer", "cut-chunk", "tool-call!close-in=answer"])
def test_a_failure_in_the_stream_is_told_in_words(client, scenario):
    response, events = create(client, scenario, True)
    assert events[-1].type == "response.failed" and response.status == "failed"
    assert response.error.code and len(response.error.message) > 10
    name = scenario.partition("!")[0]
    assert Scenario(name).values.get("answer", "").startswith(text_of(events))


def test_a_cut_in_a_helper(client):
    with client.responses.stream(model="close-in-answer", input=QUESTION) as stream:
        events = list(stream)
    assert events[-1].type == "response.failed"


def test_a_whole_answer_that_fails_is_a_status(client):
    with pytest.raises(openai.InternalServerError) as caught:
        client.responses.create(model="close-in-answer", input=QUESTION)
    assert caught.value.status_code == 502 and caught.value.code and caught.value.request_id


REFUSALS = [
    ("error-400", openai.BadRequestError, 400), ("error-404", openai.NotFoundError, 404), ("error-429", openai.RateLimitError, 429),
    ("error-500", openai.InternalServerError, 502), ("error-503", openai.InternalServerError, 503),
    ("error-504", openai.InternalServerError, 504), ("close-before-head", openai.InternalServerError, 502),
]


@streamed
@pytest.mark.parametrize(("scenario", "kind", "status"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_a_refusal_is_the_packages_typed_error(client, stream, scenario, kind, status):
    with pytest.raises(kind) as caught:
        client.responses.create(model=scenario, input=QUESTION, stream=stream)
    error = caught.value
    assert error.status_code == status and error.type and error.message
    assert error.request_id == error.response.headers["x-request-id"]
    if status in (429, 503):
        assert float(error.response.headers["retry-after"]) >= 1


@streamed
@pytest.mark.parametrize(("member", "value"), [
    ("previous_response_id", "resp_1"), ("background", True), ("conversation", "conv_1")])
def test_what_needs_a_memory_is_refused_with_its_name(client, stream, member, value):
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="prime", input=QUESTION, stream=stream, extra_body={member: value})
    assert caught.value.param == member and member in caught.value.message


def test_the_clients_own_mistakes(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="prime", input=7)
    assert caught.value.param == "input"
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve("resp_1")


@streamed
def test_the_package_retries_what_can_be_retried(agent_proxy, strict_mock, stream):
    strict_mock.reset()
    with openai.OpenAI(base_url=agent_proxy.url + "/v1", api_key="unused", max_retries=3, timeout=20) as client:
        response, _ = create(client, "recovers", stream)
    assert response.output_text == Scenario("recovers").answer


# MARK: Time


def test_silence_is_lived_through(client):
    response, events = create(client, "pause-in-reasoning", True)
    assert response.output_text == Scenario("pause-in-reasoning").answer
    assert len([event for event in events if event.type == "response.in_progress"]) > 1, "no heartbeat came"
    with client.responses.stream(model="pause-in-reasoning", input=QUESTION) as stream:
        assert stream.get_final_response().output_text == Scenario("pause-in-reasoning").answer


@pytest.mark.parametrize("scenario", ["hold-in-reasoning", "hold-in-answer"])
def test_closing_the_stream_cancels_the_upstream(client, strict_mock, scenario):
    before = strict_mock.state()["streams"]["cancelled_by_client"]
    stream = client.responses.create(model=scenario, input=QUESTION, stream=True)
    for event in stream:
        if event.type == ("response.output_text.delta" if scenario == "hold-in-answer" else "response.in_progress"):
            break
    stream.close()
    wait_until(
        lambda: strict_mock.state()["streams"]["cancelled_by_client"] == before + 1, message="the upstream was not cancelled")
