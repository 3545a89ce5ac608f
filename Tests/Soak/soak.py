#!/usr/bin/env python3
"""Runs mixed traffic with faults through the proxy for a while, compares every stream's text, and watches what the proxy holds.

Fails on: a silent truncation, a wrong text, an unexpected status, a hanging exchange, an error in the log, a secret in the log, descriptors
that do not come back, memory that grows by 1 MiB a minute or more, a proxy that died or does not stop with 0.

usage: soak.py BUILD_FOLDER [--minutes 10] [--seed 1] [--workers 24] [--json FILE]
"""
import argparse
import asyncio
import collections
import http.client
import json
import random
import signal
import sys
import time

import traffic
import watch
from client import Connection, request
from world import KEY, PROMPT_CANARY, World

MOST_GROWTH = 1.0  # MiB a minute
SAMPLE_SECONDS = 2
SETTLE_SECONDS = 30
SHOWN_FAILURES = 20


class Counts:
    """What came of the exchanges."""

    def __init__(self):
        self.outcomes = collections.Counter()
        self.failures = collections.Counter()
        self.examples = []

    def note(self, name, outcome):
        self.outcomes[name, outcome] += 1

    def fail(self, name, kind, text):
        self.outcomes[name, "FAILED: " + kind] += 1
        self.failures[kind] += 1
        if len(self.examples) < SHOWN_FAILURES:
            self.examples.append("%s (%s): %s" % (kind, name, text))

    @property
    def total(self):
        return sum(self.outcomes.values())


class Soak:
    """One run."""

    def __init__(self, options, world):
        self.options, self.world = options, world
        self.counts = Counts()
        self.samples, self.problems = [], []
        self.begin = time.monotonic()
        self.log = watch.LogReader(world.proxy, [KEY, PROMPT_CANARY])

    @property
    def is_alive(self):
        return self.world.proxy.process.poll() is None

    def look(self):
        return watch.Sample(self.world.proxy.process.pid, self.world.proxy.url, self.begin)

    async def run(self):
        print("%-8s %9s %9s %12s %8s %8s %10s %8s" % ("", "seconds", "RSS MiB", "descriptors", "threads", "streams", "exchanges", "failed"))
        base = await asyncio.to_thread(self.look)
        self.row("start", base)
        seconds = self.options.minutes * 60
        until = asyncio.get_running_loop().time() + seconds
        workers = [traffic.Worker(number, self.options.seed, self.world, self.counts) for number in range(self.options.workers)]
        tasks = [asyncio.create_task(worker.run(until)) for worker in workers]
        await self.watch(tasks, seconds)
        for worker, task in zip(workers, tasks):
            worker.is_stopped = True
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                self.problems.append("the load generator failed: %r" % result)
        if self.is_alive:
            await self.settle(base)
        self.log.read()
        return self.judge(base)

    async def watch(self, tasks, seconds):
        """Samples until the workers are done: they finish what they have begun."""
        shown_minutes, shown_middle = 0, False
        while self.is_alive and any(not task.done() for task in tasks):
            await asyncio.wait(tasks, timeout=SAMPLE_SECONDS, return_when=asyncio.ALL_COMPLETED)
            try:
                sample = await asyncio.to_thread(self.look)
            except (OSError, KeyError, http.client.HTTPException) as error:
                # Of a process that has just died there is little to see.
                if self.is_alive:
                    self.problems.append("no answer to /health: %r" % error)
                continue
            self.log.read()
            if sample.seconds <= seconds:
                self.samples.append(sample)
            self.progress(sample)
            if not shown_middle and sample.seconds >= seconds / 2:
                shown_middle = True
                self.row("middle", sample)
            elif sample.seconds // 60 > shown_minutes:
                self.row("", sample)
            shown_minutes = max(shown_minutes, sample.seconds // 60)

    async def settle(self, base):
        """Without clients and upstreams, everything has to come back. libcurl lets go of dead kept connections at its next requests."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while (report := await asyncio.to_thread(watch.health, self.world.proxy.url))["streams_open"] and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
        self.row("end", await asyncio.to_thread(self.look))
        for entry in report["upstreams"]:
            if entry["in_flight"]:
                self.problems.append("%d requests are still counted at the upstream %s" % (entry["in_flight"], entry["name"]))
        if report["streams_open"]:
            self.problems.append("%d streams are still open" % report["streams_open"])
        for mock in self.world.mocks:
            mock.end()
        sample, pokes = await asyncio.to_thread(self.look), 0
        while sample.descriptors > base.descriptors and time.monotonic() < deadline:
            if pokes < 3:
                pokes += 1
                for _ in range(4):
                    await self.poke()
            await asyncio.sleep(1.2)
            sample = await asyncio.to_thread(self.look)
        self.row("settled", sample)
        if sample.descriptors > base.descriptors:
            self.problems.append("%d descriptors instead of %d" % (sample.descriptors, base.descriptors))

    async def poke(self):
        connection = await Connection(self.world.address).open()
        body = {"model": "soak-poke", "stream": False, "messages": [{"role": "user", "content": "Anybody there?"}]}
        await connection.send(request("POST", "/v1/chat/completions", json.dumps(body).encode()))
        await connection.reply()
        connection.close()

    def judge(self, base):
        growth = watch.slope(self.samples)
        if not self.is_alive:
            self.problems.append("the proxy died with %s:\n%s" % (self.world.proxy.process.returncode, self.world.proxy.text()[-2000:]))
        elif code := self.world.proxy.end():
            self.problems.append("the proxy stopped with exit code %d" % code)
        if growth is not None and growth >= MOST_GROWTH:
            self.problems.append("the memory grows by %.2f MiB a minute" % growth)
        self.problems += self.log.findings[:SHOWN_FAILURES]
        self.problems += ["%d × %s" % (count, kind) for kind, count in self.counts.failures.items()]
        self.clear()
        for (name, outcome), count in sorted(self.counts.outcomes.items()):
            print("  %-14s %-44s %7d" % (name, outcome, count))
        for example in self.counts.examples:
            print("  failed: " + example)
        told = "too short a run to say how memory grows" if growth is None else "memory grew by %.2f MiB a minute after the warm-up" % growth
        print("%s; %d log lines read" % (told, self.log.lines))
        for problem in self.problems:
            print("soak: " + problem)
        print("soak: %s, %d exchanges in %.0f s, seed %s" % (
            "FAILED" if self.problems else "passed", self.counts.total, self.options.minutes * 60, self.options.seed))
        if self.options.json:
            self.write_json(base, growth)
        return 1 if self.problems else 0

    def write_json(self, base, growth):
        summary = {
            "passed": not self.problems, "seed": self.options.seed, "minutes": self.options.minutes, "workers": self.options.workers,
            "exchanges": self.counts.total, "failures": dict(self.counts.failures), "problems": self.problems,
            "growth_mib_per_minute": None if growth is None else round(growth, 3), "start": base.values, "samples": [sample.values for sample in self.samples],
            "outcomes": {"%s: %s" % key: count for key, count in sorted(self.counts.outcomes.items())},
        }
        with open(self.options.json, "w", encoding="utf-8") as file:
            json.dump(summary, file, indent=1, ensure_ascii=False)

    # What a person sees.

    def row(self, name, sample):
        self.clear()
        print("%-8s %9.0f %9.1f %12d %8d %8d %10d %8d" % (
            name, sample.seconds, sample.rss, sample.descriptors, sample.threads, sample.streams, self.counts.total,
            self.counts.failures.total()), flush=True)

    def progress(self, sample):
        if sys.stdout.isatty():
            print("\r\x1b[K%3.0f %%  %d exchanges, %d failed, %.1f MiB, %d streams" % (
                min(100, sample.seconds / self.options.minutes / 0.6), self.counts.total, self.counts.failures.total(), sample.rss,
                sample.streams), end="", flush=True)

    def clear(self):
        if sys.stdout.isatty():
            print("\r\x1b[K", end="")


def main():
    parser = argparse.ArgumentParser(description="Mixed traffic with faults, every text compared.")
    parser.add_argument("build")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--workers", type=int, default=24)
    parser.add_argument("--json", help="a file for the summary")
    options = parser.parse_args()
    # The programs end with this one, also when it is asked to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    world = World(options.build, random.Random(options.seed))
    try:
        return asyncio.run(Soak(options, world).run())
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
