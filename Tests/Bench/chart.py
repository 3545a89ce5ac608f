"""The results as a picture: each figure as a multiple of nginx's with the bars beside it, and the growth with a stream's length."""
from html import escape

import bars

WIDTH, ROW, LEFT, RIGHT, TOP = 860, 30, 300, 60, 64
# Beyond this many times nginx a bar is cut; its number stands beside it.
MOST = 4.0
COLOURS = {"events": "#2563eb", "off": "#64748b"}
INK, QUIET, MUST, WANTED = "#0f172a", "#64748b", "#dc2626", "#16a34a"

# Label, scenario, figure, and the bars' places: must hold, wanted (None where there is no such bar for style events).
ROWS = [
    ("A: CPU per chunk, one chunk per write", "A", ("cpu_us_per_chunk",), 1.4, 1.0),
    ("A: chunks/s (more is better)", "A", ("chunks_per_second",), 0.9, 1.0),
    ("A16: CPU per chunk, 16 chunks per write", "A16", ("cpu_us_per_chunk",), 2.0, 1.3),
    ("B: CPU per chunk, one every 20 ms", "B", ("cpu_us_per_chunk",), 1.8, 1.2),
    ("B: latency of a chunk, p50", "B", ("latency_us", "p50"), 1.4, 1.1),
    ("B: latency of a chunk, p99", "B", ("latency_us", "p99"), 2.0, 1.0),
    ("C: CPU per chunk, 1,000 streams", "C", ("cpu_us_per_chunk",), 2.0, 1.3),
    ("D: CPU per request, short streams", "D", ("cpu_us_per_request",), 3.5, 2.0),
    ("D: requests/s (more is better)", "D", ("requests_per_second",), 0.4, 0.7),
]
LENGTHS = [("E100", "100"), ("E1k", "1,000"), ("E10k", "10,000"), ("E100k", "100,000")]


class Picture:
    def __init__(self, height):
        self.height, self.parts = height, []

    def rectangle(self, x, y, width, height, colour):
        self.parts.append('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>' % (x, y, width, height, colour))

    def line(self, points, colour, width=1.0, dashes=""):
        path = " ".join("%.1f,%.1f" % point for point in points)
        self.parts.append('<polyline points="%s" fill="none" stroke="%s" stroke-width="%.1f"%s/>' % (
            path, colour, width, ' stroke-dasharray="%s"' % dashes if dashes else ""))

    def dot(self, x, y, colour):
        self.parts.append('<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/>' % (x, y, colour))

    def text(self, x, y, words, size=12, colour=INK, anchor="start", weight="normal"):
        self.parts.append('<text x="%.1f" y="%.1f" font-size="%d" fill="%s" text-anchor="%s" font-weight="%s">%s</text>' % (
            x, y, size, colour, anchor, weight, escape(words)))

    def svg(self):
        return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif">\n'
                '<rect width="100%%" height="100%%" fill="white"/>\n%s\n</svg>\n') % (WIDTH, self.height, "\n".join(self.parts))


def across(ratio):
    return LEFT + (WIDTH - LEFT - RIGHT) * min(ratio, MOST) / MOST


def legend(picture):
    picture.text(16, 24, "The proxy as a multiple of nginx (= 1), medians of one run", 15, weight="bold")
    x = 16
    for colour, words in ((COLOURS["events"], "events: detection and summaries on"), (COLOURS["off"], "off: bypass"),
                          (WANTED, "wanted"), (MUST, "must hold")):
        picture.rectangle(x, 38, 12, 12, colour)
        picture.text(x + 17, 48, words, 11, QUIET)
        x += 40 + 6.2 * len(words)


def ratio_row(picture, y, label, ratios, must, wanted):
    picture.text(LEFT - 12, y + 17, label, 12, anchor="end")
    for number, (system, ratio) in enumerate(ratios):
        top = y + 4 + 11 * number
        picture.rectangle(LEFT, top, across(ratio) - LEFT, 9, COLOURS[system])
        picture.text(WIDTH - 16, top + 8.5, "%.2f" % ratio, 10, COLOURS[system], "end")
    for limit, colour in ((must, MUST), (wanted, WANTED)):
        picture.line([(across(limit), y + 1), (across(limit), y + ROW - 3)], colour, 1.6)


def ratios_part(picture, results):
    """The bars; returns where the next part begins."""
    y = TOP
    measured = []
    for label, scenario, path, must, wanted in ROWS:
        ratios = [(system, results.ratio(scenario, system, "nginx", *path)) for system in COLOURS]
        ratios = [(system, ratio) for system, ratio in ratios if ratio is not None]
        if ratios:
            measured.append((label, ratios, must, wanted))
    picture.line([(across(1), TOP - 4), (across(1), TOP + ROW * len(measured))], INK, 1, "3 3")
    for row in measured:
        ratio_row(picture, y, *row)
        y += ROW
    return y


def growth_part(picture, results, top):
    lines = {system: [results.median(scenario, system, "cpu_us_per_chunk") for scenario, _ in LENGTHS] for system in ("nginx", "events")}
    lines = {system: values for system, values in lines.items() if all(value is not None for value in values)}
    if not lines:
        return
    most = 1.1 * max(max(values) for values in lines.values())
    height, bottom = 120, top + 160
    picture.text(16, top + 20, "CPU µs per chunk by chunks per stream (scenario E)", 13, weight="bold")
    for part in range(0, 5):
        y = bottom - height * part / 4
        picture.line([(LEFT, y), (WIDTH - RIGHT, y)], "#e2e8f0")
        picture.text(LEFT - 12, y + 4, "%.1f" % (most * part / 4), 10, QUIET, "end")
    places = [LEFT + 40 + (WIDTH - LEFT - RIGHT - 80) * at / (len(LENGTHS) - 1) for at in range(len(LENGTHS))]
    for x, (_, label) in zip(places, LENGTHS):
        picture.text(x, bottom + 16, label, 11, QUIET, "middle")
    for system, values in lines.items():
        colour = COLOURS.get(system, INK)
        points = [(x, bottom - height * value / most) for x, value in zip(places, values)]
        picture.line(points, colour, 2)
        for (x, y), value in zip(points, values):
            picture.dot(x, y, colour)
            picture.text(x, y - 7 if system == "events" else y + 15, "%.2f" % value, 10, colour, "middle")
        picture.text(16, bottom - 40 * len(lines) + 20 * list(lines).index(system), system, 12, colour)


def drawn(results):
    """The picture as SVG."""
    picture = Picture(TOP + ROW * len(ROWS) + 200)
    legend(picture)
    growth_part(picture, results, ratios_part(picture, results) + 8)
    return picture.svg()
