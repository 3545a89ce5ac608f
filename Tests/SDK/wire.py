"""What stands on the wire: a request sent without any SDK, its answer and the events in it."""
import json
import urllib.error
import urllib.request


class Answer:
    """A whole answer, as it came."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.text = body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def events(self):
        """(name, data) of each event; the grammar is the narrow one that every client reads."""
        found = []
        for event in self.text.split("\n\n"):
            lines = [line for line in event.split("\n") if line and not line.startswith(":")]
            if not lines:
                continue
            assert len(lines) == 2 and lines[0].startswith("event: ") and lines[1].startswith("data: "), event
            found.append((lines[0][len("event: "):], lines[1][len("data: "):]))
        return found


def post(url, body, seconds=20, **headers):
    """Sends `body` as JSON."""
    request = urllib.request.Request(
        url, data=json.dumps(body).encode(), headers={"content-type": "application/json", **headers}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, refusal.headers, refusal.read())
