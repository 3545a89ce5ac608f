#!/usr/bin/env python3
"""Writes the fuzzer's seeds and dictionary from the other fixtures: `make.py FOLDER`. `make fuzz` runs it.

A seed is an input as `Sources/Fuzz/FuzzInput.swift` reads it: a selector, choices, cuttings, and a text to the end.
"""
import json
import pathlib
import re
import sys

here = pathlib.Path(__file__).resolve().parent
fixtures = here.parent
sources = fixtures.parent / "Sources" / "Detect" / "Profiles"
longest = 900

FRAMING, READING, DETECTION, TEXT, BYTES, AGENT = range(6)
starts = {"outside": 0, "inside": 1, "undecided": 2}
ends = {"stop": 0, "length": 1, "cut": 2}


def profile_names():
    """The built-in profiles in their order, as far as the sources show it; a wrong number only makes another seed."""
    names = []
    for file in ["channels", "families", "tags"]:
        text = (sources / f"Profile+{file}.swift").read_text()
        names += re.findall(r'(?:tags\(|Profile\(name:)\s*"([^"]+)"', text)
    return names + ["default"]


def cutting(lengths):
    return bytes([len(lengths)]) + bytes(lengths)


def seeds():
    names = profile_names()
    stand_ins = {"T": "think", "R": "think-inside", "Q": "glm", "TI": "think-interleaved", "P": "default"}
    for file in ["core", "families", "default-profile"]:
        for number, case in enumerate(json.loads((fixtures / "detect" / f"{file}.json").read_text())["cases"]):
            name = stand_ins.get(case["profile"], case["profile"])
            profile = names.index(name) if name in names else 0
            options = starts[case.get("start", "outside")] | 8 * case.get("json", False) | 16 * ends[case.get("end", "stop")]
            text = "".join(case["chunks"]).encode()
            for policy in (0, 4) if number % 4 == 0 else (0,):
                yield f"detect-{file}-{number}-{policy}", bytes([DETECTION, profile, options | policy]) + cutting([3, 1, 7]) + text
            if number % 3 == 0:
                # plan: profile, style, options; dialect, shape; chunks; cuts
                head = bytes([TEXT, profile, number % 5, 1 + number * 8 % 256, number % 7, number * 5 % 256])
                yield f"stream-{file}-{number}", head + cutting([5, 2]) + cutting([40, 1]) + text
    for file in sorted((fixtures / "sse").glob("*.json")):
        cases = json.loads(file.read_text())
        for number, case in enumerate(cases if isinstance(cases, list) else cases.get("cases", [])):
            if isinstance(case.get("input"), str) and number % 2 == 0:
                yield f"sse-{file.stem}-{number}", bytes([FRAMING, number % 4 // 3]) + cutting([1, 4]) + case["input"].encode()
    for number, api in enumerate(["responses", "messages"]):
        for place, vector in enumerate(json.loads((fixtures / "agents" / "requests" / f"{api}.json").read_text())):
            members = {"model": "m", "input" if api == "responses" else "messages": [{"role": "user", "content": "x"}]} | vector["in"]
            yield f"agent-{api}-{place}", bytes([AGENT, number, place % 64]) + json.dumps(members, ensure_ascii=False).encode()
    for number, file in enumerate(sorted((fixtures / "phases").glob("*.jsonl"))):
        lines = file.read_bytes().splitlines()
        if lines:
            yield f"chunk-{file.stem}", bytes([READING]) + cutting([9]) + max(lines[:6], key=len)
        if len(lines) > 1 and number % 2 == 0:
            stream = b"".join(b"data: " + line + b"\n\n" for line in [lines[0], lines[-1]]) + b"data: [DONE]\n\n"
            yield f"bytes-{file.stem}", bytes([BYTES, len(names) - 1, number % 5, 1]) + cutting([50, 3]) + stream
    for number, file in enumerate(sorted((fixtures / "phases").glob("whole*.json"))):
        yield f"whole-{file.stem}", bytes([BYTES, len(names) - 1, number % 4, 1]) + cutting([50]) + file.read_bytes()
    whole = {"id": "up", "object": "chat.completion", "created": 1, "model": "m", "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "<think>a</think>b", "reasoning_content": "c"}, "finish_reason": "stop"}],
        "usage": {"total_tokens": 3}}
    yield "whole-made", bytes([BYTES, len(names) - 1, 0, 1]) + cutting([50]) + json.dumps(whole).encode()


def dictionary():
    words = set()
    for file in sources.glob("Profile*.swift"):
        words |= {re.sub(r"\\\\", "", word) for word in re.findall(r'\.(?:text|pattern)\("([^"]+)"\)', file.read_text())}
    words |= {"<think>", "</think>", "<tool_call>", "Therefore,", "Let me think", "analysis", "assistant", "final", "data: ", "event: ",
              "[DONE]", '"choices":[', '"delta":{', '"content":', '"reasoning_content":', '"finish_reason":"stop"', '"index":1', "\\ud83d",
              "\\ude00", '"input":[', '"messages":[', '"type":"', '"tools":[', '"call_id":"', '"tool_use_id":"', '"reasoning":{', '"error":{', '"usage":{', ": ping"}
    for word in sorted(word for word in words if "\\(" not in word):
        raw = word.replace("\\n", "\n").encode()
        yield '"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in raw[:60]) + '"\n'


def main():
    top = pathlib.Path(sys.argv[1])
    folder = top / "seeds"
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, data in seeds():
        if len(data) <= longest:
            (folder / name).write_bytes(data)
            count += 1
    (top / "words.dict").write_text("".join(dictionary()))
    print(f"{count} seeds")


main()
