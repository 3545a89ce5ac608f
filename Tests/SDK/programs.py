"""The programs under test: started on free ports, found by the address they print, ended by their ids."""
import json
import os
import re
import subprocess
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
START_SECONDS = 20
STOP_SECONDS = 20
CONDITION_SECONDS = 10

# What a developer's shell may set and the programs or the SDK would read.
FOREIGN_SETTING = re.compile(r"UPSTREAM_|PROXY_|OPENAI_|HOST$|PORT$|MOCK_|LOG_|(HTTPS?|ALL)_PROXY$", re.IGNORECASE)


class Program:
    """A running program and its log."""

    def __init__(self, build, name, arguments=(), **environment):
        self.name = name
        self.log = tempfile.NamedTemporaryFile("w+b", prefix=name + "-", suffix=".log")
        inherited = {key: value for key, value in os.environ.items() if not FOREIGN_SETTING.match(key)}
        self.process = subprocess.Popen(
            [os.path.join(build, name), *arguments], cwd=ROOT, env=dict(inherited, **environment), stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log)
        try:
            self.url = wait_until(self._address, START_SECONDS, name + " did not say where it listens")
        except BaseException:
            self.end()
            raise

    def text(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def _address(self):
        if self.process.poll() is not None:
            raise AssertionError("%s ended at its start with %d:\n%s" % (self.name, self.process.returncode, self.text()))
        found = re.search(r"http://127\.0\.0\.1:\d+", self.text())
        return found and found[0]

    def end(self):
        """Ends the program and returns its exit code; one that does not stop is killed."""
        self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


class Mock(Program):
    """The mock upstream with its control endpoints, playing the scenarios as fast as they are read."""

    def __init__(self, build, *more):
        self.folder = tempfile.TemporaryDirectory()
        arguments = [*more, "--port", "0", "--quiet", "--tokens-per-second", "0", "--jitter", "0", "--fixtures", hurried(self.folder.name)]
        super().__init__(build, "mock-upstream", arguments)

    def end(self):
        self.folder.cleanup()
        return super().end()

    def state(self):
        return self._call("/mock/state")

    def last_request(self):
        """The body of the last request that reached the mock."""
        return self._call("/mock/requests?last=1")[-1]["body"]

    def reset(self):
        self._call("/mock/reset", b"")

    def be_strict(self, is_strict):
        self._call("/mock/strict", json.dumps(is_strict).encode())

    def _call(self, path, body=None):
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data=body), timeout=5) as answer:
            text = answer.read()
        return json.loads(text) if text.strip() else None


def hurried(folder):
    """A copy of the scenarios without the pause before the first token, in `folder`, with the recordings beside it."""
    fixtures = os.path.join(ROOT, "Fixtures")
    copies = os.path.join(folder, "scenarios")
    os.mkdir(copies)
    os.symlink(os.path.join(fixtures, "recordings"), os.path.join(folder, "recordings"))
    for name in os.listdir(os.path.join(fixtures, "scenarios")):
        if name.endswith(".json"):
            with open(os.path.join(fixtures, "scenarios", name), encoding="utf-8") as file:
                scenario = json.load(file)
            scenario.setdefault("pacing", {})["first_token_delay_ms"] = 0
            with open(os.path.join(copies, name), "w", encoding="utf-8") as file:
                json.dump(scenario, file)
    return copies


class Scenario:
    """What a scenario file says: the texts a test compares with."""

    def __init__(self, name):
        with open(os.path.join(ROOT, "Fixtures", "scenarios", name + ".json"), encoding="utf-8") as file:
            self.values = json.load(file)
        self.name = name

    @property
    def answer(self):
        return joined(self.values["answer"])

    @property
    def reasoning(self):
        return joined(self.values.get("reasoning", ""))


def recorded_answer(name):
    """The answer in a recording whose reasoning stands in fields and parts of its own."""
    pieces = []
    with open(os.path.join(ROOT, "Fixtures", "recordings", name + ".jsonl"), encoding="utf-8") as file:
        for line in filter(str.strip, file):
            for choice in json.loads(line).get("choices") or []:
                content = choice.get("delta", {}).get("content") or ""
                parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
                pieces += [part["text"] for part in parts if part["type"] == "text"]
    return "".join(pieces)


def joined(text):
    return text if isinstance(text, str) else "\n".join(text)


def wait_until(condition, seconds=CONDITION_SECONDS, message="the condition did not come true"):
    """Asks again until the answer is truthy, and returns it."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(message)
        time.sleep(0.02)
