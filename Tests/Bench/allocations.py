"""Heap allocations of the whole proxy for each chunk: between streams of N and of 10 N chunks, so that what happens once drops out."""
import os
import struct
import tempfile

import measuring
import processes

N = 500
CONNECTIONS = 8
REQUESTS = 4
# What grows: the answer's chunks, or the reasoning's; as fast as they are taken, and at a pace, where each read holds one chunk.
KINDS = {
    "answer, as fast as possible": "bench.r1.a%d",
    "reasoning, as fast as possible": "bench.r%d.a1",
    "answer, a chunk every 2 ms": "bench.r1.a%d.g2000",
    "reasoning, a chunk every 2 ms": "bench.r%d.a1.g2000",
}


class Counter:
    """The file that the preloaded library counts in."""

    def __init__(self):
        self.file = tempfile.NamedTemporaryFile(prefix="bench-allocations-")
        self.file.write(bytes(8))
        self.file.flush()

    def value(self):
        self.file.seek(0)
        return struct.unpack("<Q", self.file.read(8))[0]

    def environment(self, native):
        return {"LD_PRELOAD": os.path.abspath(os.path.join(native, "allocations.so")), "BENCH_ALLOCATIONS": self.file.name}


def per_chunk(upstream, folder, threads, native, style="events"):
    """By kind of chunk, allocations for one more of it."""
    counter = Counter()
    proxy = processes.Proxy(folder, upstream.port, threads, environment=counter.environment(native))
    try:
        def counted(model, requests):
            before = counter.value()
            seen = measuring.load(native, proxy.port, style, [
                "--connections", str(CONNECTIONS), "--requests", str(requests), "--model", model])
            if seen["failed"]:
                raise processes.BenchError("counting allocations: %s" % seen["first_failure"])
            return counter.value() - before, seen["chunks"]

        found = {}
        for kind, model in KINDS.items():
            requests = 1 if ".g" in model else REQUESTS
            counted(model % N, requests)
            (few, short), (many, long) = counted(model % N, requests), counted(model % (10 * N), requests)
            found[kind] = (many - few) / (long - short)
        return found
    finally:
        proxy.end()


def table(found):
    lines = ["| heap allocations of the whole proxy | per chunk |", "|---|--:|"]
    return "\n".join(lines + ["| %s | %.3f |" % line for line in found.items()])
