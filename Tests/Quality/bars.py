"""What must hold. `make quality ARGS=--check` fails when one does not."""
import corpus
import measures
import metrics

LONG = 2_000
COMPRESSION = (0.05, 0.15)
REDUNDANCY = 0.10
KEPT = 0.90


def verdicts(results):
    """What holds of these traces, each at all tempos: of all together, and of each held-out set alone."""
    sets = list(dict.fromkeys(result["set"] for result in results))
    made = group_verdicts(results, "all" if len(sets) > 1 else sets[0])
    for name in sorted(set(sets) - {corpus.DEVELOP}) if len(sets) > 1 else []:
        made += group_verdicts([result for result in results if result["set"] == name], name)
    return made


def group_verdicts(results, group):
    total = measures.together(results)
    made = []

    def bar(name, holds, figure, *culprits):
        made.append({"bar": f"{group}: {name}", "holds": bool(holds), "figure": figure, "culprits": sorted(set(culprits))})

    for name in measures.BASELINES:
        bar(*ahead(results, name))
    bar(f"redundancy below {REDUNDANCY:.0%}", total["redundancy"] < REDUNDANCY, f"{total['redundancy']:.1%}",
        *[result["name"] for result in results if result["redundant"]])
    bar("every step is complete", total["complete"] == 1, f"{total['complete']:.1%}",
        *[result["name"] for result in results if result["incomplete"]])
    bar(f"conclusion kept in {KEPT:.0%}", (total["kept"] or 0) >= KEPT, f"{total['kept'] or 0:.1%}",
        *[result["name"] for result in results if result["kept"] is not None and result["kept"] < 1])
    outside = [
        result["name"] for result in results
        if result["reasoning_characters"] > LONG and not all(COMPRESSION[0] <= one <= COMPRESSION[1] for one in result["compressions"])]
    bar(f"compression {COMPRESSION[0]:.0%} to {COMPRESSION[1]:.0%} above {LONG} characters", not outside, f"{len(outside)} outside", *outside)
    slow = [
        result["name"] for result in results
        if any(first is None or first > min(metrics.FIRST, max(seconds, 0.001)) + 0.001 for first, seconds in zip(result["firsts"], result["lengths"]))]
    bar(f"first step within {metrics.FIRST:.0f} s", not slow, f"{len(slow)} later", *slow)
    bar(f"steps at least {metrics.EARLY:.0f} s apart", total["early"] == 0, f"{total['early']} earlier",
        *[result["name"] for result in results if result["early"]])
    bar(f"at most {metrics.LATE:.0f} s apart while there is something new", total["late"] == 0, f"{total['late']} later",
        *[result["name"] for result in results if result["late"]])
    bar("no step when nothing is new", total["idle"] == 0, f"{total['idle']} steps", *[result["name"] for result in results if result["idle"]])
    return made


def ahead(members, name):
    """The bar of one baseline over one set of traces: its name, whether it holds, the figures, and where the engine is behind."""
    label = f"ahead of {name} sentences" if name in ("first", "last", "random") else f"ahead of {name}"
    if any(name not in result["baselines"] for result in members):
        return label, False, "not run"
    mine, other = (
        sum(values) / len(values) for values in (
            [result["coverage"] for result in members], [result["baselines"][name]["coverage"] for result in members]))
    behind = [result["name"] for result in members if result["coverage"] < result["baselines"][name]["coverage"]]
    return label, mine > other, f"{mine:.1%} against {other:.1%}", *behind
