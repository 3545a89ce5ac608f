"""The README's Python examples, run as they stand; only the port is swapped. Each runs where its packages are."""
import importlib.util
import os
import re
import subprocess
import sys

import pytest

from conftest import VERSION
from programs import ROOT

QUESTION = "Is 91 a prime number?"
SUMMARY = "91 is the product of 7 and 13 and not a prime number."
ANSWER = "No. 91 = 7 × 13."
# Examples there must be, by what they import; a README without one of them would pass else.
PACKAGES = ["openai", "anthropic", "langchain_openai", "litellm", "pydantic_ai", "agents"]

with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
    EXAMPLES = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)


def packages_of(example):
    return re.findall(r"^(?:from|import) (\w+)", example, re.MULTILINE)


def is_here(example):
    return all(importlib.util.find_spec(package) for package in packages_of(example)) and (
        "client.responses" not in example or VERSION >= (1, 66, 0))


def test_there_is_an_example_for_each_package():
    assert {package for example in EXAMPLES for package in packages_of(example)} == set(PACKAGES)
    assert any(map(is_here, EXAMPLES))


@pytest.mark.parametrize("example", filter(is_here, EXAMPLES), ids=lambda example: packages_of(example)[0])
def test_the_example_runs(proxy, example):
    code = example.replace("http://localhost:8080", proxy.url)
    assert code != example
    run = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=28,
        env=dict(os.environ, PYTHONIOENCODING="utf-8", LITELLM_LOCAL_MODEL_COST_MAP="True"))
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    if "chunk.phase" in example or '"phase"' in example:
        assert "[Prompt Summary] " + QUESTION in run.stdout and "[Reasoning Summary] " + SUMMARY in run.stdout
        lines = run.stdout.splitlines()
        assert "".join(line.removeprefix("final_output ") for line in lines if line.startswith("final_output ")) == ANSWER
    else:
        assert run.stdout.index(SUMMARY) < run.stdout.index(ANSWER)
