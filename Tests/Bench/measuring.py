"""One scenario against one system: start it, warm it up, run the load, read the clocks."""
import json
import os
import subprocess
import sys

import processes
from processes import BenchError

LOAD_SECONDS = 120


# Where one thread is a limit: what `NAME/THREADS` is measured in.
SCALING = ("A16", "D")


class System:
    """What stands between the load generator and the upstream."""

    def __init__(self, name, style, start=None):
        self.name, self.style, self.start = name, style, start

    def plays(self, scenario):
        if "/" in self.name and scenario.name not in SCALING:
            return False
        return not scenario.systems or self.name.partition("@")[0] in scenario.systems


def systems(names, folder, threads, workers, others):
    """The systems in the order named: `direct`, `nginx`, a style, `style/threads`, `style@build`; `others` are folders of further builds."""
    names = names + ["events@" + name for name in others if "events@" + name not in names]
    return [system(name, folder, threads, workers, others) for name in dict.fromkeys(names)]


def system(name, folder, threads, workers, others):
    if name == "direct":
        return System(name, "raw")
    if name == "nginx":
        return System(name, "raw", lambda port: processes.Nginx(port, workers))
    style, _, build = name.partition("@")
    style, _, own_threads = style.partition("/")
    if style not in ("events", "off") or (build and build not in others):
        raise SystemExit("bench: no system %s; there are direct, nginx, events, off, events/THREADS, events@NAME of --also" % name)
    return System(name, style, lambda port: processes.Proxy(others.get(build, folder), port, own_threads or threads))


def load(programs, port, style, arguments):
    """Runs the load generator; its figures, or an error if a stream was not what it should be."""
    command = [os.path.join(programs, "load"), "--port", str(port), "--style", style, "--seconds", str(LOAD_SECONDS), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, timeout=LOAD_SECONDS + 30)
    if run.returncode not in (0, 1) or not run.stdout.startswith("{"):
        raise BenchError("the load generator failed: %s" % (run.stderr.strip() or run.stdout[:500]))
    return json.loads(run.stdout)


def measure(scenario, system, upstream, programs, quick, profile=None, warm=True):
    """A row of figures. Without `warm` the first requests count, too."""
    server = system.start(upstream.port) if system.start else None
    try:
        port = server.port if server else upstream.port
        if warm:
            warm_up(scenario, system, programs, port)
        counts = upstream.counts() if server else None
        resident = server.resident() if server else 0
        memory = processes.MemoryWatch(server) if server else None
        recorder = start_profile(profile, server) if profile and server else None
        cpu, upstream_cpu = (server.cpu() if server else 0), upstream.cpu()
        seen = load(programs, port, system.style, scenario.load(quick))
        cpu, upstream_cpu = (server.cpu() if server else 0) - cpu, upstream.cpu() - upstream_cpu
        if recorder:
            recorder.send_signal(2)
            recorder.wait(60)
        row = figures(seen, cpu, upstream_cpu)
        row["rss_bytes"] = memory.end() if memory else 0
        row["rss_bytes_per_stream"] = scenario.per_new_stream(row["rss_bytes"] - resident, warm) if memory else 0
        if counts:
            row["reused_share"] = reused(counts, upstream.counts())
        return row
    finally:
        if server:
            server.end()


def warm_up(scenario, system, programs, port):
    seen = load(programs, port, system.style, scenario.warm_up())
    if seen["failed"]:
        raise BenchError("%s, warming up: %d of %d streams failed: %s" % (system.name, seen["failed"], seen["streams"], seen["first_failure"]))


def start_profile(path, server):
    pids = ",".join(str(pid) for pid in server.pids())
    return subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "4999", "-g", "-p", pids, "-o", path],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=sys.stderr)


def figures(seen, cpu, upstream_cpu):
    """What the table needs, from the load generator's figures and the processor clocks."""
    row = dict(seen)
    row["cpu_seconds"], row["upstream_cpu_seconds"], row["load_cpu_seconds"] = cpu, upstream_cpu, seen["cpu_seconds"]
    row["cpu_us_per_chunk"] = 1e6 * cpu / seen["chunks"] if seen["chunks"] else 0
    row["cpu_us_per_request"] = 1e6 * cpu / seen["streams"] if seen["streams"] else 0
    row["chunks_per_second"] = seen["chunks"] / seen["seconds"]
    row["requests_per_second"] = seen["streams"] / seen["seconds"]
    return row


def reused(before, after):
    """The share of the run's streams whose request came over a connection that stood already."""
    # One connection more asked for the counts.
    opened = after["connections"] - before["connections"] - 1
    return 1 - opened / (after["streams"] - before["streams"])
