#!/usr/bin/env python3
"""Measures whether a model that makes the steps of summaries delays the answer.

Proxies with the engine `model` (one with a summariser that answers, one with a summariser that never does, so that its call is under way
when the answer begins), one with the engine `extractive` and one without summaries get the same request in turns. The clock runs from the
request's last byte to the answer's first. Printed are the medians in milliseconds, and for each the difference and the ratio to `off`, and
the median of the differences between runs that follow each other.

usage: summary_delay.py BUILD_FOLDER [RUNS]
"""
import json
import os
import socket
import statistics
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "SDK"))
from programs import ROOT, Program  # noqa: E402

WARM_UP = 3
SOCKET_SECONDS = 30
QUESTION = "Is 1001 a prime number, and what are its factors?"
# 0.8 s of thoughts: long enough for a call to begin, at 0.5 s.
THOUGHT = " ".join(["Let me test the small primes as divisors of 1001 and see what comes of it."] * 5)
SCENARIO = {
    "name": "thinks-for-a-moment", "description": "measured", "reasoning": THOUGHT, "answer": "No. 1001 = 7 × 11 × 13.",
    "pacing": {"tokens_per_second": 100, "jitter": 0, "first_token_delay_ms": 0}}


def first_answer_byte(url):
    """Seconds from the request's last byte to the answer's first."""
    address = urllib.parse.urlsplit(url)
    body = json.dumps(
        {"model": SCENARIO["name"], "stream": True, "messages": [{"role": "user", "content": QUESTION}]}).encode()
    head = "POST /v1/chat/completions HTTP/1.1\r\nhost: %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), SOCKET_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall((head % (address.netloc, len(body))).encode() + body)
        begin, received, first = time.perf_counter(), b"", None
        while True:
            piece = connection.recv(65536)
            if not piece:
                break
            received += piece
            if first is None and b'"content":"No"' in received:
                first = time.perf_counter() - begin
    if first is None or b"data: [DONE]" not in received:
        raise SystemExit("bench: not a whole stream: %r" % received[-300:])
    return first


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__.rsplit("\n", 2)[-2])
    build, runs = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 100
    scenarios = os.path.join(ROOT, "Fixtures", "scenarios")
    programs = []
    try:
        folder = os.path.join(ROOT, ".build", "bench-summaries")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "thinks.json"), "w", encoding="utf-8") as file:
            json.dump(SCENARIO, file)
        mock = Program(build, "mock-upstream", ["--port", "0", "--quiet", "--fixtures", folder])
        small = Program(build, "mock-upstream", ["--port", "0", "--quiet", "--fixtures", scenarios])
        programs += [mock, small]
        model = ["--summaries-engine", "model", "--summaries-model-url", small.url, "--summaries-model-name"]
        kinds = {
            "off": ["--summaries-reasoning", "off"], "extractive": [], "model": model + ["summariser"],
            "model, no answer": model + ["summariser!no-answer"]}
        urls = {}
        for kind, flags in kinds.items():
            proxy = Program(build, "proxy", ["--port", "0", *flags], UPSTREAM_URL=mock.url)
            programs.append(proxy)
            urls[kind] = proxy.url
        times = {kind: [] for kind in kinds}
        for number in range(WARM_UP + runs):
            for kind in kinds:
                seconds = first_answer_byte(urls[kind])
                if number >= WARM_UP:
                    times[kind].append(seconds * 1000)
    finally:
        for program in reversed(programs):
            program.end()
    off = statistics.median(times["off"])
    print("the answer's first byte, %d runs each in turns, milliseconds" % runs)
    print("  %-18s %10s %12s %12s %8s" % ("engine", "median", "difference", "in turns", "ratio"))
    for kind, values in times.items():
        median = statistics.median(values)
        # Of runs that follow each other: what else the machine does meanwhile is the same for both.
        turns = statistics.median(one - other for one, other in zip(values, times["off"]))
        print("  %-18s %10.3f %+12.3f %+12.3f %8.4f" % (kind, median, median - off, turns, median / off))


main()
