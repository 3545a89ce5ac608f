#!/usr/bin/env python3
"""Checks detection profiles from outside, with the real programs: configuration, commands, request overrides, learning.

usage: profiles.py BUILD_FOLDER
"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(sys.argv[1])
FIXTURES = os.path.join(ROOT, "Fixtures", "profiles")
ENVIRONMENT = {k: v for k, v in os.environ.items() if not re.match(r"UPSTREAM_|PROXY_|HOST$|PORT$|MOCK_PORT$|LOG_", k)}
START_SECONDS = 15
faults = []
count = 0


def expect(what, actual, expected):
    global count
    count += 1
    if actual != expected:
        faults.append("%s\n    expected %r\n    actual   %r" % (what, expected, actual))


def proxy(*arguments, text="", folder=FIXTURES):
    run = subprocess.run(
        [os.path.join(BUILD, "proxy"), *arguments], cwd=folder, env=ENVIRONMENT, input=text.encode(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=60)
    return run.returncode, run.stdout.decode(), run.stderr.decode()


def segments(text, *arguments):
    code, out, _ = proxy("detect", "--json", *arguments, text=text)
    lines = [json.loads(line) for line in out.splitlines()]
    return code, [(line["kind"], line["text"]) for line in lines[:-1]], lines[-1] if lines else {}


def check_faults():
    code, out, errors = proxy("--config", "faults.yaml", "--check-config")
    expect("status of a bad configuration", code, 1)
    expected = open(os.path.join(FIXTURES, "faults.txt"), encoding="utf-8").read()
    expect("faults.yaml", errors, expected)
    for command in ("profiles", "detect"):
        expect(command + " refuses a bad configuration", proxy(command, "--config", "faults.yaml")[0], 1)


def check_round_trip():
    with tempfile.TemporaryDirectory() as folder:
        printed = proxy("profiles", "--yaml")[1]
        open(os.path.join(folder, "all.yaml"), "w", encoding="utf-8").write(printed)
        code, out, errors = proxy("--config", "all.yaml", "--check-config", folder=folder)
        expect("all built-in profiles as configuration", (code, errors), (0, ""))
        expect("printed again", proxy("profiles", "--yaml", "--config", "all.yaml", folder=folder)[1], printed)
        built_in = [json.loads(line) for line in proxy("profiles", "--json")[1].splitlines()]
        loaded = [json.loads(line) for line in proxy("profiles", "--json", "--config", "all.yaml", folder=folder)[1].splitlines()]
        expect("their number", len(loaded), len(built_in))
        expect("they are many", len(built_in) > 40, True)
        for one, other in zip(built_in, loaded):
            expect("origin of " + one["name"], (one.pop("origin"), other.pop("origin")), ("built-in", "configuration"))
            expect("data of " + one["name"], other, one)
        names = [profile["name"] for profile in built_in]
        single = proxy("profiles", "gpt-oss", "--yaml")[1]
        expect("one profile alone", single.splitlines()[1], "  - name: gpt-oss")
        check_same_segments(folder, names)


def check_same_segments(folder, names):
    """Printed profiles detect what the built-in ones do."""
    text = "<think>a</think>\n\n<|channel|>analysis<|message|>b<|end|><|channel|>final<|message|>c[THINK]d[/THINK]e\nTherefore, f"
    for name in names:
        one = segments(text, "--profile", name)
        other = segments(text, "--profile", name, "--config", os.path.join(folder, "all.yaml"))
        expect("segments of " + name, other, one)


def check_acme():
    config = ("--config", "acme.yaml")
    expect("acme.yaml", proxy(*config, "--check-config"), (0, "The configuration is good.\n", ""))
    expect("the option before the command", proxy(*config, "profiles", "acme")[0], 0)
    text = "⟦think⟧why⟦/think⟧\n⟦answer⟧because⟦eot⟧\n⟦/answer⟧"
    expected = [
        ("marker", "⟦think⟧"), ("reasoning", "why"), ("marker", "⟦/think⟧"), ("dropped", "\n"), ("marker", "⟦answer⟧"), ("answer", "because"),
        ("marker", "⟦eot⟧"), ("marker", "\n⟦/answer⟧")]
    for chunk in ("1", "3", "7", "1000"):
        code, found, summary = segments(text, *config, "--model", "ACME-7b", "--chunk", chunk)
        expect("acme in chunks of " + chunk, found, expected)
    expect("exact", segments(text, *config, "--profile", "acme", "--whitespace", "exact")[1][3], ("answer", "\n"))
    expect("child begins inside", segments("why⟦/think⟧x", *config, "--profile", "acme-inside")[1][0], ("reasoning", "why"))
    expect("--start wins", segments("why⟦/think⟧x", *config, "--profile", "acme-inside", "--start", "outside")[1][0][0], "answer")
    for model, profile in (
        ("acme-7b", "acme"), ("my-acme-7b", "default"), ("Qwen/Qwen3-8B", "qwen3"), ("Qwen/Qwen3-8B-Thinking-2507", "qwen3-thinking"),
        ("Qwen/Qwen3-Coder-Instruct", "qwen3-instruct")):
        found = json.loads(proxy("profiles", *config, "--model", model, "--json")[1])
        expect("profile of " + model, found["profile"], profile)
    expect("the changed built-in", segments("a</think>b", *config, "--model", "qwen3-8b")[2]["start"], "outside")
    expect("the built-in", segments("a</think>b", "--model", "qwen3-8b")[2]["start"], "inside")


def check_wrong_use():
    expect("an unknown profile", proxy("profiles", "nobody")[0], 64)
    expect("an unknown profile to detect", proxy("detect", "--profile", "nobody")[0], 64)
    expect("two ways to choose", proxy("detect", "--profile", "think", "--model", "x")[0], 64)
    expect("an unknown command", proxy("profile")[0], 64)
    expect("--version", proxy("--version")[:1], (0,))
    code, out, _ = proxy("profiles", "--color", "always")
    expect("colour on demand", "\x1b[" in out, True)
    expect("none in a pipe", "\x1b[" in proxy("profiles")[1], False)
    hostile = proxy("detect", "--color", "always", text="<think>\x1b[2J</think>\x1b]0;x\x07")[1]
    expect("control characters of a text stay harmless", "\x1b[2J" in hostile or "\x1b]" in hostile, False)


class Server:
    """Both programs, on free ports, with a configuration."""

    def __init__(self, *flags):
        self.ports = [free_port(), free_port()]
        environment = dict(ENVIRONMENT, UPSTREAM_URL="http://127.0.0.1:%d" % self.ports[0])
        self.log = tempfile.TemporaryFile("w+")
        self.programs = []
        for name, port, extra in (("mock-upstream", self.ports[0], ()), ("proxy", self.ports[1], flags)):
            self.programs.append(
                subprocess.Popen(
                    [os.path.join(BUILD, name), "--port", str(port), *extra], cwd=FIXTURES, env=environment, stdout=self.log, stderr=self.log))
            end = time.monotonic() + START_SECONDS
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if time.monotonic() > end or self.programs[-1].poll() is not None:
                        raise SystemExit("profiles: %s did not start" % name)
                    time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for program in reversed(self.programs):
            program.terminate()
        for program in self.programs:
            program.wait(20)

    def get(self, path):
        with urllib.request.urlopen("http://127.0.0.1:%d%s" % (self.ports[1], path), timeout=20) as response:
            return response.read().decode()

    def chat(self, model, headers={}, **fields):
        body = {"model": model, "messages": [{"role": "user", "content": "Hello there?"}], **fields}
        request = urllib.request.Request(
            "http://127.0.0.1:%d/v1/chat/completions" % self.ports[1], json.dumps(body).encode(),
            {"content-type": "application/json", **headers})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def play_next(self, scenario):
        request = urllib.request.Request("http://127.0.0.1:%d/mock/next" % self.ports[0], json.dumps(scenario).encode())
        urllib.request.urlopen(request, timeout=20).close()

    def answer(self, model, headers={}, **fields):
        status, body = self.chat(model, headers, **fields)
        return json.loads(body)["choices"][0]["message"]["content"] if status == 200 else status

    def model(self, name):
        return next(m["reasoning_proxy"] for m in json.loads(self.get("/v1/models"))["data"] if m["id"] == name)

    def logged(self):
        self.log.seek(0)
        return self.log.read()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


INSIDE = "think-tags-prefilled"


def check_learning():
    with Server() as server:
        expect("before", (server.model(INSIDE)["start_state"], server.model(INSIDE).get("learned")), ("outside", None))
        first = server.answer(INSIDE)
        expect("the first answer has the reasoning in it", "</think>" in first, True)
        expect("after", (server.model(INSIDE)["start_state"], server.model(INSIDE).get("learned")), ("inside", True))
        second = server.answer(INSIDE)
        expect("the second has not", "</think>" in second or second == "", False)
        expect("it is the first one's end", first.endswith(second), True)
        expect("thinking switched off counts", "</think>" in server.answer(INSIDE, chat_template_kwargs={"enable_thinking": False}), True)
        status, body = server.chat(INSIDE, stream=True)
        expect("also in a stream", "</think>" in body, False)
        metrics = server.get("/metrics")
        expect("counted once", 'reasoning_proxy_starts_learned_total{upstream="default"} 1\n' in metrics, True)
        expect("known", "reasoning_proxy_starts_known 1\n" in metrics, True)
        expect("logged once", server.logged().count("learned that a model begins inside reasoning"), 1)
        expect("another model is as before", server.model("prime").get("learned"), None)
        expect("a quoted tag teaches nothing", (server.answer("think-quoted") != "", server.model("think-quoted").get("learned")), (True, None))
        server.play_next("no-reasoning")
        expect("an answer without markers comes out whole", len(server.answer(INSIDE)) > 10, True)
        expect("and the start is forgotten", server.model(INSIDE).get("learned"), None)
        expect("in the log, too", server.logged().count("forgot that a model begins inside reasoning"), 1)
        expect("learned anew", ("</think>" in server.answer(INSIDE), server.model(INSIDE).get("learned")), (True, True))
    with Server("--detection-learn", "off") as server:
        expect("off", "</think>" in server.answer(INSIDE) and "</think>" in server.answer(INSIDE), True)
        expect("off, listed", server.model(INSIDE).get("learned"), None)
    with Server() as server:
        server.chat(INSIDE, stream=True)
        expect("learned from a stream", server.model(INSIDE).get("learned"), True)


def check_overrides():
    with Server("--config", "acme.yaml", "--detection-learn", "off") as server:
        plain = server.answer(INSIDE)
        expect("by nothing", "</think>" in plain, True)
        expect("by header", "</think>" in server.answer(INSIDE, {"X-Reasoning-Profile": "think-inside"}), False)
        expect("by body", "</think>" in server.answer(INSIDE, phases={"profile": "think-inside"}), False)
        expect(
            "the body wins", "</think>" in server.answer(INSIDE, {"X-Reasoning-Profile": "think-inside"}, phases={"profile": "think"}), True)
        expect("a configured one", server.chat(INSIDE, {"X-Reasoning-Profile": "acme"})[0], 200)
        trimmed = server.answer(INSIDE, phases={"profile": "think-inside"})
        exact = server.answer(INSIDE, phases={"profile": "think-inside", "whitespace": "exact"})
        expect("exact white space", exact, "\n\n" + trimmed)
        for headers, fields, param in (
            ({"X-Reasoning-Profile": "nobody"}, {}, None), ({}, {"phases": {"profile": "nobody"}}, "phases.profile")):
            status, body = server.chat(INSIDE, headers, **fields)
            error = json.loads(body)["error"]
            expect("an unknown profile", (status, error["code"], error["param"]), (400, "unknown_profile", param))
            expect("its message helps", "`proxy profiles`" in error["message"] and "think-inside" in error["message"], True)
        status, body = server.chat(INSIDE, phases={"whitespace": "keep"})
        expect("a wrong word for white space", (status, json.loads(body)["error"]["param"]), (400, "phases.whitespace"))


for check in (check_faults, check_round_trip, check_acme, check_wrong_use, check_overrides, check_learning):
    check()
for fault in faults:
    print("profiles: " + fault)
print("profiles: %d checked, %d wrong" % (count, len(faults)))
sys.exit(1 if faults or count == 0 else 0)
