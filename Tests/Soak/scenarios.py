"""What the model says: scenarios made from a seed, each with texts that are known beforehand."""
import json
import os

# Dialects whose reasoning arrives in a field of its own, and those that mark it in the content.
FIELD_FORMATS = ["reasoning_content", "reasoning", "both_fields", "reasoning_details", "thinking_parts", "plain"]
MARKED_FORMATS = ["think_tags", "markers", "harmony"]
FORMATS = FIELD_FORMATS + MARKED_FORMATS
# The family that a model's name must hold for its markers to be known; empty where the default profile knows them.
FAMILIES = {"harmony": "gpt-oss-", "markers": "magistral-"}

CHUNKINGS = ["token", "token", "characters:3", "scalars:1", "whole", "token,bytes:7", "token,random:40", "token,events:4"]
FRAMINGS = [
    {}, {}, {"line_end": "crlf"}, {"line_end": "mixed", "space_after_colon": False}, {"comment_every": 3, "comment": ": PROCESSING"},
    {"ids": True, "retry": True, "event_name": "message"}, {"multi_line_data": True}, {"empty_data_every": 4, "byte_order_mark": True},
    {"keep_alive_data_every": 5}, {"done": False},
]
WORDS = (
    "river stone bridge mill water field garden winter summer engineer letter number seven thirteen product share price station train "
    "platform morning lamp keeper storm harbour island engine cloud paper question remainder square figure table column window"
).split()
ODD_PIECES = [
    "naïve café", "«größer»", "91 = 7 × 13", "河流从石缝中开始", "車站在市區", "강은 들판을 지난다", "🌊👩‍👩‍👧‍👦", "e\u0301\u0323", "`a < b && c > d`", "**bold**",
    "\\\"quoted\\\"", "C:\\new\\table", "data: [DONE]", "event: phase", "{\"a\": [1, 2]}", "\u0085\u2028\u2029", "line\ttab", "<b>tag</b>", "¾ of 84 €",
]


class Script:
    """One scenario: its name, which is the model's name, and what a client must get."""

    def __init__(self, number, kind, random):
        self.kind = kind
        self.format = FORMATS[number % len(FORMATS)] if kind != "slow" else "reasoning_content"
        self.name = "soak-%s%s-%d" % (FAMILIES.get(self.format, ""), kind, number)
        self.reasoning = text(random, 2, 6)
        self.answer = {"short": text(random, 1, 4), "long": text(random, 60, 120), "slow": text(random, 8, 9), "huge": text(random, 1500, 1500)}[kind]
        self.chunking = "token" if kind in ("huge", "slow") else random.choice(CHUNKINGS)
        self.framing = {} if kind in ("huge", "slow") else random.choice(FRAMINGS)
        self.rate = {"short": random.choice([0, 150, 400]), "long": 0, "slow": 40, "huge": 0}[kind]
        self.seed = random.randrange(1 << 30)
        self.first_token = random.choice([0, 20, 150]) if kind == "short" else 50

    @property
    def shows_reasoning_in_content(self):
        return self.format in MARKED_FORMATS

    @property
    def has_middles(self):
        """Whether a fault in the middle of the reasoning or of the answer strikes there: both take several events."""
        return self.format != "plain" and self.chunking != "whole"

    def values(self, names):
        """The scenario as the mock reads it; `names` are further models that play it."""
        values = {
            "name": self.name, "description": "generated", "models": names, "format": self.format, "answer": self.answer,
            "reasoning": self.reasoning, "chunking": self.chunking, "framing": self.framing,
            "pacing": {"tokens_per_second": self.rate, "jitter": 0.3, "first_token_delay_ms": self.first_token, "seed": self.seed},
        }
        if self.format == "markers":
            values["markers"] = {"start": "[THINK]", "end": "[/THINK]"}
        return values


def text(random, fewest, most):
    """Sentences and odd pieces; never white space at either end, never a word that announces thinking."""
    sentences = []
    for _ in range(random.randint(fewest, most)):
        words = [random.choice(WORDS) for _ in range(random.randint(4, 12))]
        if random.random() < 0.5:
            words.insert(random.randint(1, len(words)), random.choice(ODD_PIECES))
        sentences.append("The " + " ".join(words) + ".")
        if random.random() < 0.1:
            sentences.append("\n\n```swift\nlet x = [1, 2]  // a comment\n```\n\nThe end of the code.")
    return " ".join(sentences)


def make(random):
    """All scripts by kind."""
    counts = {"short": 36, "long": 9, "slow": 3, "huge": 1}
    return {kind: [Script(number, kind, random) for number in range(count)] for kind, count in counts.items()}


def write(scripts, routes, folder):
    """Writes the scenarios into `folder`; a script that moves can be asked for as `route/name`, for each of `routes`."""
    for script in (script for row in scripts.values() for script in row):
        names = ["%s/%s" % (route, script.name) for route in routes] if script.kind != "huge" else []
        with open(os.path.join(folder, script.name + ".json"), "w", encoding="utf-8") as file:
            json.dump(script.values(names), file, ensure_ascii=False)


TOOL_CALLS = [{"id": "call_a", "name": "get_weather", "arguments": {"city": "Reykjavík", "note": "a \"quoted\" \u2028 word"}},
              {"id": "call_b", "name": "get_weather", "arguments": {"city": "Nairobi"}}]
CHOICES = [("Choice zero counts apples.", "The apples are red: 紅."), ("Choice one looks at the sea for a while.", "The sea is wide.")]


def write_special(folder):
    """Tool calls, several choices, and text without end."""
    special = [
        {"name": "soak-tools", "description": "tool calls", "format": "reasoning_content", "reasoning": "Both cities need a call.",
         "tool_calls": TOOL_CALLS, "chunking": "characters:2"},
        {"name": "soak-choices", "description": "two choices", "format": "think_tags",
         "choices": [{"reasoning": reasoning, "answer": answer} for reasoning, answer in CHOICES]},
        {"name": "soak-endless", "description": "text for ever", "format": "reasoning_content", "reasoning": "It is long.",
         "answer": "The first of many words. The second follows.", "fault": {"kind": "endless", "after_events": 5}},
    ]
    for values in special:
        values["pacing"] = {"tokens_per_second": 0, "first_token_delay_ms": 0}
        with open(os.path.join(folder, values["name"] + ".json"), "w", encoding="utf-8") as file:
            json.dump(values, file, ensure_ascii=False)
