"""HTTP/1.1 over a plain socket, strict about framing, because a lenient client would not notice a truncated body."""
import asyncio
import json
import socket
import struct

REPLY_SECONDS = 60


class Broken(Exception):
    """What came is not a whole HTTP response."""


class Connection:
    """One connection to the proxy; may serve several requests."""

    def __init__(self, address, receive_buffer=None):
        self.address = address
        self.receive_buffer = receive_buffer
        self.socket = None
        self.bytes = bytearray()
        self.pause = 0
        self.piece = 65536

    async def open(self):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if self.receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        await asyncio.get_running_loop().sock_connect(self.socket, self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    async def send(self, data):
        await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def more(self):
        """Waits for more bytes; false at the end."""
        if self.pause:
            await asyncio.sleep(self.pause)
        piece = await asyncio.get_running_loop().sock_recv(self.socket, self.piece)
        self.bytes += piece
        return bool(piece)

    def cut(self, count):
        """Takes the first `count` bytes that are there."""
        taken = bytes(self.bytes[:count])
        del self.bytes[:count]
        return taken

    async def until(self, mark):
        """Takes the bytes up to and with `mark`."""
        start = 0
        while (end := self.bytes.find(mark, start)) < 0:
            start = max(0, len(self.bytes) - len(mark) + 1)
            if not await self.more():
                raise Broken("the connection ended before %r" % mark)
        return self.cut(end + len(mark))

    async def take(self, count):
        while len(self.bytes) < count:
            if not await self.more():
                raise Broken("the body ended after %d of %d bytes" % (len(self.bytes), count))
        return self.cut(count)

    async def reply(self):
        """One whole response; interim ones are skipped."""
        while True:
            head = (await self.until(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            reply = Reply(head)
            if reply.status >= 200:
                break
        if "chunked" in reply.headers.get("transfer-encoding", ""):
            pieces = []
            while size := int((await self.until(b"\r\n"))[:-2], 16):
                pieces.append((await self.take(size + 2))[:-2])
            await self.until(b"\r\n")
            reply.body = b"".join(pieces)
        elif "content-length" in reply.headers:
            reply.body = await self.take(int(reply.headers["content-length"]))
        else:
            while await self.more():
                pass
            reply.body = self.cut(len(self.bytes))
        return reply

    def close(self, reset=False):
        if self.socket is None:
            return
        if reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
        self.socket = None


class Reply:
    """A response whose head has been read."""

    def __init__(self, head):
        self.status = int(head[0].split(" ")[1])
        self.headers = {}
        for line in head[1:]:
            if line:
                name, value = line.split(":", 1)
                self.headers[name.strip().lower()] = value.strip()
        self.body = b""

    @property
    def keeps_alive(self):
        return self.headers.get("connection", "").lower() != "close"

    def json(self):
        return json.loads(self.body)

    @property
    def error_code(self):
        try:
            return self.json()["error"]["code"]
        except (ValueError, KeyError, TypeError):
            return None


def request(method, path, body=None, headers=(), content_type="application/json"):
    """The bytes of a request with a declared length."""
    lines = ["%s %s HTTP/1.1" % (method, path), "host: proxy", *headers]
    if body is not None:
        lines += ["content-type: " + content_type, "content-length: %d" % len(body)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (body or b"")


class Stream:
    """An event stream, read strictly: every event is a whole one, every payload is JSON or the end."""

    def __init__(self, body, style):
        self.style = style
        self.errors, self.finishes, self.tool_calls = [], {}, {}
        self.contents, self.answers = {}, {}
        self.is_done = False
        self.faults = []
        # In style `off` an upstream's half event may stand before the error.
        self.broken_payloads = 0
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            self.faults.append("the stream is not UTF-8")
            return
        if style == "off":
            # The upstream's own bytes: any line end, a byte order mark, empty data.
            text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        elif text and not text.endswith("\n\n"):
            self.faults.append("the last event is not closed")
        for event in text.split("\n\n"):
            data = [line[5:].removeprefix(" ") for line in event.split("\n") if line.startswith("data:")]
            if data:
                self._read("\n".join(data))

    def _read(self, payload):
        if self.style == "off" and payload in ("", ": keepalive"):
            return None
        if self.is_done:
            return self.faults.append("something follows [DONE]")
        if payload == "[DONE]":
            self.is_done = True
            return None
        try:
            chunk = json.loads(payload)
        except ValueError:
            self.broken_payloads += 1
            if self.style != "off":
                self.faults.append("a payload is not JSON: %r" % payload[:100])
            return None
        if chunk.get("error") is not None:
            return self.errors.append(chunk["error"])
        for choice in chunk.get("choices", []):
            self._take(choice, chunk.get("phase"))
        return None

    def _take(self, choice, phase):
        index, delta = choice["index"], choice.get("delta") or {}
        if choice.get("finish_reason"):
            self.finishes[index] = choice["finish_reason"]
        content = delta.get("content") or ""
        if not isinstance(content, str):
            content = "".join(part.get("text", "") for part in content if part.get("type") == "text")
        self.contents[index] = self.contents.get(index, "") + content
        # Only index 0 carries summaries: the other choices' text is answer, whatever phase it is tagged with.
        if self.style in ("off", "reasoning") or phase == "final_output" or index > 0:
            self.answers[index] = self.answers.get(index, "") + content
        for call in delta.get("tool_calls") or []:
            known = self.tool_calls.setdefault((index, call["index"]), {"id": "", "name": "", "arguments": ""})
            known["id"] += call.get("id") or ""
            known["name"] += (call.get("function") or {}).get("name") or ""
            known["arguments"] += (call.get("function") or {}).get("arguments") or ""

    def answer(self, index=0):
        """The answer's text, by what the style promises."""
        if self.style == "think" and index == 0:
            return behind_thoughts(self.contents.get(index, ""))
        return self.answers.get(index, "")


def behind_thoughts(content):
    """What follows the think tags and their blank line; nothing while they are open."""
    return content.partition("</think>")[2].removeprefix("\n\n")
