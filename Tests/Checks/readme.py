#!/usr/bin/env python3
"""Runs the commands of the README and compares what they print.

A fenced block with the info string `console` is a transcript: a line that begins with `$ ` is a command (it goes on while lines end
with a backslash), the lines up to the next command are its output. In expected output a line that is only `…` stands for any number
of lines, and `…` inside a line for any text. Blocks with another info string are not run, except that

- `yaml` blocks must pass `proxy --check-config`;
- `toml` blocks configure Codex, `sh` blocks the shell of Claude Code: each must lead to a model that answers there;
- the settings table between its two marks must be the one that the program's own catalogue makes.

The README's ports 8080 and 9000 are replaced by free ones; both programs are started before the first command and ended after the last.

usage: readme.py BUILD_FOLDER [README]
"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request

COMMAND_SECONDS = 120
START_SECONDS = 15


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def blocks(text):
    """(line number, info string, lines) of each fenced block."""
    found, current = [], None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            if current is None:
                current = (number, line[3:].strip(), [])
            else:
                found.append(current)
                current = None
        elif current is not None:
            current[2].append(line)
    return found


def transcript(lines):
    """(command, expected lines) pairs."""
    pairs, index = [], 0
    while index < len(lines):
        if not lines[index].startswith("$ "):
            raise ValueError("a console block must begin with a command: " + lines[index])
        command = [lines[index][2:]]
        while command[-1].endswith("\\") and index + 1 < len(lines):
            index += 1
            command.append(lines[index])
        index += 1
        expected = []
        while index < len(lines) and not lines[index].startswith("$ "):
            expected.append(lines[index])
            index += 1
        while expected and not expected[-1].strip():
            expected.pop()
        pairs.append(("\n".join(command), expected))
    return pairs


def matches(expected, actual):
    pattern = ""
    for line in expected:
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.rstrip().split("…")) + r"[ \t]*\n"
    while actual and not actual[-1].strip():
        actual.pop()
    return re.fullmatch(pattern, "".join(line + "\n" for line in actual)) is not None


def codex(block, swap):
    """What Codex would do with its configuration: the lines of its request's answer that it needs."""
    settings = tomllib.loads("\n".join(map(swap, block)))
    provider = settings["model_providers"][settings["model_provider"]]
    assert provider["wire_api"] == "responses", "there is no other"
    question = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Is 91 a prime number?"}]}]
    wishes = {"summary": settings["model_reasoning_summary"]}
    body = {"model": settings["model"], "input": question, "stream": True, "store": False, "reasoning": wishes, "tools": []}
    if "model_catalog_url" in provider:
        with urllib.request.urlopen(provider["model_catalog_url"] + "?client_version=0.163.0", timeout=10) as answer:
            assert settings["model"] in [model["slug"] for model in json.load(answer)["models"]], "the model is not in the catalogue"
    text = posted(provider["base_url"] + "/responses", body)
    missing = [event for event in ("reasoning_summary_text.delta", "output_item.done", "completed") if "event: response." + event not in text]
    assert not missing, "no " + ", ".join(missing)


def claude_code(block, swap):
    """What Claude Code would do in this shell."""
    command = "\n".join(map(swap, block)) + "\nenv -0"
    shell = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, check=True, timeout=COMMAND_SECONDS)
    set_here = dict(line.split("=", 1) for line in shell.stdout.decode().split("\0") if "=" in line)
    models = {value for name, value in set_here.items() if re.fullmatch(r"ANTHROPIC_(DEFAULT_[A-Z]+_)?MODEL", name)}
    assert models and int(set_here["CLAUDE_CODE_MAX_OUTPUT_TOKENS"]) > 0
    for model in models:
        body = {"model": model, "max_tokens": 32000, "stream": True, "messages": [{"role": "user", "content": "Is 91 a prime number?"}],
                "thinking": {"type": "adaptive", "display": "updates"}}
        headers = {"authorization": "Bearer " + set_here["ANTHROPIC_AUTH_TOKEN"], "anthropic-version": "2023-06-01"}
        text = posted(set_here["ANTHROPIC_BASE_URL"] + "/v1/messages?beta=true", body, **headers)
        missing = [event for event in ("thinking_delta", "text_delta", '"end_turn"') if event not in text]
        assert not missing, "no " + ", ".join(missing)


def posted(url, body, **headers):
    request = urllib.request.Request(url, data=json.dumps(body).encode(), headers={"content-type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def wait_for(port, process):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit("readme: a program ended at its start")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("readme: a program did not listen in time")


AGENTS = {"toml": codex, "sh": claude_code}


def main():
    build = os.path.abspath(sys.argv[1])
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    readme = sys.argv[2] if len(sys.argv) > 2 else os.path.join(root, "README.md")
    text = open(readme, encoding="utf-8").read()
    ports = {"9000": str(free_port()), "8080": str(free_port())}

    def swap(line):
        for documented, real in ports.items():
            line = re.sub(r"(?<=[:= ])" + documented + r"\b", real, line)
        return line

    def swap_back(line):
        for documented, real in ports.items():
            line = line.replace(real, documented)
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line).rstrip("\r")

    environment = {k: v for k, v in os.environ.items() if not re.match(r"UPSTREAM_|PROXY_|OPENAI_|HOST$|PORT$|MOCK_PORT$|LOG_", k)}
    environment.update(
        PATH=build + os.pathsep + environment["PATH"], NO_COLOR="1", PROXY_URL="http://127.0.0.1:" + ports["8080"],
        UPSTREAM_URL="http://127.0.0.1:" + ports["9000"])
    failures, checked = [], 0
    with tempfile.TemporaryDirectory() as folder:
        programs = []
        try:
            for name, port in (("mock-upstream", "9000"), ("proxy", "8080")):
                log = open(os.path.join(folder, name + ".log"), "w")
                programs.append(
                    subprocess.Popen([os.path.join(build, name), "--port", ports[port]], cwd=root, env=environment, stdout=log, stderr=log))
                wait_for(int(ports[port]), programs[-1])
            for number, info, lines in blocks(text):
                if info == "console":
                    for command, expected in transcript(lines):
                        checked += 1
                        run = subprocess.run(
                            ["bash", "-c", swap(command)], cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=COMMAND_SECONDS)
                        actual = [swap_back(line) for line in run.stdout.decode("utf-8", "replace").split("\n")]
                        if not matches(expected, actual):
                            failures.append((number, command, expected, actual))
                elif info in AGENTS:
                    checked += 1
                    try:
                        AGENTS[info](lines, swap)
                    except Exception as problem:  # whatever it is, it is told
                        failures.append((number, info, ["(an agent that works)"], ["%s: %s" % (type(problem).__name__, problem)]))
                elif info == "yaml":
                    checked += 1
                    path = os.path.join(folder, "proxy.yaml")
                    open(path, "w", encoding="utf-8").write("\n".join(lines))
                    keys = dict(environment, DEEPSEEK_API_KEY="x" * 20, VLLM_API_KEY="y" * 20, REASONING_KEY="z" * 40)
                    keys.pop("UPSTREAM_URL")
                    run = subprocess.run(
                        [os.path.join(build, "proxy"), "--config", path, "--check-config"], env=keys, stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT, timeout=COMMAND_SECONDS)
                    if run.returncode != 0:
                        failures.append((number, "proxy --check-config", ["(a good configuration)"], run.stdout.decode().split("\n")))
            table = re.search(r"<!-- settings -->\n(.*?)<!-- end of settings -->", text, re.S)
            if table:
                checked += 1
                run = subprocess.run([os.path.join(build, "proxy"), "--settings-table"], stdout=subprocess.PIPE, timeout=COMMAND_SECONDS)
                if run.stdout.decode().strip() != table[1].strip():
                    failures.append((0, "proxy --settings-table", table[1].split("\n"), run.stdout.decode().split("\n")))
        finally:
            for program in reversed(programs):
                program.terminate()
            for program in programs:
                try:
                    program.wait(20)
                except subprocess.TimeoutExpired:
                    program.kill()
    for number, command, expected, actual in failures:
        print("README line %d: the output is not what it says\n  $ %s\n  expected:" % (number, command))
        print("\n".join("    | " + line for line in expected))
        print("  actual:")
        print("\n".join("    | " + line for line in actual[:60]))
    print("readme: %d checked, %d wrong" % (checked, len(failures)))
    if checked == 0:
        print("readme: nothing to check is a failure too")
    sys.exit(1 if failures or checked == 0 else 0)


main()
