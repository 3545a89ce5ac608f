"""pydantic-ai's agents over chat completions, the Responses API and the Messages API: run, streamed, with tools, structured, and failing."""
import asyncio

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent, ModelHTTPError, NativeOutput, ThinkingPart
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from asking import DIALECTS, QUESTION, answer_to, calls_of, get_weather
from programs import Scenario

APIS = ["chat", "responses", "messages"]


class Person(BaseModel):
    name: str
    year: int
    tags: list[str]


ADA = Person(name="Ada Lovelace", year=1843, tags=["notes", "engine"])


@pytest.fixture
def agent(agent_proxy):
    """Makes an agent by the name of its scenario."""

    def make(name, api, **more):
        if api == "messages":
            model = AnthropicModel(
                name, provider=AnthropicProvider(base_url=agent_proxy.url, api_key="unused"), settings={"anthropic_thinking": {"type": "adaptive"}})
        elif api == "responses":
            model = OpenAIResponsesModel(name, provider=OpenAIProvider(base_url=agent_proxy.url + "/v1", api_key="unused"))
        else:
            # In the style whose summaries arrive as thinking.
            model = OpenAIChatModel(name, provider=OpenAIProvider(base_url=agent_proxy.url + "/reasoning/v1", api_key="unused"))
        return Agent(model, **more)

    return make


async def streamed(agent, question):
    """The output, what was streamed of it, and all messages."""
    async with agent.run_stream(question) as run:
        texts = [text async for text in run.stream_text(delta=True, debounce_by=None)]
        return await run.get_output(), "".join(texts), run.all_messages()


def ask(agent, stream):
    """The output and the thinking."""
    if stream:
        output, text, messages = asyncio.run(streamed(agent, QUESTION))
        assert text == output
    else:
        run = agent.run_sync(QUESTION)
        output, messages = run.output, run.all_messages()
    return output, [part.content for message in messages for part in message.parts if isinstance(part, ThinkingPart) and part.content]


apis = pytest.mark.parametrize("api", APIS)
agent_apis = pytest.mark.parametrize("api", APIS[1:])
ways = pytest.mark.parametrize("stream", [False, True], ids=["run", "stream"])


@apis
@ways
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_with_its_summary(agent, api, stream, dialect):
    output, thoughts = ask(agent(dialect, api), stream)
    assert output.strip() == Scenario(dialect).answer.strip()
    assert thoughts


def round_of_tools(agent, stream, scenario):
    output, _ = ask(agent, stream)
    assert output == answer_to(*[get_weather(**arguments) for _, _, arguments in calls_of(scenario)])


scenarios = pytest.mark.parametrize("scenario", ["tool-call", "tool-calls"])
WITH_TOOLS = {"tools": [get_weather], "instructions": "Be brief."}


@ways
@scenarios
def test_a_round_of_tools_in_chat(agent, own_affair, stream, scenario):
    round_of_tools(agent(scenario, "chat", **WITH_TOOLS), stream, scenario)


@agent_apis
@ways
@scenarios
def test_a_round_of_tools(agent, on_common_ground, api, stream, scenario):
    round_of_tools(agent(scenario, api, **WITH_TOOLS), stream, scenario)


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_structured_output(agent, api):
    assert agent("json-answer", api, output_type=NativeOutput(Person)).run_sync(QUESTION).output == ADA


@agent_apis
def test_a_conversation_goes_on(agent, strict_mock, api):
    agent = agent("prime", api)
    first = agent.run_sync(QUESTION)
    second = agent.run_sync("And 97?", message_history=first.all_messages())
    assert second.output == Scenario("prime").answer
    assert [message["content"] for message in strict_mock.last_request()["messages"]] == [QUESTION, Scenario("prime").answer, "And 97?"]


@apis
def test_refusals_are_typed(agent, api):
    with pytest.raises(ModelHTTPError) as caught:
        agent("error-404", api).run_sync(QUESTION)
    assert caught.value.status_code == 404


@apis
def test_a_cut_raises(agent, api):
    with pytest.raises(Exception) as caught:
        asyncio.run(streamed(agent("close-in-answer", api), QUESTION))
    assert "upstream" in str(caught.value).lower() or "upstream" in str(caught.value.__cause__).lower()
