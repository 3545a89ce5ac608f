"""The bars: what must hold and what is wanted, each a figure of one system against nginx or against a number."""
import statistics


class Bar:
    """One line of the table of bars. `value` takes a run's results and gives the figure, or None if it was not measured."""

    def __init__(self, name, what, most, wanted, value, at_least=False, unit="× nginx"):
        self.name, self.what, self.most, self.wanted = name, what, most, wanted
        self.value, self.at_least, self.unit = value, at_least, unit

    def holds(self, value, limit):
        return value >= limit if self.at_least else value <= limit


class Results:
    """All rows of a run: by scenario and system, one for each round; and heap allocations per chunk, if they were counted."""

    def __init__(self):
        self.rows, self.allocations = {}, {}

    def add(self, scenario, system, row):
        self.rows.setdefault((scenario, system), []).append(row)

    def values(self, scenario, system, *path):
        """The figures of each round, or none."""
        values = []
        for row in self.rows.get((scenario, system), []):
            for key in path:
                row = row.get(key) if isinstance(row, dict) else None
            if row is not None:
                values.append(row)
        return values

    def median(self, scenario, system, *path):
        values = self.values(scenario, system, *path)
        return statistics.median(values) if values else None

    def ratio(self, scenario, system, against, *path):
        """The median over the rounds of one system's figure over another's in the same round."""
        ours, theirs = self.values(scenario, system, *path), self.values(scenario, against, *path)
        pairs = [one / two for one, two in zip(ours, theirs) if two]
        return statistics.median(pairs) if pairs else None


def against_nginx(scenario, system, *path):
    return lambda results: results.ratio(scenario, system, "nginx", *path)


def figure(scenario, system, *path, scale=1):
    def value(results):
        median = results.median(scenario, system, *path)
        return None if median is None else median * scale
    return value


def growth(long, short):
    def value(results):
        many, few = results.values(long, "events", "cpu_us_per_chunk"), results.values(short, "events", "cpu_us_per_chunk")
        pairs = [one / two for one, two in zip(many, few)]
        return statistics.median(pairs) if pairs else None
    return value


ALL = [
    Bar("A", "CPU per chunk", 1.4, 1.0, against_nginx("A", "events", "cpu_us_per_chunk")),
    Bar("A", "chunks/s", 0.9, 1.0, against_nginx("A", "events", "chunks_per_second"), at_least=True),
    Bar("A16", "CPU per chunk", 2.0, 1.3, against_nginx("A16", "events", "cpu_us_per_chunk")),
    Bar("B", "CPU per chunk", 1.8, 1.2, against_nginx("B", "events", "cpu_us_per_chunk")),
    Bar("B", "latency of answer chunks, p50", 1.4, 1.1, against_nginx("B", "events", "latency_us", "p50")),
    Bar("B", "latency of answer chunks, p99", 2.0, 1.0, against_nginx("B", "events", "latency_us", "p99")),
    Bar("C", "CPU per chunk", 2.0, 1.3, against_nginx("C", "events", "cpu_us_per_chunk")),
    Bar("C", "resident memory at 1,000 streams", 90, 60, figure("C", "events", "rss_bytes", scale=1e-6), unit="MB"),
    Bar("C", "resident memory for one more stream", 48, 40, figure("C", "events", "rss_bytes_per_stream", scale=1e-3), unit="KB"),
    Bar("D", "CPU per request", 3.5, 2.0, against_nginx("D", "events", "cpu_us_per_request")),
    Bar("D", "requests/s", 0.4, 0.7, against_nginx("D", "events", "requests_per_second"), at_least=True),
    Bar("E", "CPU per chunk, 100,000 over 1,000 chunks", 1.1, 1.02, growth("E100k", "E1k"), unit="×"),
    Bar("E", "the same, 16 chunks per write", 1.1, 1.02, growth("E100k16", "E1k16"), unit="×"),
    Bar("A", "CPU per chunk, style off", 1.4, 1.05, against_nginx("A", "off", "cpu_us_per_chunk")),
    Bar("B", "CPU per chunk, style off", 1.8, 1.2, against_nginx("B", "off", "cpu_us_per_chunk")),
    Bar("F", "first frame after the upstream's head, p50", 1000, 300, figure("F", "events", "after_head_us", "p50"), unit="µs"),
    Bar("F", "first frame after the upstream's head, p99", 5000, 5000, figure("F", "events", "after_head_us", "p99"), unit="µs"),
]


def judged(results):
    """Each bar that was measured: the bar, its figure, whether it must and whether it wants to hold."""
    for bar in ALL:
        value = bar.value(results)
        if value is not None:
            yield bar, value, bar.holds(value, bar.most), bar.holds(value, bar.wanted)
