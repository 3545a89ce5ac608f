"""The processes of a benchmark run: the upstream, nginx and the proxy, each on a free port of 127.0.0.1, each ended by its id."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "SDK"))
from programs import FOREIGN_SETTING  # noqa: E402

START_SECONDS = 20
STOP_SECONDS = 20
# Long enough for many readings of a scenario, short enough to see its middle.
MEMORY_SECONDS = 0.1
# The kernel's name for the processor time of a whole process, ended threads included (CPUCLOCK_SCHED).
WHOLE_PROCESS_CLOCK = 2


class BenchError(Exception):
    """What keeps the benchmark from running, with what to do about it."""


def cpu_seconds(pid):
    """Processor time of a process since its start, all threads, in nanosecond steps."""
    return time.clock_gettime((~pid << 3) | WHOLE_PROCESS_CLOCK)


def resident_bytes(pid):
    with open("/proc/%d/statm" % pid, encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A program that listens: its output goes to a file, its address is what it prints or what it was told."""

    def __init__(self, name, command, port=None, environment=None):
        self.name = name
        self.log = tempfile.NamedTemporaryFile("w+b", prefix="bench-%s-" % name, suffix=".log")
        inherited = {key: value for key, value in os.environ.items() if not FOREIGN_SETTING.match(key)}
        self.process = subprocess.Popen(command, env=dict(inherited, **environment or {}), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            self.port = self._wait_for_port(port)
        except BaseException:
            self.end()
            raise

    def text(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def _wait_for_port(self, port):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            found = port or re.search(r"http://127\.0\.0\.1:(\d+)", self.text())
            number = port or (found and int(found[1]))
            if number and _accepts(number):
                return number
            time.sleep(0.01)
        raise BenchError("%s did not start; it said:\n%s" % (self.name, self.text()[-2000:]))

    def pids(self):
        return [self.process.pid]

    def cpu(self):
        return sum(cpu_seconds(pid) for pid in self.pids())

    def resident(self):
        return sum(resident_bytes(pid) for pid in self.pids())

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def _accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Upstream(Server):
    """The benchmark's own upstream (native/upstream.c)."""

    def __init__(self, programs):
        super().__init__("upstream", [os.path.join(programs, "upstream"), "0"])

    def counts(self):
        """Connections it has accepted, this question's among them, and streams it was asked for."""
        with urllib.request.urlopen("http://127.0.0.1:%d/counts" % self.port, timeout=10) as answer:
            return json.load(answer)

class MockUpstream(Server):
    """The project's mock as upstream, playing the benchmark's streams as scenarios. Its answers hold no times."""

    def __init__(self, folder, native, models):
        self.folder = tempfile.TemporaryDirectory(prefix="bench-scenarios-")
        for model in models:
            made = subprocess.run([os.path.join(native, "upstream"), "--scenario", model], capture_output=True, timeout=START_SECONDS)
            if made.returncode:
                raise BenchError("the mock cannot play %s: its chunks cannot hold the time of their write" % model)
            with open(os.path.join(self.folder.name, model + ".json"), "wb") as file:
                file.write(made.stdout)
        super().__init__("mock", [os.path.join(folder, "mock-upstream"), "--port", "0", "--quiet", "--fixtures", self.folder.name])

    def counts(self):
        return None

    def end(self):
        super().end()
        self.folder.cleanup()


NGINX_CONFIGURATION = """
{user}
daemon off;
worker_processes {workers};
pid {folder}/pid;
error_log stderr warn;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    keepalive_requests 100000000;
    upstream behind {{ server 127.0.0.1:{upstream}; keepalive 2048; keepalive_requests 100000000; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://behind;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            proxy_read_timeout 300s;
        }}
    }}
}}
"""


class Nginx(Server):
    """nginx as a plain streaming reverse proxy, with a configuration of its own in a temporary folder."""

    def __init__(self, upstream_port, workers):
        self.folder = tempfile.TemporaryDirectory(prefix="bench-nginx-")
        port = free_port()
        path = os.path.join(self.folder.name, "nginx.conf")
        with open(path, "w", encoding="ascii") as file:
            user = "user root;" if os.geteuid() == 0 else ""
            file.write(NGINX_CONFIGURATION.format(user=user, workers=workers, folder=self.folder.name, upstream=upstream_port, port=port))
        super().__init__("nginx", [find_nginx(), "-p", self.folder.name, "-c", path], port=port)

    def pids(self):
        return [self.process.pid, *children(self.process.pid)]

    def end(self):
        super().end()
        self.folder.cleanup()


def find_nginx():
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise BenchError("nginx is not installed: sudo apt-get install nginx-light; or leave it out: --systems direct,events,off")
    return found


class Proxy(Server):
    """The proxy, as released, in front of the upstream. Neither it nor nginx writes an access log."""

    def __init__(self, folder, upstream_port, threads, environment=None):
        command = [os.path.join(folder, "proxy"), "--port", "0", "--upstream-url", "http://127.0.0.1:%d" % upstream_port,
                   "--server-threads", str(threads), "--logging-access-log", "off", "--limits-concurrent-streams", "10000"]
        super().__init__("proxy", command, environment=environment)


class MemoryWatch:
    """The largest resident memory of a server while it is watched."""

    def __init__(self, server):
        self.server, self.most, self.stopped = server, 0, threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self):
        while not self.stopped.wait(MEMORY_SECONDS):
            self.most = max(self.most, self.server.resident())

    def end(self):
        self.stopped.set()
        self.thread.join()
        return max(self.most, self.server.resident())
