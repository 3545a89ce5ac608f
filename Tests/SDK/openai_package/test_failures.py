"""Errors by status and inside the stream, retries, and clients that leave."""
import asyncio

import openai
import pytest

from conftest import client_of, running_proxy
from programs import Scenario, wait_until
from reading import PHASE_STYLES, STANDARD_STYLE, ask, chat_with_helpers, content, stream_of, texts_by_phase

phase_styles = pytest.mark.parametrize("style", PHASE_STYLES)

# The scenario, what the SDK raises, the status it sees, our code; None: the upstream's own code, if it has one.
REFUSALS = [
    ("error-400", openai.BadRequestError, 400, None),
    ("error-401", openai.AuthenticationError, 401, None),
    ("error-403", openai.PermissionDeniedError, 403, None),
    ("error-404", openai.NotFoundError, 404, None),
    ("error-429", openai.RateLimitError, 429, "upstream_rate_limited"),
    ("error-500", openai.InternalServerError, 502, "upstream_error"),
    ("error-503", openai.InternalServerError, 503, "upstream_error"),
    ("error-504", openai.InternalServerError, 504, "upstream_error"),
    ("close-before-head", openai.InternalServerError, 502, "upstream_reset"),
]
CUTS = ["end-in-answer", "close-in-answer", "reset-in-answer", "cut-chunk"]


# A proxy for each test: one that has seen many failures would rightly leave the upstream alone.


@pytest.fixture
def proxy(request, mock):
    with running_proxy(request, mock) as program:
        yield program


@pytest.fixture
def client(proxy):
    with client_of(proxy) as client:
        yield client


# MARK: Before the head


@pytest.mark.parametrize(("scenario", "kind", "status", "code"), REFUSALS, ids=[row[0] for row in REFUSALS])
@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_is_the_sdks_typed_error(client, stream, scenario, kind, status, code):
    with pytest.raises(kind) as caught:
        client.chat.completions.create(**ask(scenario, stream=stream))
    error = caught.value
    assert error.status_code == status
    assert error.code and error.code == (code or error.code)
    assert error.type and error.message
    assert error.request_id == error.response.headers["x-request-id"]
    if scenario == "error-429":
        assert error.response.headers["retry-after"] == "2"


def test_the_clients_own_mistakes(client, proxy):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="prime", messages="not a list")
    assert caught.value.param == "messages" and caught.value.code
    with openai.OpenAI(base_url=proxy.url, api_key="unused", max_retries=0, timeout=20) as lost:
        with pytest.raises(openai.NotFoundError) as caught:
            lost.chat.completions.create(**ask("prime"))
        assert caught.value.code == "not_found" and "/v1" in caught.value.message
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="prime", input="text")


@pytest.mark.parametrize("stream", [False, True])
def test_the_sdk_retries_what_can_be_retried(client, mock, stream):
    mock.reset()
    answer = client.with_options(max_retries=3).chat.completions.create(**ask("recovers", "reasoning", stream=stream))
    text = "".join(content(chunk) for chunk in answer) if stream else answer.choices[0].message.content
    assert text == Scenario("recovers").answer


# MARK: Inside the stream


@phase_styles
def test_an_error_inside_the_stream_raises(client, style):
    chunks = []
    with pytest.raises(openai.APIError) as caught:
        for chunk in stream_of(client, "error-event-in-answer", style):
            chunks.append(chunk)
    assert not isinstance(caught.value, openai.APIStatusError)
    assert caught.value.code and caught.value.message
    assert is_beginning_of_answer(texts_by_phase(chunks), "error-event-in-answer")


@phase_styles
@pytest.mark.parametrize("scenario", CUTS)
def test_a_stream_that_was_cut_raises(client, style, scenario):
    chunks = []
    with pytest.raises(openai.APIError) as caught:
        for chunk in stream_of(client, scenario, style):
            chunks.append(chunk)
    assert caught.value.code and caught.value.code.startswith("upstream_") and caught.value.message
    assert is_beginning_of_answer(texts_by_phase(chunks), scenario)
    assert not any(choice.finish_reason for chunk in chunks for choice in chunk.choices)


def is_beginning_of_answer(texts, scenario):
    delivered = texts.get("final_output", "").lstrip("\n")
    # A reset may overtake what was sent before it; the other ends may not.
    return Scenario(scenario).answer.startswith(delivered) and (delivered or scenario == "reset-in-answer")


@pytest.mark.parametrize("scenario", ["end-in-answer", "close-in-answer"])
def test_a_cut_raises_in_the_style_off_and_in_the_helper_too(client, scenario):
    with pytest.raises(openai.APIError) as caught:
        list(stream_of(client, scenario, "off"))
    assert caught.value.code.startswith("upstream_")
    with pytest.raises(openai.APIError) as caught:
        with chat_with_helpers(client).stream(**ask(scenario)) as stream:
            stream.get_final_completion()
    assert caught.value.code.startswith("upstream_")


@pytest.mark.parametrize("scenario", ["close-in-answer", "error-event-in-answer"])
def test_a_whole_answer_that_fails_is_a_status(client, scenario):
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(**ask(scenario))
    assert caught.value.status_code == 502 and caught.value.code


# MARK: Request ids and models


def test_request_ids(client):
    completion = client.chat.completions.create(**ask("prime"))
    assert completion._request_id.startswith("req_")
    raw = client.chat.completions.with_raw_response.create(**ask("prime", stream=True))
    assert raw.headers["x-request-id"].startswith("req_") and raw.headers["x-request-id"] != completion._request_id
    assert raw.headers["content-type"].startswith("text/event-stream") and raw.headers["x-phases"] == STANDARD_STYLE


def test_models(client):
    page = client.models.list()
    models = {model.id: model for model in page}
    assert {"prime", "deepseek-reasoner"} <= set(models)
    for model in models.values():
        type(model).model_validate(model.model_dump(exclude_unset=True, warnings=False))
    assert models["deepseek-reasoner"].reasoning_proxy["detection_profile"]


# MARK: Clients that leave


def cancelled(mock):
    return mock.state()["streams"]["cancelled_by_client"]


def read_until(stream, phase):
    for chunk in stream:
        if getattr(chunk, "phase", None) == phase:
            return
    raise AssertionError("the phase %s did not come" % phase)


LEAVINGS = [("hold-in-reasoning", "prompt_summary"), ("hold-in-reasoning", "reasoning_summary"), ("hold-in-answer", "final_output")]


@pytest.mark.parametrize(("scenario", "phase"), LEAVINGS)
def test_closing_the_stream_cancels_the_upstream(client, mock, scenario, phase):
    before = cancelled(mock)
    stream = stream_of(client, scenario)
    read_until(stream, phase)
    stream.close()
    wait_until(lambda: cancelled(mock) == before + 1, message="the upstream was not cancelled")
    wait_until(lambda: mock.state()["streams"]["open"] == 0, message="an upstream stream stayed open")


def test_leaving_the_with_block_cancels_the_upstream(client, mock):
    before = cancelled(mock)
    with stream_of(client, "hold-in-answer", "reasoning") as stream:
        read_until(stream, "final_output")
    wait_until(lambda: cancelled(mock) == before + 1, message="the upstream was not cancelled")
    with chat_with_helpers(client).stream(**ask("hold-in-answer", "reasoning")) as stream:
        for event in stream:
            if event.type == "content.delta":
                break
    wait_until(lambda: cancelled(mock) == before + 2, message="the upstream was not cancelled")


def test_cancelling_an_async_task_cancels_the_upstream(proxy, mock):
    before = cancelled(mock)

    async def read(begun):
        async with openai.AsyncOpenAI(base_url=proxy.url + "/v1", api_key="unused", max_retries=0, timeout=20) as client:
            async for chunk in await client.chat.completions.create(stream=True, **ask("hold-in-answer")):
                if getattr(chunk, "phase", None) == "final_output":
                    begun.set()

    async def leave():
        begun = asyncio.Event()
        task = asyncio.create_task(read(begun))
        await asyncio.wait_for(begun.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(leave())
    wait_until(lambda: cancelled(mock) == before + 1, message="the upstream was not cancelled")


def test_a_client_that_gives_up_before_the_answer_cancels_the_upstream(client, mock):
    before = cancelled(mock)
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.5).chat.completions.create(**ask("hold-in-answer"))
    wait_until(lambda: cancelled(mock) == before + 1, message="the upstream was not cancelled")
