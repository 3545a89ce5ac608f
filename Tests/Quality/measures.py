"""Applies the metrics to traces and takes them together."""
import collections
import json
import pathlib
import random
import tempfile

import corpus
import metrics

BASELINES = ["first", "last", "random", "textrank", "lexrank"]


def content(units, trace):
    """What a summary says of a trace."""
    return {
        "coverage": metrics.coverage(units, trace.points),
        "kept": metrics.says(units, trace.conclusion) if trace.conclusion else None,
        "closing": metrics.says(units[-2:], trace.conclusion) if trace.conclusion else None,
    }


def mean(results):
    """The mean of several contents: of the seeds of one baseline, or of the traces of one kind. None where nothing can be said."""
    names = results[0].keys() if results else []
    made = {}
    for name in names:
        values = [result[name] for result in results if result[name] is not None]
        made[name] = sum(values) / len(values) if values else None
    return made


def measured(trace, line, rate):
    """One trace at one tempo."""
    steps = line["steps"]
    units = [step["text"] for step in steps]
    overlaps = metrics.highest_overlaps(units)
    faults = [(unit, metrics.incomplete(unit, trace.reasoning)) for unit in units if not is_notice_text(steps, unit)]
    pace = metrics.pace(steps, trace, metrics.Clock(line["token_ends"], rate))
    characters = sum(map(len, units))
    return {
        "runs": 1, "name": trace.name, "set": trace.set, "kind": trace.kind, "language": trace.language, "traits": trace.traits,
        "reasoning_characters": len(trace.reasoning), "seconds": line["seconds"], "lengths": [line["seconds"]], "characters": characters, "steps": len(units),
        "titles": sum(1 for step in steps if step["title"]), "tokens": line["tokens"],
        "microseconds_per_token": line.get("microseconds_per_token"),
        "compression": characters / max(1, len(trace.reasoning)), "compressions": [characters / max(1, len(trace.reasoning))],
        "redundant": sum(1 for _, again in overlaps if again), "mean_overlap": ratio(sum(high for high, _ in overlaps[1:]), len(overlaps) - 1),
        "incomplete": [{"step": unit, "why": why} for unit, why in faults if why],
        "first": pace.first, "firsts": [pace.first], "intervals": pace.intervals, "early": pace.early, "late": pace.late, "idle": pace.idle, "lags": pace.lags,
        "missed": [point.statement for point in trace.points if not metrics.says(units, point)],
        **content(units, trace), "baselines": {},
    }


SUMS = {"runs", "steps", "titles", "redundant"}
AVERAGES = {
    "seconds", "characters", "compression", "mean_overlap", "microseconds_per_token", "first", "coverage", "kept", "closing"}


def merged(runs):
    """One trace at several tempos: counts and lists of all runs, figures on average. `missed` holds what any run missed."""
    made = dict(runs[0])
    for name, value in runs[0].items():
        values = [run[name] for run in runs]
        if name in SUMS:
            made[name] = sum(values)
        elif name in AVERAGES:
            known = [value for value in values if value is not None]
            made[name] = sum(known) / len(known) if known else None
        elif name == "missed":
            made[name] = list(dict.fromkeys(point for points in values for point in points))
        elif isinstance(value, list) and name != "traits":
            made[name] = [one for several in values for one in several]
    made["baselines"] = {name: mean([run["baselines"][name] for run in runs]) for name in runs[0]["baselines"]}
    return made


def is_notice_text(steps, unit):
    return any(step["text"] == unit and metrics.is_notice(step) for step in steps)


def lead(results, name, draws=10_000):
    """How far the engine is ahead of a baseline, and the bounds of the middle 95 % of that over traces drawn anew with a fixed seed."""
    gains = [result["coverage"] - result["baselines"][name]["coverage"] for result in results if name in result["baselines"]]
    if not gains:
        return None
    drawn = random.Random(7)
    means = sorted(sum(drawn.choices(gains, k=len(gains))) / len(gains) for _ in range(draws))
    return {"mean": sum(gains) / len(gains), "low": means[draws * 25 // 1000], "high": means[draws * 975 // 1000 - 1]}


def ratio(part, whole):
    return part / whole if whole > 0 else 0.0


def totals(results):
    groups = {"all": results}
    for field in ("set", "kind", "language"):
        for name in dict.fromkeys(result[field] for result in results):
            groups[f"{field} {name}"] = [result for result in results if result[field] == name]
    for trait in sorted({trait for result in results for trait in result["traits"]}):
        groups[f"trait {trait}"] = [result for result in results if trait in result["traits"]]
    return {name: together(members) for name, members in groups.items()}


def together(results):
    steps = sum(result["steps"] for result in results)
    gaps = [gap for result in results for gap in result["intervals"]]
    lags = [lag for result in results for lag in result["lags"]]
    made = mean([{name: result[name] for name in ("coverage", "kept", "closing", "compression")} for result in results])
    compared = collections.defaultdict(list)
    for result in results:
        for name, value in result["baselines"].items():
            compared[name].append(value)
    return made | {
        "traces": len(results), "steps": steps,
        "redundancy": ratio(sum(result["redundant"] for result in results), steps),
        "mean_overlap": ratio(sum(result["mean_overlap"] for result in results), len(results)),
        "complete": 1 - ratio(sum(len(result["incomplete"]) for result in results), steps),
        "titled": ratio(sum(result["titles"] for result in results), steps),
        "interval_p50": metrics.median(gaps), "interval_max": max(gaps, default=None), "lag_p50": metrics.median(lags),
        "late": sum(len(result["late"]) for result in results), "early": sum(len(result["early"]) for result in results),
        "idle": sum(len(result["idle"]) for result in results),
        "baselines": {name: mean(values) for name, values in compared.items()},
        "lead": {name: lead(results, name) for name in compared},
    }


def recordings(folder, program, rate, played):
    """Recorded reasoning has no annotations: only what can be measured without them."""
    results = []
    with tempfile.TemporaryDirectory() as made:
        for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
            text = recorded_reasoning(path)
            if len(text) < 200:
                continue
            copy = pathlib.Path(made) / f"{path.stem}.txt"
            copy.write_text(f"set: develop\nkind: other\nlanguage: ?\nprompt:\nconclusion: none\n---\n{text}", encoding="utf-8")
            results.append(measured(corpus.read(copy), played(program, [copy], rate)[0], rate))
    return results


def recorded_reasoning(path):
    parts = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            choices = json.loads(line).get("choices") or []
        except json.JSONDecodeError:
            continue
        for choice in choices:
            delta = choice.get("delta") or {}
            text = delta.get("reasoning_content") or delta.get("reasoning")
            if isinstance(text, str):
                parts.append(text)
    return "".join(parts).strip()
