"""ChatOpenAI over chat completions and over the Responses API: invoked, streamed, with tools, structured, and failing."""
import asyncio

import openai
import pytest
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

from asking import DIALECTS, QUESTION, answer_to, calls_of
from asking import get_weather as weather
from programs import Scenario

APIS = ["chat", "responses"]
get_weather = tool(weather)


class Person(BaseModel):
    name: str
    year: int
    tags: list[str]


ADA = Person(name="Ada Lovelace", year=1843, tags=["notes", "engine"])


@pytest.fixture
def model(agent_proxy):
    """Makes a model by the name of its scenario."""

    def make(name, api, **more):
        # In the style that LangChain's own reading of chat completions suits.
        path = "/reasoning/v1" if api == "chat" else "/v1"
        return ChatOpenAI(
            model=name, base_url=agent_proxy.url + path, api_key="unused", max_retries=0, timeout=20,
            use_responses_api=api == "responses", **more)

    return make


def thoughts_in(message):
    return [block["reasoning"] for block in message.content_blocks if block["type"] == "reasoning" and block.get("reasoning")]


def streamed(model, input):
    pieces = list(model.stream(input))
    whole = pieces[0]
    for piece in pieces[1:]:
        whole += piece
    assert len([piece for piece in pieces if piece.text]) > 1 or whole.tool_calls
    return whole


WAYS = {"invoke": lambda model, input: model.invoke(input), "stream": streamed}
apis = pytest.mark.parametrize("api", APIS)
ways = pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS.keys())


@apis
@ways
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer(model, api, ask, dialect):
    message = ask(model(dialect, api), QUESTION)
    assert message.text.strip() == Scenario(dialect).answer.strip()
    if api == "responses":
        assert thoughts_in(message) and message.usage_metadata["total_tokens"] > 0


@apis
def test_an_answer_to_the_asynchronous_calls(model, api):
    async def ask():
        chat = model("prime", api)
        return (await chat.ainvoke(QUESTION)).text, "".join([piece.text async for piece in chat.astream(QUESTION)])

    assert set(asyncio.run(ask())) == {Scenario("prime").answer}


@pytest.mark.usefixtures("on_common_ground")
@ways
def test_the_level_of_the_summary(model, ask):
    assert thoughts_in(ask(model("lighthouse", "responses", reasoning={"effort": "high", "summary": "detailed"}), QUESTION))


@apis
@ways
def test_structured_output(model, api, ask):
    assert model("json-answer", api).with_structured_output(Person).invoke(QUESTION) == ADA


def round_of_tools(chat, ask, scenario):
    message = ask(chat, [HumanMessage(QUESTION)])
    assert [(call["id"], call["name"], call["args"]) for call in message.tool_calls] == calls_of(scenario)
    results = [get_weather.invoke(call) for call in message.tool_calls]
    answer = ask(chat, [HumanMessage(QUESTION), message, *results])
    assert answer.text == answer_to(*[result.content for result in results])


scenarios = pytest.mark.parametrize("scenario", ["tool-call", "tool-calls"])


@ways
@scenarios
def test_a_round_of_tools_in_chat(model, own_affair, ask, scenario):
    round_of_tools(model(scenario, "chat").bind_tools([get_weather]), ask, scenario)


@ways
@scenarios
def test_a_round_of_tools_in_responses(model, on_common_ground, ask, scenario):
    round_of_tools(model(scenario, "responses").bind_tools([get_weather]), ask, scenario)


@apis
def test_refusals_are_typed(model, api):
    with pytest.raises(openai.NotFoundError):
        model("error-404", api).invoke(QUESTION)
    with pytest.raises(openai.InternalServerError):
        list(model("error-503", api).stream(QUESTION))


@apis
def test_a_cut_raises(model, api):
    texts = []
    with pytest.raises(Exception) as caught:
        for piece in model("close-in-answer", api).stream(QUESTION):
            texts.append(piece.text)
    assert "upstream" in str(caught.value).lower()
    assert "".join(texts) and Scenario("close-in-answer").answer.startswith("".join(texts))
