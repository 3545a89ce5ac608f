"""The Messages API with the anthropic package: plain, streamed, with the helpers, with tools, structured, and failing."""
import asyncio

import anthropic
import pytest
from anthropic import beta_tool
from pydantic import BaseModel

from asking import CALLS, DIALECTS, PIXEL, QUESTION, WEATHER_SCHEMA, answer_to, calls_of, get_weather
from programs import Scenario, wait_until

pytestmark = pytest.mark.usefixtures("on_common_ground")

TOOL = {"name": "get_weather", "description": "Says the weather.", "input_schema": WEATHER_SCHEMA}


class Person(BaseModel):
    name: str
    year: int
    tags: list[str]


ADA = Person(name="Ada Lovelace", year=1843, tags=["notes", "engine"])


@pytest.fixture
def client(agent_proxy):
    with anthropic.Anthropic(base_url=agent_proxy.url, api_key="key-of-the-client", max_retries=0, timeout=20) as client:
        yield client


def user(content=QUESTION):
    return [{"role": "user", "content": content}]


def create(client, model, stream, messages=None, **more):
    """The final message, and the events if it was streamed."""
    arguments = {"model": model, "max_tokens": 1000, "messages": messages or user(), "thinking": {"type": "adaptive"}, **more}
    if not stream:
        return client.messages.create(**arguments), []
    with client.messages.stream(**arguments) as stream:
        events = list(stream)
        return stream.get_final_message(), events


def blocks(message, type):
    return [block for block in message.content if block.type == type]


def text_of(message):
    return "".join(block.text for block in blocks(message, "text"))


streamed = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


# MARK: Answers


@streamed
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_with_its_summary(client, stream, dialect):
    message, events = create(client, dialect, stream)
    assert [block.type for block in message.content] == ["thinking", "text"]
    assert message.content[0].thinking and message.content[0].signature
    assert text_of(message).strip() == Scenario(dialect).answer.strip()
    assert message.stop_reason == "end_turn" and message.stop_sequence is None
    assert message.id.startswith("msg_") and message.role == "assistant" and message.type == "message" and message.model == dialect
    assert message.usage.input_tokens > 0 and message.usage.output_tokens > 0
    if stream:
        assert "".join(event.text for event in events if event.type == "text") == text_of(message)
        assert "".join(event.thinking for event in events if event.type == "thinking") == message.content[0].thinking
    else:
        assert message._request_id.startswith("req_")


def test_the_loop_over_raw_events(client):
    """As the vendor's guide reads a stream without helpers."""
    texts, thoughts, open_blocks, ends = [], [], [], []
    for event in client.messages.create(
            model="prime", max_tokens=100, messages=user(), thinking={"type": "adaptive"}, stream=True):
        if event.type == "content_block_start":
            assert not open_blocks
            open_blocks.append(event.index)
        elif event.type == "content_block_stop":
            assert open_blocks.pop() == event.index
        elif event.type == "content_block_delta" and event.delta.type == "text_delta":
            texts.append(event.delta.text)
        elif event.type == "content_block_delta" and event.delta.type == "thinking_delta":
            thoughts.append(event.delta.thinking)
        elif event.type in ("message_delta", "message_stop"):
            ends.append(event.type)
    assert "".join(texts) == Scenario("prime").answer and "".join(thoughts) and not open_blocks
    assert ends == ["message_delta", "message_stop"]


def test_the_stream_of_texts(client):
    with client.messages.stream(model="lighthouse", max_tokens=1000, messages=user()) as stream:
        assert "".join(stream.text_stream) == Scenario("lighthouse").answer
        assert stream.get_final_text() == Scenario("lighthouse").answer


def test_the_asynchronous_client(agent_proxy):
    async def ask():
        async with anthropic.AsyncAnthropic(base_url=agent_proxy.url, api_key="unused", max_retries=0, timeout=20) as client:
            whole = await client.messages.create(model="prime", max_tokens=100, messages=user())
            async with client.messages.stream(model="prime", max_tokens=100, messages=user()) as stream:
                text = "".join([text async for text in stream.text_stream])
            return text_of(whole), text

    assert set(asyncio.run(ask())) == {Scenario("prime").answer}


def test_every_message_has_an_id_of_its_own(client):
    assert len({create(client, "prime", stream)[0].id for stream in (False, True) for _ in range(2)}) == 4


@streamed
def test_a_request_in_its_whole_width(client, strict_mock, stream):
    """Everything a strict server would choke on is translated or left out."""
    cached = {"cache_control": {"type": "ephemeral"}}
    message, _ = create(
        client, "prime", stream, [
            *user("One"), {"role": "user", "content": [{"type": "text", "text": "Two", **cached}]},
            {"role": "assistant", "content": [{"type": "text", "text": "Hello."}]}, *user("Three")],
        system=[{"type": "text", "text": "Be brief.", **cached}, {"type": "text", "text": "Be kind."}], metadata={"user_id": "somebody"},
        stop_sequences=["END"], service_tier="auto", thinking={"type": "enabled", "budget_tokens": 500},
        extra_body={"context_management": {"edits": []}, "temperature": 0.5, "top_k": 5, "top_p": 0.5})
    assert text_of(message) == Scenario("prime").answer
    sent = strict_mock.last_request()
    assert [(message["role"]) for message in sent["messages"]] == ["system", "user", "assistant", "user"]
    assert sent["stop"] == ["END"] and sent["max_tokens"] == 1000 and sent["temperature"] == 0.5
    assert not {"metadata", "thinking", "system", "service_tier", "context_management"} & set(sent)


@streamed
def test_thinking_goes_back_as_it_came(client, strict_mock, stream):
    first, _ = create(client, "prime", stream)
    second, _ = create(client, "prime", stream, [*user(), {"role": "assistant", "content": first.content}, *user("And 97?")])
    assert text_of(second) == Scenario("prime").answer
    sent = strict_mock.last_request()["messages"]
    assert [message["content"] for message in sent] == [QUESTION, Scenario("prime").answer, "And 97?"]


@streamed
@pytest.mark.parametrize("source", [
    {"type": "base64", "media_type": "image/png", "data": PIXEL}, {"type": "url", "url": "https://example.org/pixel.png"}])
def test_images(client, stream, source):
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image", "source": source}]
    assert text_of(create(client, "images", stream, user(parts))[0]) == "I was shown 1 image(s)."


@streamed
def test_usage(client, stream):
    usage = create(client, "cached-usage", stream)[0].usage
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens) == (24, 96, 30)


def test_tokens_are_estimated(client):
    short = client.messages.count_tokens(model="prime", messages=user())
    long = client.messages.count_tokens(model="prime", messages=user(QUESTION * 100), system="Be brief.", tools=[TOOL])
    assert 0 < short.input_tokens < 50 and 300 < long.input_tokens < 3000
    raw = client.messages.with_raw_response.count_tokens(model="prime", messages=user())
    assert raw.headers["x-token-count"] == "estimated"


def test_structured_output(client, strict_mock):
    message = client.messages.parse(model="json-answer", max_tokens=100, messages=user(), output_format=Person)
    assert message.parsed_output == ADA
    assert strict_mock.last_request()["response_format"]["type"] == "json_schema"
    with client.messages.stream(model="json-answer", max_tokens=100, messages=user(), output_format=Person) as stream:
        assert stream.get_final_message().parsed_output == ADA


# MARK: Tools


@streamed
@pytest.mark.parametrize("scenario", CALLS)
def test_a_round_of_tools(client, stream, scenario):
    conversation = user()
    message, events = create(client, scenario, stream, conversation, tools=[TOOL])
    calls = blocks(message, "tool_use")
    assert [(call.id, call.name, call.input) for call in calls] == calls_of(scenario)
    assert message.stop_reason == "tool_use" and message.content[0].type == "thinking"
    if stream:
        assert [event.partial_json for event in events if event.type == "input_json"]
    results = [get_weather(**call.input) for call in calls]
    conversation.append({"role": "assistant", "content": message.content})
    conversation.append({"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": call.id, "content": result} for call, result in zip(calls, results)]})
    message, _ = create(client, scenario, stream, conversation, tools=[TOOL])
    assert text_of(message).strip() == answer_to(*results) and message.stop_reason == "end_turn"


@streamed
def test_results_of_every_kind(client, strict_mock, stream):
    message, _ = create(client, "tool-calls", stream, tools=[TOOL])
    first, second = blocks(message, "tool_use")
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    conversation = [*user(), {"role": "assistant", "content": message.content}, {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": first.id, "is_error": True, "content": "No such city."},
        {"type": "tool_result", "tool_use_id": second.id, "content": [{"type": "text", "text": "See the picture."}, image]},
        {"type": "text", "text": "Go on."}]}]
    message, _ = create(client, "tool-calls", stream, conversation, tools=[TOOL])
    assert "ERROR: No such city." in text_of(message) and "See the picture." in text_of(message)
    sent = strict_mock.last_request()["messages"]
    assert [entry["role"] for entry in sent] == ["user", "assistant", "tool", "tool", "user"]
    assert any(part["type"] == "image_url" for part in sent[-1]["content"])


@pytest.mark.parametrize(("choice", "sent"), [
    ({"type": "any"}, "required"), ({"type": "none"}, "none"), ({"type": "auto", "disable_parallel_tool_use": True}, "auto"),
    ({"type": "tool", "name": "get_weather"}, {"type": "function", "function": {"name": "get_weather"}})])
def test_the_choice_of_a_tool_is_passed_on(client, strict_mock, choice, sent):
    create(client, "tool-call", False, tools=[TOOL], tool_choice=choice)
    request = strict_mock.last_request()
    assert request["tool_choice"] == sent
    assert request.get("parallel_tool_calls") == (False if "disable_parallel_tool_use" in choice else None)


@streamed
def test_the_runner_of_tools(client, stream):
    weather = beta_tool(get_weather)
    runner = client.beta.messages.tool_runner(model="tool-calls", max_tokens=1000, messages=user(), tools=[weather], stream=stream)
    messages = [turn.get_final_message() if stream else turn for turn in runner]
    assert [message.stop_reason for message in messages] == ["tool_use", "end_turn"]
    assert text_of(messages[-1]) == answer_to(*[get_weather(**arguments) for _, _, arguments in calls_of("tool-calls")])


# MARK: Ends


@streamed
@pytest.mark.parametrize(("scenario", "reason"), [
    ("prime", "end_turn"), ("length-in-answer", "max_tokens"), ("length-in-reasoning", "max_tokens"), ("content-filter", "refusal"),
    ("tool-call", "tool_use")])
def test_stop_reasons(client, stream, scenario, reason):
    message, _ = create(client, scenario, stream)
    assert message.stop_reason == reason
    assert text_of(message) == Scenario(scenario).values.get("answer", "")


@pytest.mark.parametrize("scenario", [
    "error-event-in-answer", "error-event-in-reasoning", "end-in-answer", "close-in-answer", "cut-chunk", "tool-call!close-in=answer"])
def test_a_failure_in_the_stream_raises(client, scenario):
    texts = []
    with pytest.raises(anthropic.APIStatusError) as caught:
        for event in client.messages.create(model=scenario, max_tokens=100, messages=user(), stream=True):
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                texts.append(event.delta.text)
    error = caught.value.body["error"]
    assert error["type"] == "api_error" and len(error["message"]) > 10
    name = scenario.partition("!")[0]
    assert Scenario(name).values.get("answer", "").startswith("".join(texts))
    with pytest.raises(anthropic.APIStatusError):
        create(client, scenario, True)


REFUSALS = [
    ("error-400", anthropic.BadRequestError, 400, "invalid_request_error"), ("error-404", anthropic.NotFoundError, 404, "not_found_error"),
    ("error-429", anthropic.RateLimitError, 429, "rate_limit_error"), ("error-500", anthropic.InternalServerError, 502, "api_error"),
    ("error-503", anthropic.InternalServerError, 503, None), ("error-504", anthropic.InternalServerError, 504, None),
    ("close-before-head", anthropic.InternalServerError, 502, "api_error"),
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("scenario", "kind", "status", "type"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_a_refusal_is_the_packages_typed_error(client, stream, scenario, kind, status, type):
    with pytest.raises(kind) as caught:
        client.messages.create(model=scenario, max_tokens=100, messages=user(), stream=stream)
    error = caught.value
    assert error.status_code == status and error.body["type"] == "error" and error.body["error"]["message"]
    assert type in (None, error.body["error"]["type"])
    assert error.request_id == error.response.headers["request-id"]
    if status in (429, 503):
        assert float(error.response.headers["retry-after"]) >= 1


def test_the_clients_own_mistakes(client):
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.messages.create(model="prime", max_tokens=100, messages="not a list")
    assert "messages" in caught.value.body["error"]["message"]
    with pytest.raises(anthropic.NotFoundError):
        client.messages.batches.retrieve("batch_1")


@streamed
def test_the_package_retries_what_can_be_retried(agent_proxy, strict_mock, stream):
    strict_mock.reset()
    with anthropic.Anthropic(base_url=agent_proxy.url, api_key="unused", max_retries=3, timeout=20) as client:
        message, _ = create(client, "recovers", stream)
    assert text_of(message) == Scenario("recovers").answer


# MARK: Time


def test_silence_is_lived_through(client):
    message, events = create(client, "pause-in-reasoning", True)
    assert text_of(message) == Scenario("pause-in-reasoning").answer
    raw = client.messages.with_raw_response.create(model="pause-in-reasoning", max_tokens=100, messages=user(), stream=True)
    assert "event: ping\n" in raw.http_response.read().decode()


@pytest.mark.parametrize("scenario", ["hold-in-reasoning", "hold-in-answer"])
def test_closing_the_stream_cancels_the_upstream(client, strict_mock, scenario):
    before = strict_mock.state()["streams"]["cancelled_by_client"]
    stream = client.messages.create(model=scenario, max_tokens=100, messages=user(), stream=True)
    for event in stream:
        if event.type == ("content_block_delta" if scenario == "hold-in-answer" else "message_start"):
            break
    stream.close()
    wait_until(
        lambda: strict_mock.state()["streams"]["cancelled_by_client"] == before + 1, message="the upstream was not cancelled")
