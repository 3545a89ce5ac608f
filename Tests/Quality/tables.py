"""Shows figures to people."""
import metrics
from measures import BASELINES


def write(total, color):
    paint = Paint(color)
    rows(total["traces"], paint)
    groups(total["totals"], paint)
    versus(total["totals"], paint)
    by_tempo(total["tempos"])
    if total["model"]:
        print("\n" + paint(f"model engine: {total['model_source']}", "1"))
        rows(total["model"], paint)
        together = total["model_totals"]
        print(
            f"all: {together['steps']} steps, compression {together['compression']:.1%}, redundancy {together['redundancy']:.1%}, "
            f"complete {together['complete']:.0%}, conclusion{percent(together['kept'])}, coverage {together['coverage']:.1%}, "
            f"late {together['late']}, lag{number(together['lag_p50'])} s")
        if total["model_calls"]:
            print("calls: " + ", ".join(f"{count} {name}" for name, count in total["model_calls"].items()))
    else:
        print("\nmodel engine: not measured (no model was named)")
    if total["recordings"]:
        print("\nrecorded streams (no annotations)")
        rows(total["recordings"], paint)
    bars(total["bars"], paint)


class Paint:
    def __init__(self, on):
        self.on = on

    def __call__(self, text, code):
        return f"\033[{code}m{text}\033[0m" if self.on and text.strip() else text


def percent(value, width=6):
    return f"{'–' if value is None else format(value, '.0%'):>{width}}"


def number(value, width=6):
    return f"{'–' if value is None else format(value, '.1f'):>{width}}"


def rows(results, paint):
    print(paint(
        f"{'trace':<34}{'lang':>5}{'chars':>7}{'steps':>6}{'compr':>6}{'redun':>6}{'overl':>6}{'whole':>6}{'concl':>6}{'cover':>6} │"
        + "".join(f"{name:>9}" for name in BASELINES) + f" │{'first':>6}{'p50':>6}{'max':>6}{'late':>5}{'lag':>6}", "1"))
    for result in results:
        steps = max(1, result["steps"])
        kept = "–" if result["kept"] is None else "yes" if result["kept"] == 1 else "NO" if result["kept"] == 0 else percent(result["kept"]).strip()
        versus = "".join(percent(result["baselines"].get(name, {}).get("coverage"), 9) for name in BASELINES)
        print(
            f"{result['name'][:33]:<34}{result['language'][:4]:>5}{result['reasoning_characters']:>7}{result['steps'] / result['runs']:>6.1f}"
            f"{result['compression']:>6.1%}{percent(result['redundant'] / steps)}{percent(result['mean_overlap'])}"
            f"{percent(1 - len(result['incomplete']) / steps)}{kept:>6}{paint(percent(result['coverage']), '1')} │{versus} │"
            f"{number(result['first'])}{number(metrics.median(result['intervals']))}{number(max(result['intervals'], default=None))}"
            f"{len(result['late']):>5}{number(metrics.median(result['lags']))}")


def groups(totals, paint):
    print()
    print(paint(
        f"{'total':<26}{'traces':>7}{'steps':>6}{'compr':>7}{'redun':>7}{'overl':>7}{'whole':>7}{'concl':>7}{'at end':>7}{'cover':>7} │"
        + "".join(f"{name:>9}" for name in BASELINES) + f" │{'p50':>6}{'max':>6}{'late':>5}{'idle':>5}{'lag':>6}", "1"))
    for name, one in totals.items():
        versus = "".join(percent(one["baselines"].get(other, {}).get("coverage"), 9) for other in BASELINES)
        print(
            f"{name:<26}{one['traces']:>7}{one['steps']:>6.0f}{one['compression']:>7.1%}{one['redundancy']:>7.1%}{percent(one['mean_overlap'], 7)}"
            f"{percent(one['complete'], 7)}{percent(one['kept'], 7)}{percent(one['closing'], 7)}{paint(percent(one['coverage'], 7), '1')} │"
            f"{versus} │{number(one['interval_p50'])}{number(one['interval_max'])}{one['late']:>5}{one['idle']:>5}{number(one['lag_p50'])}")


def versus(totals, paint):
    """The engine against each baseline, over each set and all."""
    for name in [name for name in totals if name.startswith("set ")] + ["all"]:
        if totals[name]["baselines"]:
            versus_one(name, totals[name], paint)


def versus_one(title, everything, paint):
    title = f"{title} ({everything['traces']} traces)"
    print("\n" + paint(f"{title:<26}{'coverage':>9}{'conclusion':>12}{'engine ahead by':>18}{'95 % interval':>20}", "1"))
    engines = {"extractive engine": everything} | {name: everything["baselines"][name] for name in BASELINES if name in everything["baselines"]}
    for name, one in engines.items():
        lead = everything["lead"].get(name)
        ahead = f"{lead['mean']:>+18.1%}{lead['low']:>+11.1%} … {lead['high']:>+6.1%}" if lead else ""
        print(f"{name:<26}{one['coverage']:>9.1%}{percent(one['kept'], 12)}{ahead}")


def by_tempo(tempos):
    """The coverage at each tempo: a difference that one tempo alone shows is chance."""
    print()
    for rate, totals in tempos.items():
        print(f"at {rate:g} tokens/s: " + ", ".join(
            f"{name.removeprefix('set ')} {one['coverage']:.1%}" + "".join(
                f" ({other} {one['baselines'][other]['coverage']:.1%})" for other in ("lexrank",) if other in one["baselines"])
            for name, one in totals.items() if name == "all" or name.startswith("set ")))


def bars(verdicts, paint):
    print()
    for verdict in verdicts:
        sign = paint("ok  ", "32") if verdict["holds"] else paint("FAIL", "1;31")
        names = "" if verdict["holds"] and "ahead" not in verdict["bar"] or not verdict["culprits"] else (
            f"   {'behind in' if 'ahead' in verdict['bar'] else 'in'} " + ", ".join(verdict["culprits"][:6])
            + (f" and {len(verdict['culprits']) - 6} more" if len(verdict["culprits"]) > 6 else ""))
        print(f"{sign}  {verdict['bar']:<64}{verdict['figure']:<22}{names}")


def show(trace, line, rate):
    clock = metrics.Clock(line["token_ends"], rate)
    units = [step["text"] for step in line["steps"]]
    print(f"{trace.name}: {trace.kind}, {trace.language}, {len(trace.reasoning)} characters, {line['seconds']:.1f} s")
    print(f"prompt: {trace.prompt}\n")
    for step, (overlap, again) in zip(line["steps"], metrics.highest_overlaps(units)):
        why = metrics.incomplete(step["text"], trace.reasoning)
        marks = f"{'  REPEATS' if again else ''}{'  INCOMPLETE: ' + why if why else ''}{'  (last)' if step['last'] else ''}"
        print(f"{step['time']:7.2f} s  at {step['position']:>6}  overlap {overlap:4.0%}{marks}")
        if step["title"]:
            print(f"           [{step['title']}]")
        print(f"           {step['text']}")
    print()
    for point in trace.points:
        print(f"  {'said  ' if metrics.says(units, point) else 'MISSED'}  {point.statement}")
    if trace.conclusion:
        print(f"  {'kept  ' if metrics.says(units, trace.conclusion) else 'LOST  '}  conclusion: {trace.conclusion.statement}")
    pace = metrics.pace(line["steps"], trace, clock)
    for before, after in pace.late:
        print(f"  LATE: nothing from {before:.1f} s to {after:.1f} s though something new was there")
    for time in pace.idle:
        print(f"  IDLE: a step at {time:.1f} s, where nothing is new")
    print(f"\n  {sum(map(len, units))} characters of {len(trace.reasoning)}: {sum(map(len, units)) / len(trace.reasoning):.1%}\n")
