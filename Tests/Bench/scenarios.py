"""The scenarios: what the load generator asks for. A model's name says how its stream is made and sent (native/script.h)."""

# The connections of a warming up, at most.
WARM = 64


class Scenario:
    """One load. `requests` is per connection; `scale` shortens it for a quick look."""

    def __init__(self, name, title, model, connections, requests, ramp_ms=0, systems=None):
        self.name, self.title, self.model = name, title, model
        self.connections, self.requests, self.ramp_ms, self.systems = connections, requests, ramp_ms, systems

    def without_times(self):
        """The same for an upstream that cannot write the time into its chunks."""
        model = ".".join(part for part in self.model.split(".") if part[0] not in "sh")
        return Scenario(self.name, self.title, model, self.connections, self.requests, self.ramp_ms, self.systems)

    def load(self, quick):
        requests = max(1, self.requests // 4) if quick else self.requests
        return ["--connections", str(self.connections), "--requests", str(requests), "--ramp-ms", str(self.ramp_ms), "--model", self.model]

    def per_new_stream(self, count, warm=True):
        """A count divided by the streams that are open at a time, but for those whose memory stands since the warming up."""
        return count / max(1, self.connections - (min(self.connections, WARM) if warm else 0))

    def warm_up(self):
        """A short piece of the same, so that connections stand and code has run."""
        return ["--connections", str(min(self.connections, WARM)), "--requests", "4", "--model", self.warm_model()]

    def warm_model(self):
        model = ".".join(part for part in self.model.split(".") if part[0] not in "gh")
        for key in "ra":
            model = ".".join(part if part[0] != key else key + str(min(200, int(part[1:]))) for part in model.split("."))
        return model


GROWTH = ["nginx", "events"]

ALL = [
    Scenario("A", "16 streams, 400 + 400 chunks, one per write, no delay", "bench.r400.a400", 16, 24),
    Scenario("A16", "the same, 16 chunks per write", "bench.r400.a400.w16", 16, 80),
    Scenario("B", "32 streams, a chunk every 20 ms", "bench.r200.a200.g20000.s1", 32, 1, ramp_ms=500),
    Scenario("F", "first frames: 32 connections, 4 + 4 chunks 20 ms apart", "bench.r4.a4.g20000.h20000.s1", 32, 16, ramp_ms=200),
    Scenario("C", "1,000 streams, a chunk every 100 ms", "bench.r40.a40.g100000.s1", 1000, 1, ramp_ms=2000),
    Scenario("D", "64 connections, 2 + 2 chunks", "bench.r2.a2", 64, 400),
    Scenario("E100", "as A, 100 chunks per stream", "bench.r50.a50", 16, 250, systems=GROWTH),
    Scenario("E1k", "as A, 1,000 chunks per stream", "bench.r500.a500", 16, 25, systems=GROWTH),
    Scenario("E10k", "as A, 10,000 chunks per stream", "bench.r5000.a5000", 16, 3, systems=GROWTH),
    Scenario("E100k", "as A, 100,000 chunks per stream", "bench.r50000.a50000", 16, 1, systems=GROWTH),
    # With one chunk per write the number of chunks that a read happens to bring is measured, too; here it is given.
    Scenario("E1k16", "as A16, 1,000 chunks per stream", "bench.r500.a500.w16", 16, 150, systems=GROWTH),
    Scenario("E100k16", "as A16, 100,000 chunks per stream", "bench.r50000.a50000.w16", 16, 2, systems=GROWTH),
]

BY_NAME = {scenario.name: scenario for scenario in ALL}
# Not a load of its own: the heap allocations per chunk, see allocations.py.
HEAP = "H"
GROUPS = {"E": ["E100", "E1k", "E10k", "E100k", "E1k16", "E100k16"]}


def chosen(names):
    """The scenarios of a list such as `A,B,E`, in the table's order."""
    wanted = set()
    for name in names.split(","):
        if name != HEAP:
            wanted |= set(GROUPS.get(name, [name]))
    unknown = wanted - set(BY_NAME)
    if unknown:
        raise SystemExit("bench: no scenario %s; there are %s" % (", ".join(sorted(unknown)), ", ".join([*BY_NAME, *GROUPS, HEAP])))
    return [scenario for scenario in ALL if scenario.name in wanted]
