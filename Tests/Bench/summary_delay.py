#!/usr/bin/env python3
"""Measures whether a model that makes the steps of summaries delays the answer, whatever that model does.

A proxy without summaries (`off`), one with extractive summaries, and one for each thing a summariser can do get the same request, all in one
round; when all have thought, their answers begin one after the other, in another order each round, while nothing else happens. This program
is the upstream and the client of all of them, in one thread: the clock runs from the write of the answer's first bytes to the read that
brings them. For each kind the median is printed in milliseconds, its difference and ratio to that of `off`, and the median of the
differences within a round. A kind whose summariser did not do what it is there for is an error.
"""
import argparse
import datetime
import json
import os
import platform
import re
import select
import socket
import statistics
import sys
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "SDK"))
from programs import ROOT, Program  # noqa: E402

WARM_UP = 3
SOCKET_SECONDS = 30
# What the answer's first byte may be late against `off`, at the median.
BAR_MILLISECONDS = 1.0
QUESTION = "Is 1001 a prime number, and what are its factors?"
# A call begins 0.5 s after the first thought and is answered after 0.15 s: the answers come when that has happened.
THOUGHTS = ["Let me test the small primes as divisors of 1001 and see what comes of it. "] * 8
THOUGHT_SECONDS = 0.1
# Time for what an answer leaves to be done before the next one is measured.
REST_SECONDS = 0.015
MODEL = "thinks-for-a-moment"
BEGIN, END = "<!-- bench-summaries -->", "<!-- end of bench-summaries -->"


class Kind:
    """One proxy, and what its summariser does."""

    def __init__(self, name, plays=None, becomes=None, flags=()):
        self.name, self.plays, self.becomes, self.flags = name, plays, becomes, list(flags)
        self.times = []


KINDS = [
    Kind("off", flags=["--summaries-reasoning", "off"]),
    Kind("extractive"),
    Kind("model, normal", "summariser", "used"),
    Kind("model, slow", "summariser-slow", "dropped"),
    Kind("model, failing", "summariser-fails", "failed"),
    Kind("model, empty: thinks itself", "summariser-thinks", "empty"),
    Kind("model, unfaithful", "summariser-invents-number", "unfaithful"),
    Kind("model, over-long", "summariser-long", "unclean"),
    Kind("model, another language", "summariser-german", "language"),
    Kind("model, never answered", "summariser!no-answer", "dropped"),
]


class Stage:
    """A kind's proxy with the upstream's end of it, which listens here."""

    def __init__(self, kind, build, small):
        self.kind = kind
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(SOCKET_SECONDS)
        flags = list(kind.flags)
        if kind.plays:
            flags += ["--summaries-engine", "model", "--summaries-model-url", small.url, "--summaries-model-name", kind.plays]
            # Else a summariser that fails would be left alone after a few rounds.
            flags += ["--breaker-failures", "1000", "--breaker-minimum-calls", "100000"]
        self.proxy = Program(
            build, "proxy", ["--port", "0", *flags], UPSTREAM_URL="http://127.0.0.1:%d" % self.listener.getsockname()[1])
        self.address = urllib.parse.urlsplit(self.proxy.url)

    def begin(self):
        """Asks, and takes the question at the other end."""
        body = json.dumps({"model": MODEL, "stream": True, "messages": [{"role": "user", "content": QUESTION}]}).encode()
        head = "POST /v1/chat/completions HTTP/1.1\r\nhost: %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.client = socket.create_connection((self.address.hostname, self.address.port), SOCKET_SECONDS)
        self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.client.sendall((head % (self.address.netloc, len(body))).encode() + body)
        self.received = b""
        self.upstream, _ = self.listener.accept()
        self.upstream.settimeout(SOCKET_SECONDS)
        self.upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = b""
        while request.partition(b"\r\n\r\n")[2][-2:] != b"]}":
            request += self.upstream.recv(65536)
        self.upstream.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")

    def say(self, delta, reason=None):
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": MODEL,
                 "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        self.upstream.sendall(b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n")

    def read_what_is_there(self):
        while select.select([self.client], [], [], 0)[0]:
            self.received += self.client.recv(65536)

    def answer(self):
        """Milliseconds that the answer's first byte takes from the upstream's write to the client's read."""
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": MODEL,
                 "choices": [{"index": 0, "delta": {"content": "No"}, "finish_reason": None}]}
        line = b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n"
        self.read_what_is_there()
        if b'"content":"No"' in self.received:
            raise SystemExit("bench: the answer came before it was sent")
        begin = time.perf_counter()
        self.upstream.sendall(line)
        while b'"content":"No"' not in self.received:
            self.read()
        return (time.perf_counter() - begin) * 1000

    def read(self):
        piece = self.client.recv(65536)
        if not piece:
            raise SystemExit("bench: not a whole stream: %r" % self.received[-300:])
        self.received += piece

    def end(self):
        self.say({}, "stop")
        self.upstream.sendall(b"data: [DONE]\n\n")
        while b"data: [DONE]" not in self.received:
            self.read()
        self.upstream.close()
        self.client.close()

    def calls(self):
        """What became of the calls to the summariser, by name."""
        with urllib.request.urlopen(self.proxy.url + "/metrics", timeout=SOCKET_SECONDS) as answer:
            text = answer.read().decode()
        found = re.findall(r'^reasoning_proxy_summary_calls_total\{result="(\w+)"\} (\d+)$', text, re.MULTILINE)
        return {name: int(number) for name, number in found}


def play(stages, number):
    """One round: all think together, then answer one after the other."""
    for stage in stages:
        stage.begin()
    for thought in THOUGHTS:
        for stage in stages:
            stage.say({"reasoning_content": thought})
        time.sleep(THOUGHT_SECONDS)
    for turn in range(len(stages)):
        # Each follows each as often as the others: what comes after a rest differs from what comes after another answer.
        stage = stages[(number + turn) % len(stages)]
        time.sleep(REST_SECONDS)
        milliseconds = stage.answer()
        if number >= WARM_UP:
            stage.kind.times.append(milliseconds)
        time.sleep(REST_SECONDS)
        stage.end()


def figures(kind, calls):
    """What is told of one kind; differences and ratio are against `off`."""
    off = KINDS[0].times
    median = statistics.median(kind.times)
    return {
        "kind": kind.name, "summariser": kind.plays, "calls": calls, "median_ms": round(median, 4),
        "p90_ms": round(sorted(kind.times)[int(len(kind.times) * 0.9)], 4),
        "difference_ms": round(median - statistics.median(off), 4),
        # Within a round what else the machine does is the same for both.
        "in_round_ms": round(statistics.median(one - other for one, other in zip(kind.times, off)), 4),
        "ratio": round(median / statistics.median(off), 4),
    }


def checked(kind, calls, rounds):
    """The calls that were made, if the summariser did what it is there for: a rare late start is no reason to measure anew."""
    if kind.becomes and calls.get(kind.becomes, 0) < rounds * 0.9:
        raise SystemExit("bench: %s: of %d calls expected as %s there are %s" % (kind.name, rounds, kind.becomes, calls))
    return calls


def table(rows, rounds):
    """The figures as the README shows them, between its marks."""
    lines = ["| summaries | median, ms | against `off`, ms | ratio |", "|---|--:|--:|--:|"]
    for row in rows:
        name = "`off`" if row["kind"] == "off" else row["kind"]
        lines.append("| %s | %.2f | %+.2f | %.2f |" % (name, row["median_ms"], row["difference_ms"], row["ratio"]))
    return "%s\n\nMedians of %d rounds, %s; %s.\n" % ("\n".join(lines), rounds, datetime.date.today().isoformat(), machine())


def write_table(path, text):
    with open(path, encoding="utf-8") as file:
        before, begin, rest = file.read().partition(BEGIN + "\n")
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit("bench: %s lacks the marks %s and %s" % (path, BEGIN, END))
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + begin + text + end + after)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    return "%s, %d cores, %s" % (model[1] if model else platform.machine(), os.cpu_count(), platform.system())


def tell(rows, late, rounds):
    print("the answer's first byte, %d rounds, milliseconds; %s" % (rounds, machine()))
    print("  %-28s %9s %9s %12s %10s %8s" % ("summaries", "median", "90 %", "difference", "in round", "ratio"))
    for row in rows:
        print("  %-28s %9.3f %9.3f %+12.3f %+10.3f %8.3f" % (
            row["kind"], row["median_ms"], row["p90_ms"], row["difference_ms"], row["in_round_ms"], row["ratio"]))
    print("  more than %g ms behind off: %s" % (BAR_MILLISECONDS, ", ".join(late) or "none"))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("build", help="the folder of the release build's programs")
    options.add_argument("runs", nargs="?", type=int, default=100, help="rounds that count (100)")
    options.add_argument("--json", metavar="FILE", help="write the figures there, too")
    options.add_argument("--markdown", action="store_true", help="print the table of the README instead")
    options.add_argument("--readme", metavar="FILE", help="write that table into this file, between the marks")
    options.add_argument("--check", action="store_true", help="fail if a median is more than %g ms behind off" % BAR_MILLISECONDS)
    given = options.parse_args()
    build, stages, programs = os.path.abspath(given.build), [], []
    try:
        small = Program(build, "mock-upstream", ["--port", "0", "--quiet", "--fixtures", os.path.join(ROOT, "Fixtures", "scenarios")])
        programs.append(small)
        for kind in KINDS:
            stages.append(Stage(kind, build, small))
            programs.append(stages[-1].proxy)
        for number in range(WARM_UP + given.runs):
            play(stages, number)
        rows = [figures(stage.kind, checked(stage.kind, stage.calls(), WARM_UP + given.runs)) for stage in stages]
    finally:
        for program in reversed(programs):
            program.end()
    late = [row["kind"] for row in rows if row["difference_ms"] > BAR_MILLISECONDS]
    if given.markdown:
        print(table(rows, given.runs), end="")
    else:
        tell(rows, late, given.runs)
    if given.readme:
        write_table(given.readme, table(rows, given.runs))
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump({"date": datetime.date.today().isoformat(), "machine": machine(), "rounds": given.runs,
                       "bar_ms": BAR_MILLISECONDS, "late": late, "kinds": rows}, file, indent=2)
            file.write("\n")
    if given.check and late:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
