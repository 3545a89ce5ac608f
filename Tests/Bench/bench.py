#!/usr/bin/env python3
"""The end-to-end benchmark: the released programs over loopback, side by side with nginx and with no proxy at all.

Rounds are interleaved: each scenario runs against each system before the next scenario begins, and all of that is repeated. Figures are
medians of the rounds; ratios are medians of each round's ratio. Every stream's text is compared; one wrong stream ends the run.

usage: bench.py --programs FOLDER --native FOLDER [--only A,B] [--systems direct,nginx,events,off] [--rounds 5] [--quick] [--threads N]
                [--upstream mock] [--also NAME=FOLDER]… [--json FILE] [--chart FILE] [--table FILE] [--page FILE]
                [--check] [--profile FOLDER]
       bench.py --replay JSON… [--chart FILE] [--table FILE] [--page FILE] [--check]      the same from figures that were kept
"""
import argparse
import json
import os
import platform
import sys
import time

import allocations
import chart
import measuring
import processes
import scenarios
import tables
from bars import Results, judged

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=".build/release", help="folder of the released `proxy` (default: %(default)s)")
    parser.add_argument("--native", default=".build/bench", help="folder of the compiled upstream and load generator (default: %(default)s)")
    parser.add_argument("--only", default="A,A16,B,F,C,D,E,H", help="scenarios (default: %(default)s)")
    parser.add_argument("--systems", default="direct,nginx,events,off,events/1", help="systems (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="a quarter of the requests")
    parser.add_argument("--threads", default="2", help="the proxy's threads (default: %(default)s)")
    parser.add_argument("--workers", default="2", help="nginx's workers (default: %(default)s)")
    parser.add_argument("--upstream", choices=["lean", "mock"], default="lean", help="who answers: the C program, or mock-upstream (no latencies)")
    parser.add_argument("--also", action="append", default=[], metavar="NAME=FOLDER", help="another build of the proxy, measured beside")
    parser.add_argument("--json", metavar="FILE", help="write every row and the judgement")
    parser.add_argument("--table", metavar="FILE", help="write the tables, too")
    parser.add_argument("--chart", metavar="FILE", help="draw the medians as SVG")
    parser.add_argument("--page", metavar="FILE", help="replace the figures between the marks of this page")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a bar that must hold does not")
    parser.add_argument("--profile", metavar="FOLDER", help="perf record each system's run into this folder")
    parser.add_argument("--replay", action="append", default=[], metavar="JSON", help="measure nothing: judge and draw kept figures, of several runs together")
    return parser.parse_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


def summary(row):
    figures = ["%.2f µs CPU/chunk" % row["cpu_us_per_chunk"], "%d chunks/s" % row["chunks_per_second"], "%d requests/s" % row["requests_per_second"]]
    if "latency_us" in row:
        figures.append("p50 %.0f p99 %.0f µs" % (row["latency_us"]["p50"], row["latency_us"]["p99"]))
    return ", ".join(figures)


def run(chosen, systems, given):
    """All rounds; ends at the first stream that was not whole."""
    results = Results()
    if given.upstream == "mock":
        chosen = [scenario.without_times() for scenario in chosen]
        models = {model for scenario in chosen for model in (scenario.model, scenario.warm_model())}
        upstream = processes.MockUpstream(given.programs, given.native, models)
    else:
        upstream = processes.Upstream(given.native)
    try:
        for number in range(given.rounds):
            for scenario in chosen:
                for system in systems:
                    if not system.plays(scenario):
                        continue
                    profile = given.profile and os.path.join(given.profile, "%s-%s.data" % (scenario.name, system.name))
                    row = measuring.measure(scenario, system, upstream, given.native, given.quick, profile)
                    say("round %d/%d  %-5s %-8s %s" % (number + 1, given.rounds, scenario.name, system.name, summary(row)))
                    if row["failed"]:
                        raise processes.BenchError("%s, %s: %d streams were not whole; the first: %s" % (
                            scenario.name, system.name, row["failed"], row["first_failure"]))
                    results.add(scenario.name, system.name, row)
        if scenarios.HEAP in given.only.split(","):
            say("counting heap allocations")
            results.allocations = allocations.per_chunk(upstream, given.programs, given.threads, given.native)
    finally:
        upstream.end()
    return results


def report(results, chosen, names):
    """The bars first, then all figures, then what vouches for them."""
    parts = [tables.bars_table(results)] if any(True for _ in judged(results)) else []
    if results.rows:
        parts += [tables.systems_table(results, names), tables.scaling_table(results), tables.load_table(results, chosen, names),
                  tables.reuse_lines(results, chosen, names)]
    if results.allocations:
        parts.append(allocations.table(results.allocations))
    return "\n\n".join(part for part in parts if part)


def as_json(results, given):
    return {
        "machine": {"cores": os.cpu_count(), "kernel": platform.release(), "architecture": platform.machine()},
        "date": time.strftime("%Y-%m-%d"),
        "rounds": given.rounds, "quick": given.quick, "threads": given.threads, "workers": given.workers,
        "allocations_per_chunk": results.allocations,
        "rows": [{"scenario": scenario, "system": system, "round": number + 1, **row}
                 for (scenario, system), rows in results.rows.items() for number, row in enumerate(rows)],
        "bars": [{"scenario": bar.name, "what": bar.what, "value": value, "must": bar.most, "wanted": bar.wanted, "unit": bar.unit,
                  "holds": holds, "wanted_holds": wanted} for bar, value, holds, wanted in judged(results)],
    }


def kept(paths):
    """The rows of runs that were written with --json."""
    results = Results()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            run = json.load(file)
        results.allocations.update(run.get("allocations_per_chunk", {}))
        for row in run["rows"]:
            results.add(row["scenario"], row["system"], row)
    return results


def write(path, text):
    if path:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def write_page(path, text):
    """Puts the figures between the page's marks."""
    if not path:
        return
    with open(path, encoding="utf-8") as file:
        page = file.read()
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit("bench: %s has no marks %s and %s" % (path, BEGIN, END))
    write(path, before + begin + "\n" + text + "\n" + end + after)


def main():
    given = options()
    chosen = scenarios.chosen(given.only)
    try:
        if given.replay:
            results = kept(given.replay)
            names = list(dict.fromkeys(system for _, system in results.rows))
            chosen = [scenario for scenario in scenarios.ALL if any(name == scenario.name for name, _ in results.rows)]
        else:
            others = dict(pair.split("=", 1) for pair in given.also)
            systems = measuring.systems(given.systems.split(","), given.programs, given.threads, given.workers, others)
            names = [system.name for system in systems]
            results = run(chosen, systems, given)
    except processes.BenchError as error:
        raise SystemExit("bench: %s" % error)
    text = report(results, chosen, names)
    print(text)
    write(given.table, text + "\n")
    write_page(given.page, text)
    write(given.chart, chart.drawn(results) if given.chart else "")
    write(given.json, json.dumps(as_json(results, given), indent=1) + "\n")
    missed = [bar for bar, _, holds, _ in judged(results) if not holds]
    if given.check and missed:
        raise SystemExit("bench: %d bars that must hold do not" % len(missed))


main()
