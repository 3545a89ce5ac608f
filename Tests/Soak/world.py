"""The programs: a good mock, one that breaks on every port in its own way, and the proxy between them and the clients."""
import json
import os
import re
import socket
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "SDK"))
from programs import Program  # noqa: E402

import scenarios  # noqa: E402

# Upstreams that fail every request of theirs in the reasoning or before it; the good one takes over, unseen.
MOVING_FAULTS = {
    "stall": "stall-in=reasoning", "reset": "reset-in=reasoning", "close": "close-in=reasoning", "end": "end-in=reasoning",
    "cut": "cut-chunk-in=reasoning", "garbage": "garbage-event-in=reasoning", "half": "truncated-json-in=reasoning",
    "error": "error-event-in=reasoning", "oversize": "oversize-event=2000000;in=reasoning", "unavailable": "status=503", "page": "html",
    "mute": "no-answer", "gone": "close-before-head", "packed": "gzip",
}
# What must never be seen outside: the upstream's key, and a word of the prompts.
KEY = "sk-soak-canary-2b7e151628aed2a6"
PROMPT_CANARY = "zebracanary"
BODY_LIMIT = 256 * 1024
GAP_SECONDS = 5
PROGRESS_SECONDS = 4


class World:
    """All programs of one soak; `end` ends them."""

    def __init__(self, build, random):
        self.folder = tempfile.TemporaryDirectory(prefix="soak-")
        self.programs = []
        self.scripts = scenarios.make(random)
        scenarios.write(self.scripts, list(MOVING_FAULTS) + ["refused"], self.folder.name)
        scenarios.write_special(self.folder.name)
        try:
            self.good = self._mock(build, ["0"])
            self.faulty = self._mock(build, ["0=!" + fault for fault in MOVING_FAULTS.values()])
            self.limited = self._mock(build, ["0=!status=429;retry_after=1"])
            self.proxy = self._add(Program(build, "proxy", ["--config", self._configuration()], SOAK_KEY=KEY))
        except BaseException:
            self.end()
            raise
        self.address = ("127.0.0.1", int(self.proxy.url.rsplit(":", 1)[1]))

    def _add(self, program):
        self.programs.append(program)
        return program

    def _mock(self, build, ports):
        arguments = [word for port in ports for word in ("--port", port)]
        mock = self._add(Program(build, "mock-upstream", ["--quiet", "--fixtures", self.folder.name, *arguments]))
        mock.urls = re.findall(r"listening on (http://\S+)", mock.text())
        # The address of the first port appears before those of the others.
        while len(mock.urls) < len(ports):
            if mock.process.poll() is not None:
                raise AssertionError("a mock ended at its start:\n" + mock.text())
            mock.urls = re.findall(r"listening on (http://\S+)", mock.text())
        return mock

    def _configuration(self):
        everywhere = ["soak-*", "refused/*"] + [route + "/*" for route in MOVING_FAULTS]
        upstreams = [upstream("good", self.good.urls[0], everywhere, 1), upstream("limited", self.limited.urls[0], ["limited"], 0)]
        for route, url in zip(MOVING_FAULTS, self.faulty.urls):
            upstreams.append(upstream(route, url, [route + "/*"], 0))
        upstreams.append(upstream("refused", "http://127.0.0.1:%d" % free_port(), ["refused/*"], 0))
        settings = {
            "server": {"port": 0, "threads": 2},
            "upstreams": upstreams,
            "summaries": {"interval": "300ms"},
            # Often enough that breakers open and probe all the time, but never the good upstream's.
            "breaker": {"failures": 30, "share": "100%", "minimum_calls": 100000, "open_time": "500ms", "max_open_time": "2s"},
            "retries": {"share": "100%", "per_second": 1000},
            "limits": {"body_bytes": BODY_LIMIT, "event_bytes": 1 << 20, "line_bytes": 1 << 20, "queue_bytes": 64 << 10},
            "client_timeouts": {"head": "2s", "body": "2s", "progress": "%ds" % PROGRESS_SECONDS},
            "logging": {"format": "json"},
        }
        path = os.path.join(self.folder.name, "proxy.yaml")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(settings, file)  # JSON is YAML
        return path

    @property
    def mocks(self):
        return [self.good, self.faulty, self.limited]

    def end(self):
        for program in reversed(self.programs):
            program.end()
        self.folder.cleanup()


def upstream(name, url, models, priority):
    return {
        "name": name, "url": url, "models": models, "priority": priority, "api_key": "env:SOAK_KEY",
        "timeouts": {
            "head": "%ds" % GAP_SECONDS, "first_event": "10s", "gap_reasoning": "%ds" % GAP_SECONDS, "gap_answer": "%ds" % GAP_SECONDS,
            "total": "60s",
        },
    }


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
