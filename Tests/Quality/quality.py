#!/usr/bin/env python3
"""How good the reasoning summaries are, over the annotated traces of Fixtures/summaries/corpus.

usage: quality.py QUALITY_PROGRAM [options]      (`make quality` builds the program and runs this)

Plays every trace to the extractive engine at three tempos (the clock is simulated), measures what it said (metrics.py holds the
definitions), and compares it with baselines of equal length at each tempo; the figures are the means. With --programs the engine that asks a model follows: the model at --model-url,
or else the mock upstream's, which says the same sentence always: that shows how everything is connected, and the fallback. `--show NAME` prints the steps of one trace with the points they cover.
"""
import argparse
import json
import pathlib
import subprocess
import sys

import baselines
import bars
import corpus
import measures
import model_engine
import tables
from sentences import sentences

ROOT = pathlib.Path(__file__).resolve().parents[2]


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the program Quality")
    parser.add_argument("--corpus", default=ROOT / "Fixtures/summaries/corpus", type=pathlib.Path)
    parser.add_argument("--only", default="", metavar="TEXT", help="only traces whose name holds this")
    parser.add_argument("--set", default="", metavar="SET", help="only the traces of one set: develop, held-out-N")
    parser.add_argument(
        "--tokens-per-second", type=float, nargs="+", default=[38, 50, 66], help="the tempos; the model engine runs at the middle one")
    parser.add_argument("--level", default="auto", choices=["concise", "auto", "detailed"], help="the bars are meant for auto")
    parser.add_argument("--no-baselines", action="store_true", help="the engine alone: much faster")
    parser.add_argument("--show", metavar="NAME", help="print one trace's steps and points, no table")
    parser.add_argument("--check", action="store_true", help="fail when a bar does not hold")
    parser.add_argument("--json", metavar="FILE", help="write all figures; - is the standard output, without the table")
    parser.add_argument(
        "--model-lines", metavar="FILE", help="what another engine said over the same traces, in the lines that Quality prints")
    parser.add_argument("--programs", metavar="FOLDER", help="where proxy and mock-upstream are: measure the model engine, too")
    parser.add_argument("--model-url", metavar="URL", help="an OpenAI-compatible address for the model engine; else the mock's")
    parser.add_argument("--model-name", metavar="NAME", default="default", help="the model's name there")
    parser.add_argument("--save-model-lines", metavar="FILE", help="keep what the model engine said, for --model-lines")
    parser.add_argument("--recordings", metavar="FOLDER", help="also play recorded streams (*.reasoning.jsonl); they have no annotations")
    return parser.parse_args()


def played(program, paths, rate, level="auto"):
    """What the engine said, one object a trace."""
    run = subprocess.run(
        [program, "--tokens-per-second", str(rate), "--level", level, *map(str, paths)], capture_output=True, text=True, timeout=600)
    if run.returncode != 0:
        sys.exit(f"quality: {run.stderr.strip() or f'the program failed with status {run.returncode}'}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def modelled(arguments, traces, plain):
    """What the model engine said, or None where nobody asked for it."""
    if arguments.model_lines:
        with open(arguments.model_lines, encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    if not arguments.programs:
        return None
    programs = pathlib.Path(arguments.programs).resolve()
    mock = None if arguments.model_url else model_engine.mock(str(programs))
    try:
        url, name = (mock.url, model_engine.MOCK_MODEL) if mock else (arguments.model_url, arguments.model_name)
        progress(f"asking {name} at {url} over {len(traces)} traces")
        said = model_engine.lines(
            str(programs / "proxy"), traces, plain, middle(arguments.tokens_per_second), arguments.level, url, name)
    except model_engine.Failed as failed:
        sys.exit(f"quality: {failed}")
    finally:
        if mock:
            mock.end()
        progress("")
    if arguments.save_model_lines:
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in said)
        pathlib.Path(arguments.save_model_lines).write_text(text, encoding="utf-8")
    return said


def middle(tempos):
    return sorted(tempos)[len(tempos) // 2]


def source(arguments):
    """Whose steps the model engine's are."""
    if arguments.model_lines:
        return f"steps read from {arguments.model_lines}"
    if arguments.model_url:
        return f"{arguments.model_name} at {arguments.model_url}"
    return "A MOCK, not a model: its one sentence fits no trace, so the steps are those that take its place; MODEL_URL=… names a model"


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def compared(trace, runs, use_rankers):
    """Gives each run coverage and conclusion of each baseline as long as the engine's summary was."""
    texts = sentences(trace.reasoning)
    ranked = baselines.Ranked(texts) if use_rankers else None
    for run in runs:
        made = baselines.plain(texts, run["characters"]) | (ranked.of_length(run["characters"]) if ranked else {})
        run["baselines"] = {name: measures.mean([measures.content(units, trace) for units in several]) for name, several in made.items()}


def have_rankers():
    try:
        import sumy.summarizers.lex_rank, sumy.summarizers.text_rank, numpy  # noqa: F401, E401
        return True
    except ImportError as missing:
        print(f"quality: TextRank and LexRank are left out ({missing}); they need PyPI once", file=sys.stderr)
        return False


def main():
    arguments = options()
    try:
        traces = corpus.read_all(arguments.corpus, arguments.show or arguments.only)
    except corpus.BadTrace as bad:
        sys.exit(f"quality: {bad}")
    sets = sorted({trace.set for trace in traces})
    traces = [trace for trace in traces if arguments.set in ("", trace.set)]
    if not traces:
        sys.exit(f"quality: no such trace{f'; the sets are ' + ', '.join(sets) if sets else ''}")
    tempos = arguments.tokens_per_second
    lines = {rate: played(arguments.program, [trace.path for trace in traces], rate, arguments.level) for rate in tempos}
    if arguments.show:
        for trace, line in zip(traces, lines[middle(tempos)]):
            tables.show(trace, line, middle(tempos))
        return
    runs = [[measures.measured(trace, lines[rate][index], rate) for rate in tempos] for index, trace in enumerate(traces)]
    if not arguments.no_baselines:
        use_rankers = have_rankers()
        for number, (trace, several) in enumerate(zip(traces, runs), 1):
            progress(f"baselines {number}/{len(traces)}: {trace.name}")
            compared(trace, several, use_rankers)
        progress("")
    results = [measures.merged(several) for several in runs]
    model, said = None, modelled(arguments, traces, lines[middle(tempos)])
    if said:
        said = {pathlib.Path(line["path"]).name: line for line in said}
        model = [
            measures.measured(trace, said[trace.path.name], middle(tempos)) for trace in traces if trace.path.name in said]
    recorded = measures.recordings(arguments.recordings, arguments.program, middle(tempos), played) if arguments.recordings else []
    verdicts = bars.verdicts(results)
    total = {"traces": results, "totals": measures.totals(results), "model": model, "model_source": source(arguments),
        "model_totals": measures.together(model) if model else None, "model_calls": model_engine.calls(said.values()) if said else None,
        "recordings": recorded, "bars": verdicts,
        "tempos": {rate: measures.totals([several[index] for several in runs]) for index, rate in enumerate(tempos)}}
    if arguments.json == "-":
        print(json.dumps(total, indent=1, ensure_ascii=False))
    else:
        tables.write(total, color=sys.stdout.isatty())
        if arguments.json:
            pathlib.Path(arguments.json).write_text(json.dumps(total, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if arguments.check and not all(verdict["holds"] for verdict in verdicts):
        sys.exit(1)


if __name__ == "__main__":
    main()
