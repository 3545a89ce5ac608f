"""What must hold. `make quality ARGS=--check` fails when one does not."""
import measures
import metrics

LONG = 2_000
COMPRESSION = (0.05, 0.15)
REDUNDANCY = 0.10
KEPT = 0.90


def verdicts(results):
    total = measures.together(results)
    made = []

    def bar(name, holds, figure, *culprits):
        made.append({"bar": name, "holds": bool(holds), "figure": figure, "culprits": sorted(set(culprits))})

    for name in measures.BASELINES:
        other = total["baselines"].get(name)
        if other is None:
            bar(f"coverage ahead of {name} sentences" if name in ("first", "last", "random") else f"coverage ahead of {name}", False, "not run")
            continue
        behind = [result["name"] for result in results if result["coverage"] < result["baselines"][name]["coverage"]]
        label = f"coverage ahead of {name} sentences" if name in ("first", "last", "random") else f"coverage ahead of {name}"
        bar(label, total["coverage"] > other["coverage"], f"{total['coverage']:.1%} against {other['coverage']:.1%}", *behind)
    bar(f"redundancy below {REDUNDANCY:.0%}", total["redundancy"] < REDUNDANCY, f"{total['redundancy']:.1%}",
        *[result["name"] for result in results if result["redundant"]])
    bar("every step is complete", total["complete"] == 1, f"{total['complete']:.1%}",
        *[result["name"] for result in results if result["incomplete"]])
    bar(f"conclusion kept in {KEPT:.0%}", (total["kept"] or 0) >= KEPT, f"{total['kept'] or 0:.1%}",
        *[result["name"] for result in results if result["kept"] is False])
    outside = [
        result["name"] for result in results
        if result["reasoning_characters"] > LONG and not COMPRESSION[0] <= result["compression"] <= COMPRESSION[1]]
    bar(f"compression {COMPRESSION[0]:.0%} to {COMPRESSION[1]:.0%} above {LONG} characters", not outside, f"{len(outside)} outside", *outside)
    slow = [
        result["name"] for result in results
        if result["first"] is None or result["first"] > min(metrics.FIRST, max(result["seconds"], 0.001)) + 0.001]
    bar(f"first step within {metrics.FIRST:.0f} s", not slow, f"{len(slow)} later", *slow)
    bar(f"steps at least {metrics.EARLY:.0f} s apart", total["early"] == 0, f"{total['early']} earlier",
        *[result["name"] for result in results if result["early"]])
    bar(f"at most {metrics.LATE:.0f} s apart while there is something new", total["late"] == 0, f"{total['late']} later",
        *[result["name"] for result in results if result["late"]])
    bar("no step when nothing is new", total["idle"] == 0, f"{total['idle']} steps", *[result["name"] for result in results if result["idle"]])
    return made
