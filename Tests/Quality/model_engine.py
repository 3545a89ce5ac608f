"""The second engine: a small model makes the steps, asked by the program `proxy summarize` as a stream's owner asks it."""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/SDK"))
TRACE_SECONDS = 900
# Of a slow machine's model more at once would measure its queue.
AT_ONCE = 4
MOCK_MODEL = "summariser"
# What a shell may set and the program would read; the key and the model's own settings stay.
FOREIGN = re.compile(r"UPSTREAM_|PROXY_(?!SUMMARIES_MODEL_)|HOST$|PORT$|MOCK_|LOG_|SUMMARY_(URL|MODEL)$")


class Failed(Exception):
    pass


def lines(proxy, traces, plain, rate, level, url, name):
    """What the model engine said, in the lines that Quality prints; `plain` are those of the extractive engine."""
    def one(pair):
        trace, line = pair
        return line | said(proxy, trace, rate, level, url, name) | {"microseconds_per_token": None}
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, zip(traces, plain)))


def said(proxy, trace, rate, level, url, name):
    run = subprocess.run(
        [proxy, "summarize", "--engine", "model", "--json", "--level", level, "--tokens-per-second", str(rate), "--prompt=" + trace.prompt,
         "--summaries-model-url", url, "--summaries-model-name", name],
        input=trace.reasoning.encode(), capture_output=True, timeout=TRACE_SECONDS,
        env={key: value for key, value in os.environ.items() if not FOREIGN.match(key)})
    if run.returncode != 0:
        raise Failed(run.stderr.decode(errors="replace").strip() or f"{proxy} summarize failed with status {run.returncode}")
    *steps, totals = map(json.loads, run.stdout.decode().splitlines())
    return {"calls": totals["model"], "steps": [
        {"time": step["milliseconds"] / 1000, "position": step["position"], "last": step["last"], "notice": step["kind"] == "notice",
         "title": step.get("title"), "text": step["text"]} for step in steps]}


def calls(lines):
    """What became of all calls together."""
    total = {}
    for line in lines:
        for name, count in line.get("calls", {}).items():
            total[name] = total.get(name, 0) + count
    return total


def mock(build):
    """The mock upstream, whose summariser stands in for a model; to be ended by the caller."""
    from programs import Program
    return Program(build, "mock-upstream", ["--port", "0", "--quiet", "--fixtures", str(ROOT / "Fixtures/scenarios")])
