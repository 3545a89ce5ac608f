"""The README's Python example, run as it stands; only the port is swapped."""
import os
import re
import subprocess
import sys

from programs import ROOT, Scenario
from reading import LABELS, QUESTION


def test_the_example_runs(proxy):
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        examples = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
    assert examples
    for example in examples:
        code = example.replace("http://localhost:8080", proxy.url)
        assert code != example
        run = subprocess.run(
            [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=25,
            env=dict(os.environ, PYTHONIOENCODING="utf-8"))
        assert run.returncode == 0, run.stderr
        assert run.stderr == ""
        assert LABELS["prompt_summary"] + QUESTION in run.stdout and LABELS["reasoning_summary"] in run.stdout
        answer = "".join(line.removeprefix("final_output ") for line in run.stdout.splitlines() if line.startswith("final_output "))
        assert answer == Scenario("prime").answer
