"""What the tests of the agents' APIs ask, and what they expect."""
import json

from programs import Scenario

QUESTION = "Is 91 a prime number?"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WEATHER = "11 °C and rain"

# Their reasoning is in a field of its own, in two fields, in typed parts, between tags, and in prose.
DIALECTS = ["prime", "both-fields", "magistral", "think-tags", "prose"]

WEATHER_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "unit": {"type": "string"}},
    "required": ["city", "unit"],
    "additionalProperties": False,
}


def get_weather(city: str, unit: str) -> str:
    """Says the weather in a city."""
    assert city and unit == "celsius"
    return "%s in %s" % (WEATHER, city)


def calls_of(scenario):
    """(id, name, arguments) of the scenario's calls, in their order."""
    values = Scenario(scenario).values
    if "tool_calls" in values:
        return [(call["id"], call["name"], call["arguments"]) for call in values["tool_calls"]]
    calls = {}
    for segment in values["segments"]:
        for fragment in segment["delta"]["tool_calls"]:
            call = calls.setdefault(fragment["index"], {"id": "", "name": "", "arguments": ""})
            call["id"] += fragment.get("id", "")
            for key in ("name", "arguments"):
                call[key] += fragment["function"].get(key, "")
    return [(call["id"], call["name"], json.loads(call["arguments"])) for _, call in sorted(calls.items())]


def answer_to(*results):
    """What the scenarios with tools say when the results are there."""
    return "The tool says: " + "; ".join(results)


CALLS = ["tool-call", "tool-calls", "tool-call-late-name", "tool-calls-interleaved", "tool-call-think-tags"]
