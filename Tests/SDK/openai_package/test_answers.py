"""Whole answers, tools, structured output, and the async client."""
import asyncio
import json

import openai
import pytest
from openai.types.chat import ChatCompletion
from pydantic import BaseModel

from programs import Scenario
from reading import (
    LABELS, PHASE_STYLES, PHASES, QUESTION, STANDARD_STYLE, STYLES, answer_in, ask, chat_with_helpers, content, expected_phases,
    phases_in_order,
    stream_of, texts_by_phase, valid, without_thoughts)

styles = pytest.mark.parametrize("style", STYLES)
phase_styles = pytest.mark.parametrize("style", PHASE_STYLES)


class Person(BaseModel):
    name: str
    year: int
    tags: list[str]


PERSON_SCHEMA = {
    "type": "json_schema",
    "json_schema": {"name": "person", "strict": True, "schema": {**Person.model_json_schema(), "additionalProperties": False}},
}
ADA = Person(name="Ada Lovelace", year=1843, tags=["notes", "engine"])
WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"type": "string"}},
            "required": ["city", "unit"],
            "additionalProperties": False,
        },
    },
}


# MARK: Whole answers


@styles
@pytest.mark.parametrize("dialect", ["lighthouse", "sorting-bug", "prime", "magistral"])
def test_a_whole_answer_has_the_phases_beside_the_choices(client, style, dialect):
    completion = client.chat.completions.create(**ask(dialect, style))
    if style == "off":
        assert not hasattr(completion, "phases")
        return
    ChatCompletion.model_validate(completion.model_dump(exclude_unset=True, warnings=False))
    message = completion.choices[0].message
    answer = Scenario(dialect).answer
    assert (without_thoughts(message.content) if style == "think" else message.content) == answer
    assert [phase["phase"] for phase in completion.phases] == PHASES
    assert completion.phases[0]["content"] == QUESTION
    assert completion.phases[1]["content"]
    assert completion.phases[2]["content"] == answer
    if style == "reasoning":
        assert message.reasoning_content.startswith(LABELS["prompt_summary"] + QUESTION)
        assert completion.phases[1]["content"] in message.reasoning_content
    else:
        assert not getattr(message, "reasoning_content", None)
    assert completion.usage.total_tokens > 0
    assert completion.choices[0].finish_reason == "stop"


# MARK: Tools


def expected_calls(scenario):
    return [
        (call["id"], call["name"], call["arguments"] if isinstance(call["arguments"], dict) else json.loads(call["arguments"]))
        for call in Scenario(scenario).values["tool_calls"]]


@styles
@pytest.mark.parametrize("scenario", ["tool-calls", "tool-call-with-text"])
def test_tool_calls_are_assembled_by_index(client, style, scenario):
    calls, reasons, chunks = {}, [], []
    for chunk in stream_of(client, scenario, style):
        chunks.append(valid(chunk))
        for choice in chunk.choices:
            reasons += [choice.finish_reason] if choice.finish_reason else []
            for fragment in choice.delta.tool_calls or []:
                if style != "off":
                    assert chunk.phase == "final_output"
                call = calls.setdefault(fragment.index, {"id": fragment.id, "name": fragment.function.name, "arguments": ""})
                call["arguments"] += fragment.function.arguments or ""
    assert [(call["id"], call["name"], json.loads(call["arguments"])) for _, call in sorted(calls.items())] == expected_calls(scenario)
    assert reasons == ["tool_calls"]
    if style != "off":
        # No summary between two fragments of a call.
        assert phases_in_order(chunks) == expected_phases(style, scenario == "tool-calls")


@styles
def test_the_helper_assembles_tool_calls(client, style):
    with chat_with_helpers(client).stream(**ask("tool-calls", style, tools=[WEATHER_TOOL])) as stream:
        done = [event for event in stream if event.type == "tool_calls.function.arguments.done"]
        message = stream.get_final_completion().choices[0].message
    assert [(call.id, call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls] == expected_calls("tool-calls")
    assert [event.parsed_arguments for event in done] == [arguments for _, _, arguments in expected_calls("tool-calls")]


@styles
def test_a_whole_answer_keeps_its_tool_calls(client, style):
    choice = client.chat.completions.create(**ask("tool-calls", style, tools=[WEATHER_TOOL])).choices[0]
    calls = [(call.id, call.function.name, json.loads(call.function.arguments)) for call in choice.message.tool_calls]
    assert calls == expected_calls("tool-calls")
    assert choice.finish_reason == "tool_calls"


# MARK: Structured output


def test_structured_output_gets_the_style_reasoning_unasked(client):
    for stream in (False, True):
        answer = client.chat.completions.with_raw_response.create(**ask("json-answer", response_format=PERSON_SCHEMA, stream=stream))
        assert answer.headers["x-phases"] == "reasoning"
        parsed = answer.parse()
        text = "".join(content(chunk) for chunk in parsed) if stream else parsed.choices[0].message.content
        assert Person.model_validate_json(text) == ADA


@pytest.mark.parametrize("style", [None, "events", "inline", "reasoning", "off"])
def test_parse_gives_objects(client, style):
    completion = chat_with_helpers(client).parse(response_format=Person, **ask("json-answer", style))
    assert completion.choices[0].message.parsed == ADA


@pytest.mark.parametrize("style", [None, "reasoning", "off"])
def test_the_helper_gives_objects(client, style):
    with chat_with_helpers(client).stream(response_format=Person, **ask("json-answer", style)) as stream:
        for _ in stream:
            pass
        assert stream.get_final_completion().choices[0].message.parsed == ADA


@phase_styles
def test_a_refusal_arrives(client, style):
    expected = Scenario("refusal").values["refusal"]
    assert client.chat.completions.create(**ask("refusal", style)).choices[0].message.refusal == expected
    chunks = [valid(chunk) for chunk in stream_of(client, "refusal", style)]
    assert "".join(chunk.choices[0].delta.refusal or "" for chunk in chunks) == expected


# MARK: The async client


@styles
def test_the_async_client_reads_the_same(proxy, style):
    async def read():
        async with openai.AsyncOpenAI(base_url=proxy.url + "/v1", api_key="unused", max_retries=0, timeout=20) as client:

            async def loop():
                stream = await client.chat.completions.create(stream=True, **ask("lighthouse", style))
                return [valid(chunk) async for chunk in stream]

            async def helper():
                async with chat_with_helpers(client).stream(**ask("lighthouse", style)) as stream:
                    return await stream.get_final_completion()

            return await asyncio.gather(loop(), loop(), helper(), client.chat.completions.create(**ask("lighthouse", style)))

    first, second, helped, whole = asyncio.run(read())
    answer = Scenario("lighthouse").answer
    for chunks in (first, second):
        assert answer_in("".join(content(chunk) for chunk in chunks), style) == answer
        if style != "off":
            assert phases_in_order(chunks) == PHASES
            assert texts_by_phase(chunks)["final_output"].lstrip("\n") == answer
    assert answer_in(helped.choices[0].message.content, style) == answer
    assert (without_thoughts if style == "think" else str)(whole.choices[0].message.content) == answer


def test_the_async_client_gets_the_same_standard_style(proxy):
    async def read():
        async with openai.AsyncOpenAI(base_url=proxy.url + "/v1", api_key="unused", max_retries=0, timeout=20) as client:
            return (await client.chat.completions.with_raw_response.create(**ask("prime", stream=True))).headers["x-phases"]

    assert asyncio.run(read()) == STANDARD_STYLE
