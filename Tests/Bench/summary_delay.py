#!/usr/bin/env python3
"""Measures whether a model that makes the steps of summaries delays the answer.

Proxies with the engine `model` (one with a summariser that answers, one with a summariser that never does, so that its call is under way
when the answer begins), one with the engine `extractive` and one without summaries get the same request in turns. The clock runs from
where the answer's first byte leaves the upstream to where it reaches the client. Printed are the medians in milliseconds, and for each the difference and the ratio to `off`, and
the median of the differences between runs that follow each other.

usage: summary_delay.py BUILD_FOLDER [RUNS]
"""
import http.server
import json
import os
import socket
import statistics
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "SDK"))
from programs import ROOT, Program  # noqa: E402

WARM_UP = 3
SOCKET_SECONDS = 30
QUESTION = "Is 1001 a prime number, and what are its factors?"
# 0.8 s of thoughts: long enough for a call to begin, at 0.5 s.
THOUGHT = " ".join(["Let me test the small primes as divisors of 1001 and see what comes of it."] * 5)
MODEL = "thinks-for-a-moment"
# When the answer's first byte left the upstream, which lives in this process so that both ends have one clock.
sent = []


class Upstream(http.server.BaseHTTPRequestHandler):
    """Thinks for 0.8 s and answers; of that only the way of the answer's first byte is measured."""

    protocol_version = "HTTP/1.0"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for word in THOUGHT.split():
            self.say({"reasoning_content": word + " "})
            time.sleep(0.01)
        time.sleep(0.02)
        sent.append(time.perf_counter())
        self.say({"content": "No"})
        self.say({}, "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def say(self, delta, reason=None):
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": MODEL,
                 "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        self.wfile.write(b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n")
        self.wfile.flush()

    def log_message(self, *_):
        pass


def first_answer_byte(url):
    """Seconds that the answer's first byte takes from the upstream to the client."""
    address = urllib.parse.urlsplit(url)
    body = json.dumps(
        {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": QUESTION}]}).encode()
    head = "POST /v1/chat/completions HTTP/1.1\r\nhost: %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), SOCKET_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall((head % (address.netloc, len(body))).encode() + body)
        received, first = b"", None
        while True:
            piece = connection.recv(65536)
            if not piece:
                break
            received += piece
            if first is None and b'"content":"No"' in received:
                first = time.perf_counter() - sent[-1]
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
        upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        small = Program(build, "mock-upstream", ["--port", "0", "--quiet", "--fixtures", scenarios])
        programs.append(small)
        model = ["--summaries-engine", "model", "--summaries-model-url", small.url, "--summaries-model-name"]
        kinds = {
            "off": ["--summaries-reasoning", "off"], "extractive": [], "model": model + ["summariser"],
            "model, no answer": model + ["summariser!no-answer"]}
        urls = {}
        for kind, flags in kinds.items():
            proxy = Program(build, "proxy", ["--port", "0", *flags], UPSTREAM_URL="http://127.0.0.1:%d" % upstream.server_port)
            programs.append(proxy)
            urls[kind] = proxy.url
        times = {kind: [] for kind in kinds}
        for number in range(WARM_UP + runs):
            # Each is first as often as the others: what follows a pause differs.
            for turn in range(len(kinds)):
                kind = list(kinds)[(number + turn) % len(kinds)]
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
