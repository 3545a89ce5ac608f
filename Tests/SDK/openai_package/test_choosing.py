"""The ways to choose a style, as the SDK can say them, and the styles that are chosen for it."""
import openai
import pytest

from programs import Scenario
from reading import STANDARD_STYLE, ask

PLACES = ["body field", "header", "query", "model suffix", "path"]


def chosen(answer):
    return answer.headers["x-phases"]


@pytest.mark.parametrize("style", ["events", "inline", "reasoning", "think", "off"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("stream", [False, True])
def test_every_place_chooses(proxy, mock, style, place, stream):
    base, arguments, model = proxy.url + "/v1", {}, "prime"
    if place == "body field":
        arguments = {"extra_body": {"phases": style}}
    elif place == "header":
        arguments = {"extra_headers": {"X-Phases": style}}
    elif place == "query":
        arguments = {"extra_query": {"phases": style}}
    elif place == "model suffix":
        model = "prime#" + style
    else:
        base = "%s/%s/v1" % (proxy.url, style)
    with openai.OpenAI(base_url=base, api_key="unused", max_retries=0, timeout=20) as client:
        answer = client.chat.completions.with_raw_response.create(stream=stream, **ask(model, **arguments))
        assert chosen(answer) == style
        parsed = answer.parse()
        if stream:
            assert [chunk for chunk in parsed]
    sent = mock.last_request()
    assert sent["model"] == "prime" and "phases" not in sent


def test_without_a_choice_the_sdks_version_decides(client):
    assert chosen(client.chat.completions.with_raw_response.create(**ask("prime", stream=True))) == STANDARD_STYLE


@pytest.mark.parametrize(("agent", "style"), [
    ("OpenAI/Python 1.13.4", "events"), ("OpenAI/Python 1.14.0", "inline"), ("AsyncOpenAI/Python 1.97.2", "inline"),
    ("OpenAI/Python 1.98.0", "events"), ("OpenAI/JS 4.28.5", "events"), ("OpenAI/JS 5.10.2", "inline"), ("OpenAI/JS 5.10.3", "events"),
])
def test_the_edges_of_the_table_of_versions(client, agent, style):
    answer = client.chat.completions.with_raw_response.create(**ask("prime", stream=True, extra_headers={"User-Agent": agent}))
    assert chosen(answer) == style


def test_an_unknown_style_is_the_requests_mistake(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**ask("prime", "loud", stream=True))
    assert caught.value.code == "unknown_style"


def test_summaries_sent_back_do_not_reach_the_model(client, mock):
    first = client.chat.completions.create(**ask("prime", "events", stream=True, extra_headers={"User-Agent": "test"}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in first if chunk.choices)
    messages = [
        {"role": "user", "content": "One"}, {"role": "assistant", "content": text}, {"role": "user", "content": "Two"}]
    client.chat.completions.create(model="prime", messages=messages)
    sent = mock.last_request()["messages"]
    assert [message["content"] for message in sent] == ["One", Scenario("prime").answer, "Two"]
