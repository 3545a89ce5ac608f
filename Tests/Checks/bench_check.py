#!/usr/bin/env python3
"""Counts what one chunk costs in each stage of the pipeline: instructions and allocations, under valgrind's callgrind.

usage: bench_check.py BENCH [--update] [--stages a,b] [--callers]

Counts, not times: the same on a busy machine, and the same again tomorrow. Each stage runs over N, 10 N and 20 N chunks; the cost of
making the input (stage `input`) is subtracted, and the difference between two lengths leaves out what happens once.

Fails when the cost of a chunk depends on how many came before it (the two slopes differ by more than 2 %), when it is more than 10 %
above the committed table (bench-table.json), or when a stage allocates more per chunk than the table says. Fails, too, when a stage has
become so much cheaper than the table that a regression by 20 % would pass unseen: then the table is to be written anew.
`--update` writes the table; `--callers` prints who allocates.

Reasoning is summarised at three lengths, up to 1 MB, too: a character must cost the same in each, and the bytes held stay below a limit.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

N = 200
LENGTHS = (N, 10 * N, 20 * N)
LINEARITY = 0.02
ALLOWANCE = 0.10
# What must never pass: so the table may be at most this much too high.
REGRESSION = 0.20
STALENESS = 1 - (1 + ALLOWANCE) / (1 + REGRESSION)
# Allocations per chunk, for buffers that grow by doubling.
SOME = 0.02
STAGES = [
    "framing", "reading", "fullReading", "detection", "taggedReasoning", "taggedAnswer", "angles", "summary", "machine", "reasoning", "rewriting", "bypass",
    "responses", "messages",
]
ALLOCATORS = {"malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign"}
# The runtime's ways to an allocator: who calls these is who allocates.
RUNTIME = {"swift_slowAlloc", "swift_slowAllocTyped", "swift_allocObject", "swift_allocBox", "swift_bufferAllocate", "_swift_allocObject_"}
# Bytes of reasoning (the first are left out with the start of the process), how much more a byte may cost in the last stretch than in the one
# before, and the bytes that the summary may hold.
REASONING = (100, 10_000, 100_000, 1_000_000)
REASONING_LINEARITY = 0.10
REASONING_HELD = 64 * 1024
TABLE = pathlib.Path(__file__).with_name("bench-table.json")


def measure(bench, stage, chunks):
    """Instructions, allocations and the callers of the allocators of one run."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", bench, stage, str(chunks), "quiet"],
            capture_output=True, text=True,
            # Hash tables that are seeded anew in every process would count differently in each.
            env=os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1"})
        collected = re.search(r"Collected : (\d+)", run.stderr)
        if run.returncode != 0 or not collected:
            sys.exit(f"bench-check: {stage} over {chunks} chunks failed:\n{run.stderr[-2000:]}")
        profile = out.read_text(errors="replace")
    return int(collected.group(1)), sum(calls(profile, ALLOCATORS).values()), calls(profile, ALLOCATORS | RUNTIME)


def calls(profile, targets):
    """How often each function outside `targets` called one of them, from callgrind's call lines."""
    names, callers = {}, collections.Counter()
    function = called = None

    def name(field):
        match = re.match(r"\((\d+)\)(?: (.*))?", field)
        if match.group(2):
            names[match.group(1)] = match.group(2)
        return names.get(match.group(1), "?")

    for line in profile.splitlines():
        if line.startswith("fn="):
            function = name(line[3:])
        elif line.startswith("cfn="):
            called = name(line[4:])
        elif line.startswith("calls=") and called.split("'")[0] in targets and function.split("'")[0] not in targets:
            callers[function] += int(line[6:].split()[0])
    return callers


def measure_all(bench, stages):
    """The points of every stage, over all lengths; the runs are single-threaded and take turns on all cores."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {stage: [pool.submit(measure, bench, stage, length) for length in LENGTHS] for stage in stages}
        return {stage: [run.result() for run in runs[stage]] for stage in stages}


def slopes(points, base):
    cost = [point[0] - ground[0] for point, ground in zip(points, base)]
    count = [point[1] - ground[1] for point, ground in zip(points, base)]
    early = (cost[1] - cost[0]) / (LENGTHS[1] - LENGTHS[0])
    late = (cost[2] - cost[1]) / (LENGTHS[2] - LENGTHS[1])
    allocated = (count[2] - count[1]) / (LENGTHS[2] - LENGTHS[1])
    who = points[2][2] - points[1][2]
    return early, late, allocated, who - (base[2][2] - base[1][2])


def judged(stage, bend, late, allocated, known):
    """What is wrong with a stage's figures, against its line of the table."""
    if bend > LINEARITY:
        yield f"{stage}: a chunk costs {bend:+.1%} more after {LENGTHS[1]} chunks than before: the work is not linear"
    if not known:
        yield f"{stage}: not in {TABLE.name}; write it with --update"
        return
    change = late / known["instructions"] - 1
    if change > ALLOWANCE:
        yield (f"{stage}: {late:.0f} instructions per chunk, {change:+.1%} against the table ({known['instructions']}); "
               f"{ALLOWANCE:.0%} are allowed. If it is wanted: make bench-check ARGS=--update, and say why in the commit")
    if change < -STALENESS:
        yield (f"{stage}: {late:.0f} instructions per chunk, {change:+.1%} against the table ({known['instructions']}): a regression by "
               f"{REGRESSION:.0%} would pass. Well done; make bench-check ARGS=--update writes it down")
    if allocated > known["allocations"] + SOME:
        yield f"{stage}: {allocated:.2f} allocations per chunk, the table says {known['allocations']}; ARGS=--callers names them"


def count_instructions(bench, *arguments):
    """Instructions of a run, and what it printed."""
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", bench, *arguments], capture_output=True, text=True,
        env=os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1"})
    collected = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not collected:
        sys.exit(f"bench-check: {' '.join(arguments)} failed:\n{run.stderr[-2000:]}")
    return int(collected.group(1)), int(run.stdout)


def long_reasoning(bench):
    """Prints what a character of reasoning costs and how much is held, by the reasoning's length; what is wrong with that."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # The longest first: the others fill the other core meanwhile.
        runs = {length: [pool.submit(count_instructions, bench, stage, str(length)) for stage in ("thought", "thinking")]
                for length in sorted(REASONING, reverse=True)}
        points = [(length, *(run.result() for run in runs[length])) for length in REASONING]
    print(f"\n{'reasoning, bytes':<16}{'instructions':>14}{'held':>10}   (per byte; bytes held at most)")
    slopes = []
    for (shorter, before, start), (length, thought, thinking) in zip(points, points[1:]):
        (cost, held), added = thought, thinking[0] - start[0]
        slopes.append((cost - before[0] - added) / (length - shorter))
        print(f"{length:<16}{slopes[-1]:>14.1f}{held:>10}")
        if held > REASONING_HELD:
            yield f"reasoning: {held} bytes held within {length} bytes; {REASONING_HELD} are allowed"
    bend = slopes[-1] / slopes[-2] - 1
    if bend > REASONING_LINEARITY:
        yield f"reasoning: a byte costs {bend:+.1%} more after {REASONING[-2]} bytes than before: the work is not linear"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("bench")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--callers", action="store_true")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("bench-check: valgrind is needed and is not installed; on Debian: apt-get install valgrind")
    table = json.loads(TABLE.read_text()) if TABLE.exists() else {}
    stages = options.stages.split(",")
    points = measure_all(options.bench, ["input", *stages])
    problems = []
    print(f"{'stage':<16}{'instructions':>14}{'table':>10}{'':>8}{'linear':>9}{'allocations':>13}   (per chunk)")
    for stage in stages:
        early, late, allocated, who = slopes(points[stage], points["input"])
        known = table.get(stage)
        change = late / known["instructions"] - 1 if known else 0
        bend = late / early - 1
        print(f"{stage:<16}{late:>14.0f}{known['instructions'] if known else '-':>10}{change:>+8.1%}{bend:>+9.2%}{allocated:>13.3f}")
        if options.callers:
            for function, count in who.most_common(8):
                print(f"{'':<16}  {count / (LENGTHS[2] - LENGTHS[1]):.3f}  {function[:150]}")
        if options.update:
            table[stage] = {"instructions": round(late), "allocations": round(allocated, 2)}
        problems += judged(stage, bend, late, allocated, table.get(stage))
    if "summary" in stages:
        problems += long_reasoning(options.bench)
    if options.update:
        TABLE.write_text(json.dumps(table, indent=2) + "\n")
        print(f"written: {TABLE.name}")
    for problem in problems:
        print(f"FAIL  {problem}")
    sys.exit(1 if problems else 0)


main()
