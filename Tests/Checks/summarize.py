#!/usr/bin/env python3
"""Checks `proxy summarize` from outside, with the real program.

usage: summarize.py BUILD_FOLDER
"""
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/SDK"))
from programs import Program  # noqa: E402

PROXY = os.path.join(os.path.abspath(sys.argv[1]), "proxy")
ENVIRONMENT = {k: v for k, v in os.environ.items() if not re.match(r"UPSTREAM_|PROXY_|SUMMARY_|HOST$|PORT$|MOCK_PORT$|LOG_", k)}
TEXT = (ROOT / "Fixtures/summaries/corpus/math-urn-expectation.txt").read_text(encoding="utf-8").partition("\n---\n")[2]
faults = []


def expect(what, actual, expected):
    if actual != expected:
        faults.append(f"{what}\n    expected {expected!r}\n    actual   {actual!r}")


def run(*arguments, text=TEXT):
    done = subprocess.run([PROXY, "summarize", *arguments], env=ENVIRONMENT, input=text.encode(), capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode()


def lines(*arguments, text=TEXT):
    return [json.loads(line) for line in run("--json", *arguments, text=text)[1].splitlines()]


def check_lines():
    *steps, totals = lines()
    expect("kinds", ({step["kind"] for step in steps}, totals["kind"]), ({"step"}, "totals"))
    expect("steps are counted", totals["steps"], len(steps))
    expect("their characters are counted", totals["summary_characters"], sum(len(step["text"]) for step in steps))
    expect("characters of the reasoning", totals["reasoning_characters"], len(TEXT))
    expect("compression", totals["compression"], round(totals["summary_characters"] / len(TEXT), 4))
    expect("times rise", [step["milliseconds"] for step in steps], sorted(step["milliseconds"] for step in steps))
    expect("places rise", [step["position"] for step in steps], sorted(step["position"] for step in steps))
    expect("there are several", len(steps) > 3, True)


def check_options():
    usual, slow = lines()[-1], lines("--tokens-per-second", "5")[-1]
    expect("a tenth of the pace takes ten times as long", slow["milliseconds"], usual["milliseconds"] * 10)
    concise, detailed = lines("--level", "concise")[-1], lines("--level", "detailed")[-1]
    expect("levels", concise["summary_characters"] < usual["summary_characters"] < detailed["summary_characters"], True)
    path = ROOT / ".build" / "summarize.txt"
    path.write_text(TEXT, encoding="utf-8")
    expect("a file says what the standard input says", run(str(path), text="")[1], run("-")[1])
    path.unlink()


def check_edges():
    expect("nothing", lines(text=""), [{
        "kind": "totals", "steps": 0, "milliseconds": 0, "tokens": 0, "reasoning_characters": 0, "summary_characters": 0, "compression": 0}])
    expect("a missing file", run("no such file")[0], 64)
    expect("a rate that is none", run("--tokens-per-second", "0")[0], 64)
    expect("a level that is none", run("--level", "loud")[0], 64)
    expect("no colour in a pipe", "\x1b" in run()[1], False)
    expect("colour on demand", "\x1b[33m" in run("--color", "always")[1], True)
    hostile = run("--color", "never", text="The answer is \x1b[2J 42 for all of them. " * 3)[1]
    expect("control characters of a text stay harmless", "\x1b" in hostile, False)


def check_model():
    expect("a model that nobody named", run("--engine", "model")[0], 64)
    mock = Program(os.path.abspath(sys.argv[1]), "mock-upstream", ["--port", "0", "--quiet", "--fixtures", str(ROOT / "Fixtures/scenarios")])
    try:
        thoughts = "Okay, so I test small primes as divisors of 1001, to see whether the model number is a prime. " * 2 + TEXT
        for name, fate in (("summariser", "used"), ("summariser-invents-number", "unfaithful"), ("summariser-fails", "failed")):
            asked = ["--engine", "model", "--summaries-model-url", mock.url, "--summaries-model-name", name]
            *steps, totals = lines(*asked, text=thoughts)
            expect(f"{name} is {fate}", totals["model"].get(fate, 0) > 0, True)
            expect(f"its sentence is said: {name}", "divisors of 1001" in steps[0]["text"] and "model tests" in steps[0]["text"], fate == "used")
            expect(f"steps all the same: {name}", len(steps) > 3, True)
        expect("the totals say so", "the model was asked" in run(*asked, text=thoughts)[1], True)
    finally:
        mock.end()
    expect("nobody is asked otherwise", "model" in lines()[-1], False)


def check_prompt():
    question = "Is 1001 a prime number, and what are its factors?"
    expect("a prompt's words", lines("--of", "prompt", text=question), [{"kind": "prompt", "engine": "extractive", "text": question}])
    expect("a prompt for people", run("--of", "prompt", text=question), (0, f"extractive │ {question}\n"))
    expect("a prompt that is nothing", lines("--of", "prompt", text="")[0]["text"], "A message without text.")
    expect("a text that is neither", run("--of", "answer", text=question)[0], 64)
    expect("a model that nobody named", run("--of", "prompt", "--engine", "model", text=question)[0], 64)
    mock = Program(os.path.abspath(sys.argv[1]), "mock-upstream", ["--port", "0", "--quiet", "--fixtures", str(ROOT / "Fixtures/scenarios")])
    try:
        told = "The user asks whether 1001 is prime and what its factors are."
        for name, result in (("summariser-prompt", "used"), ("summariser-invents-name", "unfaithful"), ("summariser-slow", "late")):
            asked = ["--of", "prompt", "--engine", "model", "--summaries-model-url", mock.url, "--summaries-model-name", name]
            extractive, model = lines(*asked, text=question)
            expect(f"{name} is {result}", model["result"], result)
            expect(f"what is told: {name}", (extractive["text"], model["text"]), (question, told if result == "used" else question))
            expect(f"tokens: {name}", model["completion_tokens"] > 0, result != "late")
        expect("a prompt without text is nobody's business", lines(*asked, text=" ")[1]["result"], "never_due")
    finally:
        mock.end()


check_lines()
check_options()
check_model()
check_prompt()
check_edges()
for fault in faults:
    print("FAIL  " + fault)
print("summarize: " + (f"{len(faults)} faults" if faults else "all well"))
sys.exit(1 if faults else 0)
