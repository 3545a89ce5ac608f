"""The openai-agents package over chat completions and the Responses API: run and streamed, with tools, structured, and failing."""
import asyncio

import openai
import pytest
from agents import (
    Agent, ItemHelpers, ModelSettings, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, function_tool, set_tracing_disabled)
from openai.types.shared import Reasoning
from pydantic import BaseModel

from asking import DIALECTS, QUESTION, answer_to, calls_of
from asking import get_weather as weather
from programs import Scenario

set_tracing_disabled(True)
APIS = ["chat", "responses"]
get_weather = function_tool(weather)


class Person(BaseModel):
    name: str
    year: int
    tags: list[str]


ADA = Person(name="Ada Lovelace", year=1843, tags=["notes", "engine"])


@pytest.fixture
def agent(agent_proxy):
    """Makes an agent by the name of its scenario."""

    def make(name, api, **more):
        path = "/reasoning/v1" if api == "chat" else "/v1"
        client = openai.AsyncOpenAI(base_url=agent_proxy.url + path, api_key="unused", max_retries=0, timeout=20)
        model = (OpenAIChatCompletionsModel if api == "chat" else OpenAIResponsesModel)(model=name, openai_client=client)
        settings = ModelSettings(reasoning=Reasoning(summary="auto")) if api == "responses" else ModelSettings()
        return Agent(name="Test", instructions="Be brief.", model=model, model_settings=settings, **more)

    return make


async def run(agent, stream):
    """The result, and the texts and thoughts that were streamed."""
    if not stream:
        return await Runner.run(agent, QUESTION), None, None
    result = Runner.run_streamed(agent, QUESTION)
    texts, thoughts = [], []
    async for event in result.stream_events():
        if event.type == "raw_response_event":
            if event.data.type == "response.output_text.delta":
                texts.append(event.data.delta)
            if event.data.type in ("response.reasoning_summary_text.delta", "response.reasoning_text.delta"):
                thoughts.append(event.data.delta)
    return result, "".join(texts), "".join(thoughts)


def thoughts_of(result):
    return [part.text for item in result.new_items if item.type == "reasoning_item" for part in item.raw_item.summary]


apis = pytest.mark.parametrize("api", APIS)
ways = pytest.mark.parametrize("stream", [False, True], ids=["run", "stream"])


@apis
@ways
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_with_its_summary(agent, api, stream, dialect):
    result, text, thoughts = asyncio.run(run(agent(dialect, api), stream))
    assert result.final_output.strip() == Scenario(dialect).answer.strip()
    assert thoughts_of(result)
    if stream:
        assert text == result.final_output and thoughts
    else:
        assert ItemHelpers.text_message_outputs(result.new_items) == result.final_output


def round_of_tools(agent, stream, scenario):
    result, _, _ = asyncio.run(run(agent, stream))
    assert result.final_output == answer_to(*[weather(**arguments) for _, _, arguments in calls_of(scenario)])


scenarios = pytest.mark.parametrize("scenario", ["tool-call", "tool-calls", "tool-call-late-name"])


@ways
@scenarios
def test_a_round_of_tools_in_chat(agent, own_affair, stream, scenario):
    round_of_tools(agent(scenario, "chat", tools=[get_weather]), stream, scenario)


@ways
@scenarios
def test_a_round_of_tools_in_responses(agent, on_common_ground, stream, scenario):
    round_of_tools(agent(scenario, "responses", tools=[get_weather]), stream, scenario)


@apis
@ways
def test_structured_output(agent, api, stream):
    result, _, _ = asyncio.run(run(agent("json-answer", api, output_type=Person), stream))
    assert result.final_output == ADA


@apis
@ways
def test_refusals_are_typed(agent, api, stream):
    with pytest.raises(openai.NotFoundError):
        asyncio.run(run(agent("error-404", api), stream))


@apis
def test_a_cut_raises(agent, api):
    with pytest.raises(Exception) as caught:
        asyncio.run(run(agent("close-in-answer", api), True))
    assert "upstream" in str(caught.value).lower()
