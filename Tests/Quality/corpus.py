"""Reads the annotated traces of Fixtures/summaries/corpus; its README explains the format."""
import dataclasses
import pathlib
import re

KINDS = ["mathematics", "code", "planning", "factual", "data", "other"]
DEVELOP = "develop"
"""Every other set is a held-out one, still closed."""
SET = re.compile(r"develop|held-out-\d+")


@dataclasses.dataclass
class Point:
    """Something a waiting person would want to know, and the sets of strings of which one shows that it was said."""
    statement: str
    key_sets: list


@dataclasses.dataclass
class Trace:
    path: pathlib.Path
    set: str
    kind: str
    language: str
    prompt: str
    traits: list
    points: list
    conclusion: Point
    """None when the reasoning ends without one."""
    reasoning: str
    repeats_from: int
    """Where it begins to say nothing new, to its end, in characters; None when it does not."""

    @property
    def name(self):
        return self.path.stem


class BadTrace(Exception):
    pass


def read(path):
    path = pathlib.Path(path)
    text = path.read_text(encoding="utf-8")
    head, line, reasoning = text.partition("\n---\n")
    if not line:
        raise BadTrace(f"{path.name}: no line `---` before the reasoning")
    reasoning = reasoning.rstrip("\n")
    fields, points, conclusion, last, name = {}, [], None, None, None
    for number, row in enumerate(head.split("\n"), 1):
        if row.startswith("  any:"):
            if last is None:
                raise BadTrace(f"{path.name}:{number}: `any:` without a point before it")
            last.key_sets.append([key.strip() for key in row[len("  any:"):].split(" & ")])
        elif row.startswith(" ") and name == "prompt":
            fields["prompt"] += "\n" + row[2:]
        else:
            match = re.match(r"([a-z-]+):\s*(.*)", row)
            if not match:
                raise BadTrace(f"{path.name}:{number}: not `name: value`: {row!r}")
            name, value = match.groups()
            last = None
            if name == "point":
                last = Point(value, [])
                points.append(last)
            elif name == "conclusion":
                if value != "none":
                    last = conclusion = Point(value, [])
            elif name not in ("set", "kind", "language", "prompt", "traits", "repeats-from"):
                raise BadTrace(f"{path.name}:{number}: unknown name {name!r}")
            fields[name] = value
    for name in ("set", "kind", "language", "prompt", "conclusion"):
        if name not in fields:
            raise BadTrace(f"{path.name}: no {name}")
    if fields["kind"] not in KINDS:
        raise BadTrace(f"{path.name}: kind {fields['kind']!r} is none of {', '.join(KINDS)}")
    if not SET.fullmatch(fields["set"]):
        raise BadTrace(f"{path.name}: set {fields['set']!r} is neither {DEVELOP} nor held-out-NUMBER")
    for point in points + ([conclusion] if conclusion else []):
        if not point.key_sets or not all(key for keys in point.key_sets for key in keys):
            raise BadTrace(f"{path.name}: no keys for {point.statement!r}")
    repeats = fields.get("repeats-from")
    if repeats and reasoning.find(repeats) < 0:
        raise BadTrace(f"{path.name}: the text of repeats-from is not in the reasoning")
    return Trace(
        path, fields["set"], fields["kind"], fields["language"], fields["prompt"], fields.get("traits", "").split(), points, conclusion, reasoning,
        reasoning.find(repeats) if repeats else None)


def read_all(folder, only=""):
    return [trace for trace in map(read, sorted(pathlib.Path(folder).glob("*.txt"))) if only in trace.name]
