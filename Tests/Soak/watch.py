"""What a process holds: memory, descriptors, threads; and whether it grows."""
import json
import os
import time
import urllib.request

# Samples before this share of the time, and of the first minute, do not count: caches, pools and the allocator fill first.
WARM_UP_SHARE = 0.2
WARM_UP_SECONDS = 60
# Of less than that nothing can be said.
LEAST_SECONDS = 90


class Sample:
    """A look at the process."""

    def __init__(self, process_id, url, since):
        self.seconds = time.monotonic() - since
        with open("/proc/%d/status" % process_id, encoding="ascii") as file:
            fields = dict(line.split(":", 1) for line in file)
        self.rss = int(fields["VmRSS"].split()[0]) / 1024
        self.threads = int(fields["Threads"])
        self.descriptors = len(os.listdir("/proc/%d/fd" % process_id))
        with urllib.request.urlopen(url + "/livez", timeout=10) as answer:
            answer.read()
        self.streams = health(url)["streams_open"]

    @property
    def values(self):
        return {"seconds": round(self.seconds, 1), "rss_mib": round(self.rss, 1), "descriptors": self.descriptors, "threads": self.threads,
                "streams": self.streams}


def health(url):
    try:
        with urllib.request.urlopen(url + "/health", timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def slope(samples):
    """Growth of the memory in MiB a minute: least squares over the samples behind the warm-up; None if they are too few."""
    begin = max(samples[-1].seconds * WARM_UP_SHARE, WARM_UP_SECONDS) if samples else 0
    points = [(sample.seconds / 60, sample.rss) for sample in samples if sample.seconds >= begin]
    if not points or (points[-1][0] - points[0][0]) * 60 < LEAST_SECONDS:
        return None
    middle_x, middle_y = (sum(values) / len(points) for values in zip(*points))
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / sum((x - middle_x) ** 2 for x, _ in points)


class LogReader:
    """Reads a program's log as it grows, and keeps what must not be in it."""

    def __init__(self, program, forbidden):
        self.file = open(program.log.name, "rb")
        self.forbidden = [word.encode() for word in forbidden]
        self.rest = b""
        self.findings = []
        self.lines = 0

    def read(self):
        data = self.rest + self.file.read()
        *lines, self.rest = data.split(b"\n")
        for line in lines:
            self.lines += 1
            if b'"level":"error"' in line.replace(b" ", b"") or b'"level":"critical"' in line.replace(b" ", b"") or b"Fatal error" in line:
                self.findings.append("an error in the log: " + line.decode("utf-8", "replace")[:300])
            elif any(word in line for word in self.forbidden):
                self.findings.append("a secret in the log: " + line.decode("utf-8", "replace")[:300])
