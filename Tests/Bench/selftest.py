#!/usr/bin/env python3
"""Shows that the benchmark sees what it claims to see: relays with known defects must fail or move the right figure, and no other.

usage: selftest.py NATIVE_FOLDER
"""
import os
import sys
import tempfile

import bars
import measuring
import processes
import standin as known
import summary_delay
from scenarios import Scenario

HERE = os.path.dirname(os.path.abspath(__file__))
PACED = Scenario("S", "8 streams, a chunk every 10 ms", "bench.r30.a30.g10000.s1", 8, 1)

problems = []


def expect(what, true, seen):
    print("%s  %s (%s)" % ("ok   " if true else "FAIL ", what, seen))
    if not true:
        problems.append(what)


def relay(defect):
    def start(port):
        return processes.Server("standin", [sys.executable, os.path.join(HERE, "standin.py"), str(port), defect])
    return measuring.System(defect, "raw", start)


def measured(defect, upstream, native, style=None):
    system = relay(defect) if defect else measuring.System("direct", "raw")
    system.style = style or system.style
    return measuring.measure(PACED, system, upstream, native, quick=False, warm=False)


def figures(upstream, native):
    """Defects that must move a figure."""
    direct, plain = measured(None, upstream, native), measured("none", upstream, native)
    expect("no relay: every stream whole", direct["failed"] == 0 and direct["streams"] == 8, direct["first_failure"])
    expect("a faithful relay: every stream whole", plain["failed"] == 0 and plain["chunks"] == 8 * 60, plain["first_failure"])
    late = measured("delay", upstream, native)
    added = (late["latency_us"]["p50"] - plain["latency_us"]["p50"]) / 1e6
    expect("a delay of 5 ms is seen in the latency", 0.8 * known.DELAY_SECONDS < added < 2 * known.DELAY_SECONDS, "%.1f ms" % (1000 * added))
    added = (late["after_head_us"]["p50"] - plain["after_head_us"]["p50"]) / 1e6
    expect("and in the first frame", 0.8 * known.DELAY_SECONDS < added < 3 * known.DELAY_SECONDS, "%.1f ms" % (1000 * added))
    busy = measured("burn", upstream, native)
    burnt = busy["cpu_seconds"] - plain["cpu_seconds"]
    expect("40 ms of work for each stream are seen", 0.7 < burnt / (8 * known.BURN_SECONDS) < 1.4, "%.2f s of %.2f s" % (burnt, 8 * known.BURN_SECONDS))
    large = measured("grow", upstream, native)
    grown = large["rss_bytes"] - plain["rss_bytes"]
    expect("64 MiB of memory are seen", 0.9 < grown / known.GROWN_BYTES < 1.2, "%.0f MB" % (grown / 1e6))
    share = 8 * large["rss_bytes_per_stream"] / known.GROWN_BYTES
    expect("and shared among the 8 streams", 0.9 < share < 1.3, "%.2f" % share)


def failures(upstream, native):
    """Defects that must fail."""
    for defect, words in (("drop", "not the text"), ("double", "not the text"), ("garble", "not the text"), ("early", "[DONE]")):
        row = measured(defect, upstream, native)
        expect("%s: a stream that is not whole fails" % defect, row["failed"] > 0 and words in row["first_failure"], row["first_failure"][:70])
    row = measured("none", upstream, native, style="events")
    expect("raw reasoning in style events fails", row["failed"] == 8 and "without a phase" in row["first_failure"], row["first_failure"][:70])


def arithmetic():
    """Ratios pair the rounds; a bar holds up to its limit and not beyond."""
    results = bars.Results()
    for nginx, events in ((2.0, 2.8), (4.0, 4.0), (1.0, 9.0)):
        results.add("A", "nginx", {"cpu_us_per_chunk": nginx, "chunks_per_second": 100})
        results.add("A", "events", {"cpu_us_per_chunk": events, "chunks_per_second": 89})
    expect("the ratio is the median of the rounds' ratios", results.ratio("A", "events", "nginx", "cpu_us_per_chunk") == 1.4, "1.4")
    verdicts = {bar.what: holds for bar, _, holds, _ in bars.judged(results)}
    expect("a bar holds at its limit", verdicts["CPU per chunk"] is True, verdicts)
    expect("a bar falls beyond it", verdicts["chunks/s"] is False, verdicts)
    expect("what was not measured is not judged", len(verdicts) == 2, verdicts)


def delays():
    """The table of the summaries' delays replaces what stands between its marks, and nothing else."""
    rows = [{"kind": kind, "median_ms": median, "difference_ms": median - 0.3, "ratio": median / 0.3} for kind, median in (("off", 0.3), ("model, slow", 0.6))]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "README.md")
        for text, whole in (("a\n%s\nold\n%s\nb\n" % (summary_delay.BEGIN, summary_delay.END), True), ("a\n", False)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            try:
                summary_delay.write_table(path, summary_delay.table(rows, 7))
                with open(path, encoding="utf-8") as file:
                    lines = file.read().split("\n")
                expect("the table of delays is written between its marks", whole and lines[:2] + lines[-3:] == ["a", summary_delay.BEGIN, summary_delay.END, "b", ""]
                       and "| model, slow | 0.60 | +0.30 | 2.00 |" in lines and "old" not in lines, lines)
            except SystemExit as refusal:
                expect("a file without the marks is refused", not whole, refusal)


def main():
    native = sys.argv[1]
    upstream = processes.Upstream(native)
    try:
        figures(upstream, native)
        failures(upstream, native)
    finally:
        upstream.end()
    arithmetic()
    delays()
    sys.exit("%d checks of the benchmark failed" % len(problems) if problems else 0)


main()
