"""The results as tables in Markdown."""
import bars

# Figures that are written in another unit than they are kept in.
SCALES = {"rss_bytes": 1e6, "rss_bytes_per_stream": 1e3}

# Heading, scenario, figure, how it is written.
COLUMNS = [
    ("A: CPU µs/chunk", "A", ("cpu_us_per_chunk",), "{:.2f}"),
    ("A: chunks/s", "A", ("chunks_per_second",), "{:,.0f}"),
    ("A16: CPU µs/chunk", "A16", ("cpu_us_per_chunk",), "{:.2f}"),
    ("A16: chunks/s", "A16", ("chunks_per_second",), "{:,.0f}"),
    ("B: CPU µs/chunk", "B", ("cpu_us_per_chunk",), "{:.1f}"),
    ("B: p50 µs", "B", ("latency_us", "p50"), "{:.0f}"),
    ("B: p99 µs", "B", ("latency_us", "p99"), "{:.0f}"),
    ("F: first frame p50 µs", "F", ("after_head_us", "p50"), "{:.0f}"),
    ("F: p99 µs", "F", ("after_head_us", "p99"), "{:.0f}"),
    ("F: first answer p50 µs", "F", ("first_answer_us", "p50"), "{:.0f}"),
    ("C: CPU µs/chunk", "C", ("cpu_us_per_chunk",), "{:.1f}"),
    ("C: p50 µs", "C", ("latency_us", "p50"), "{:.0f}"),
    ("C: p99 µs", "C", ("latency_us", "p99"), "{:.0f}"),
    ("C: RSS MB", "C", ("rss_bytes",), "{:.0f}"),
    ("C: RSS KB per stream", "C", ("rss_bytes_per_stream",), "{:.0f}"),
    ("D: CPU µs/request", "D", ("cpu_us_per_request",), "{:.0f}"),
    ("D: requests/s", "D", ("requests_per_second",), "{:,.0f}"),
    ("E: µs/chunk at 100", "E100", ("cpu_us_per_chunk",), "{:.2f}"),
    ("E: 1,000", "E1k", ("cpu_us_per_chunk",), "{:.2f}"),
    ("E: 10,000", "E10k", ("cpu_us_per_chunk",), "{:.2f}"),
    ("E: 100,000", "E100k", ("cpu_us_per_chunk",), "{:.2f}"),
    ("E, 16 per write: 1,000", "E1k16", ("cpu_us_per_chunk",), "{:.2f}"),
    ("E, 16 per write: 100,000", "E100k16", ("cpu_us_per_chunk",), "{:.2f}"),
]


def written(value, form, key):
    if value is None or value == 0:
        return "–" if value is None else "0"
    return form.format(value / SCALES.get(key, 1))


def systems_table(results, systems):
    """One line for each figure, one column for each system, and the ratio to nginx."""
    ratios = [name for name in systems if name not in ("direct", "nginx") and "/" not in name] if "nginx" in systems else []
    lines = ["| | " + " | ".join([*systems, *("%s ÷ nginx" % name for name in ratios)]) + " |",
             "|---|" + "--:|" * (len(systems) + len(ratios))]
    for heading, scenario, path, form in COLUMNS:
        values = [results.median(scenario, name, *path) for name in systems]
        if all(value is None for value in values):
            continue
        cells = [written(value, form, path[-1]) for value in values]
        for name in ratios:
            ratio = results.ratio(scenario, name, "nginx", *path)
            cells.append("–" if ratio is None else "%.2f" % ratio)
        lines.append("| %s | %s |" % (heading, " | ".join(cells)))
    return "\n".join(lines)


def scaling_table(results):
    """What a second thread gives, where both were measured."""
    lines = ["| threads | 1 | 2 | 2 ÷ 1 |", "|---|--:|--:|--:|"]
    for name, scenario, key in (("A16: chunks/s", "A16", "chunks_per_second"), ("D: requests/s", "D", "requests_per_second")):
        one, two = results.median(scenario, "events/1", key), results.median(scenario, "events", key)
        if one and two:
            lines.append("| %s | %s | %s | %.2f |" % (name, format(one, ",.0f"), format(two, ",.0f"), results.ratio(scenario, "events", "events/1", key)))
    return "\n".join(lines) if len(lines) > 2 else ""


def load_table(results, scenarios, systems):
    """How much of one core the two ends took: near 100 % they, not the proxy, are what was measured."""
    lines = ["| share of one core, % | " + " | ".join("%s: upstream / load" % name for name in systems) + " |", "|---|" + "--:|" * len(systems)]
    for scenario in scenarios:
        cells = []
        for name in systems:
            seconds = results.median(scenario.name, name, "seconds")
            ends = [results.median(scenario.name, name, key) for key in ("upstream_cpu_seconds", "load_cpu_seconds")]
            cells.append("–" if seconds is None else " / ".join("%.0f" % (100 * end / seconds) for end in ends))
        lines.append("| %s | %s |" % (scenario.name, " | ".join(cells)))
    return "\n".join(lines)


def bars_table(results):
    lines = ["| | must hold | wanted | measured | |", "|---|--:|--:|--:|---|"]
    for bar, value, holds, wanted in bars.judged(results):
        sign = "≥" if bar.at_least else "≤"
        mark = "wanted, met" if wanted else "met" if holds else "**not met**"
        lines.append("| %s: %s | %s %g %s | %s %g | %s | %s |" % (
            bar.name, bar.what, sign, bar.most, bar.unit, sign, bar.wanted, "{:.2f}".format(value) if value < 10 else "{:.0f}".format(value), mark))
    return "\n".join(lines)


def reuse_lines(results, scenarios, systems):
    lines = []
    for scenario in scenarios:
        for name in systems:
            share = results.median(scenario.name, name, "reused_share")
            if share is not None:
                lines.append("%s %s: %.1f %%" % (scenario.name, name, 100 * share))
    return "upstream connections reused: " + ", ".join(lines) if lines else ""
