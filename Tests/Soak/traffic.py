"""What clients do: each kind of exchange with the outcome it must have. A worker's row of exchanges follows from the seed alone."""
import asyncio
import json
import random

import verdict
from client import Broken, Connection, REPLY_SECONDS, request
from verdict import Wrong, expect_status
from world import BODY_LIMIT, MOVING_FAULTS, PROGRESS_SECONDS, PROMPT_CANARY

STYLES = ["events", "inline", "reasoning", "think", "off"]
# In the middle of the answer, when nothing can be moved any more.
CUTTING_FAULTS = {
    "reset": ["upstream_reset"], "close": ["upstream_truncated"], "end": ["upstream_truncated"], "cut-chunk": ["upstream_truncated"],
    "bad-chunk-size": ["upstream_protocol"], "error-event": ["upstream_error"], "garbage-event": ["upstream_protocol"],
    "truncated-json": ["upstream_truncated", "upstream_protocol"], "stall": ["upstream_idle_timeout"],
    "oversize-event=2000000;in": ["upstream_event_too_large"], "endless-line": ["upstream_event_too_large"],
}
# Before the head, at the only upstream: the statuses and codes for the client.
REFUSING_FAULTS = {
    "status=400": ([400], None), "status=404": ([404], None), "status=422": ([422], None), "status=500": ([502], "upstream_error"),
    "status=503": ([503], "upstream_error"), "status=429": ([429], "upstream_rate_limited"), "redirect": ([502], "upstream_redirect"),
    "html": ([502], "upstream_not_sse"), "garbage-head": ([502], "upstream_protocol"), "header-flood": ([502], "upstream_protocol"),
    "close-before-head": ([502], "upstream_reset"), "reset-before-head": ([502], "upstream_reset"), "gzip": ([502], "upstream_encoding"),
    "no-content": ([502], "upstream_empty"), "empty": ([502], "upstream_empty"),
}
# Odd, but whole.
HARMLESS_FAULTS = ["pause;milliseconds=400;in=answer", "pause;milliseconds=400;in=reasoning", "slow-head=700", "interim=3", "http-1.0", "open-after-done", "duplicate-done",
                   "data-after-done"]


class Worker:
    """One client: its own random numbers, a kept connection, and the counts it shares with the others."""

    def __init__(self, number, seed, world, counts):
        self.random = random.Random("%s/%d" % (seed, number))
        self.world = world
        self.counts = counts
        self.kept = None
        self.doing = ""
        self.is_stopped = False

    async def run(self, until):
        loop = asyncio.get_running_loop()
        while loop.time() < until and not self.is_stopped:
            name = self.random.choices(KINDS, WEIGHTS)[0]
            self.doing = ""
            try:
                outcome = await asyncio.wait_for(getattr(self, name)(), REPLY_SECONDS)
                self.counts.note(name, outcome or "as expected")
            except Wrong as wrong:
                self.drop()
                self.counts.fail(name, wrong.kind, "%s: %s" % (self.doing, wrong))
            except asyncio.TimeoutError:
                self.drop()
                self.counts.fail(name, "hanging", "%s: nothing within %d s" % (self.doing, REPLY_SECONDS))
            except (Broken, OSError, ValueError, KeyError) as error:
                self.drop()
                # Not thousands of times a second if nobody listens any more.
                await asyncio.sleep(0.1)
                self.counts.fail(name, "broken connection" if isinstance(error, (Broken, OSError)) else "malformed answer", "%s: %r" % (self.doing, error))
        self.drop()

    # Connections.

    def drop(self):
        if self.kept:
            self.kept.close()
            self.kept = None

    async def exchange(self, data):
        """A request on the kept connection, if it is still there."""
        if self.kept is None or self.random.random() < 0.2:
            self.drop()
            self.kept = await Connection(self.world.address).open()
        await self.kept.send(data)
        reply = await self.kept.reply()
        if not reply.keeps_alive:
            self.drop()
        return reply

    # Requests.

    def script(self, *kinds, in_the_middle=False):
        scripts = self.world.scripts[self.random.choice(kinds)]
        return self.random.choice([script for script in scripts if script.has_middles or not in_the_middle])

    def chat(self, model, style, streams, **fields):
        """The bytes of a chat request, with a prompt whose words no log may hold."""
        prompt = "Is %s a prime number? Answer at once." % PROMPT_CANARY
        body = {"model": model, "messages": [{"role": "user", "content": prompt}], **fields}
        if streams is not None:
            body["stream"] = streams
        self.doing = "%s, style %s, stream %s" % (model, style, streams)
        way = self.random.randrange(3)
        path, headers = "/v1/chat/completions", []
        if way == 0:
            path = "/%s%s" % (style, path)
        elif way == 1:
            headers.append("x-phases: " + style)
        else:
            body["phases"] = style
        return request("POST", path, json.dumps(body, ensure_ascii=self.random.random() < 0.5).encode(), headers)

    # Kinds of exchanges. Each returns an outcome, or nothing for the usual one.

    async def answer(self):
        script, style = self.script("short", "short", "short", "long"), self.random.choice(STYLES)
        verdict.expect_answer(await self.exchange(self.chat(script.name, style, True)), script, style)

    async def completion(self):
        script, style = self.script("short", "long"), self.random.choice(STYLES)
        streams = self.random.choice([False, None])
        verdict.expect_completion(await self.exchange(self.chat(script.name, style, streams)), script, style)

    async def tool_calls(self):
        streams = self.random.random() < 0.5
        verdict.expect_tools(await self.exchange(self.chat("soak-tools", self.random.choice(STYLES), streams)), streams)

    async def choices(self):
        streams, style = self.random.random() < 0.5, self.random.choice(["events", "inline", "reasoning", "think"])
        verdict.expect_choices(await self.exchange(self.chat("soak-choices", style, streams, n=2)), style, streams)

    async def moved(self):
        """The first upstream fails in the reasoning or before: the client must not notice."""
        route = self.random.choice(list(MOVING_FAULTS) + ["refused"])
        script = self.script("short", "short", "long", in_the_middle=True)
        style = self.random.choice([s for s in STYLES if s != "off"])
        streams = self.random.random() < 0.8 or route in ("stall", "mute")
        reply = await self.exchange(self.chat("%s/%s" % (route, script.name), style, streams))
        (verdict.expect_answer if streams else verdict.expect_completion)(reply, script, style)
        return "moved from " + route

    async def cut(self):
        fault = self.random.choice(list(CUTTING_FAULTS))
        # Of an event that is garbage style `off` says nothing: it passes as it is.
        styles = [style for style in STYLES if style != "off" or fault != "garbage-event"]
        script, style = self.script("short", "long", in_the_middle=True), self.random.choice(styles)
        streams = self.random.random() < 0.8 or fault in ("stall", "oversize-event=2000000;in", "endless-line")
        where = "=answer" if fault.endswith(";in") else "-in=answer"
        reply = await self.exchange(self.chat("%s!%s%s" % (script.name, fault, where), style, streams))
        if streams:
            verdict.expect_cut(reply, script, style, CUTTING_FAULTS[fault])
        elif reply.status == 200:
            raise Wrong(verdict.SILENT, "a whole answer although it was cut: %r" % reply.body[-200:])
        else:
            expect_status(reply, 502, 504)
        return "told: " + fault.split("=")[0]

    async def refused(self):
        fault = self.random.choice(list(REFUSING_FAULTS))
        script, style = self.script("short"), self.random.choice(STYLES)
        streams = self.random.random() < 0.7 or fault in ("empty", "no-content", "gzip", "header-flood")
        reply = await self.exchange(self.chat("%s!%s" % (script.name, fault), style, streams))
        statuses, code = REFUSING_FAULTS[fault]
        if code is None:
            expect_status(reply, *statuses)
        else:
            verdict.expect_refusal(reply, statuses, [code], style)
        return "told: " + fault

    async def limited(self):
        reply = await self.exchange(self.chat("limited", "events", self.random.random() < 0.5))
        verdict.expect_refusal(reply, [429], ["upstream_rate_limited"], "events")
        if reply.status == 429 and not reply.headers.get("retry-after", "").isdigit():
            raise Wrong(verdict.STATUS, "429 without Retry-After: %r" % reply.headers)

    async def odd(self):
        fault = self.random.choice(HARMLESS_FAULTS)
        script, style = self.script("short"), self.random.choice([s for s in STYLES if s != "off"])
        verdict.expect_answer(await self.exchange(self.chat("%s!%s" % (script.name, fault), style, True)), script, style)
        return "whole: " + fault.split("=")[0]

    async def leaves(self):
        """Goes away in any phase, by FIN or by RST, streaming or not."""
        connection = await Connection(self.world.address).open()
        streams, resets = self.random.random() < 0.7, self.random.random() < 0.5
        phase = self.random.choice(["at once", "request", "first frame", "reasoning", "answer"]) if streams else "request"
        data = self.chat(self.script("slow").name, "events", streams)
        try:
            await connection.send(data if phase != "at once" else data[:self.random.randrange(1, len(data))])
            if phase == "request":
                await asyncio.sleep(self.random.uniform(0, 0.5))
            elif phase != "at once":
                mark = {"first frame": b"prompt_summary", "reasoning": b"[Reasoning Summary]", "answer": b'"phase": "final_output"}'}
                await connection.until(mark[phase])
        finally:
            connection.close(reset=resets)
        return "left: %s, %s" % (phase, "RST" if resets else "FIN")

    async def reads_slowly(self):
        """Every byte, late."""
        connection = await Connection(self.world.address, receive_buffer=65536).open()
        try:
            script, style = self.script("long"), self.random.choice(STYLES)
            connection.pause, connection.piece = self.random.uniform(0.001, 0.01), 4096
            await connection.send(self.chat(script.name, style, True))
            verdict.expect_answer(await connection.reply(), script, style)
        finally:
            connection.close()

    async def reads_much(self):
        """Some hundred KiB of answer, with a rest in the middle that makes the proxy pause the upstream."""
        connection = await Connection(self.world.address, receive_buffer=65536).open()
        try:
            script, style = self.script("huge"), self.random.choice(STYLES)
            await connection.send(self.chat(script.name, style, True))
            begun = await connection.until(b'"delta"')
            connection.bytes[:0] = begun
            await asyncio.sleep(self.random.uniform(0, PROGRESS_SECONDS / 2))
            verdict.expect_answer(await connection.reply(), script, style)
        finally:
            connection.close()

    async def reads_nothing(self):
        """A client that stops reading is dropped, and its upstream with it; what it gets is visibly no whole stream."""
        connection = await Connection(self.world.address, receive_buffer=8192).open()
        try:
            await connection.send(self.chat("soak-endless", "events", True))
            await connection.until(b'"delta"')
            await asyncio.sleep(PROGRESS_SECONDS * 2 + 1)
            while await connection.more():
                del connection.bytes[:-100]
            raise_if_done(connection.bytes)
        except ConnectionResetError:
            pass
        finally:
            connection.close()
        return "dropped"

    async def bad_request(self):
        name, data, statuses = self.random.choice(bad_requests(self))
        connection = await Connection(self.world.address).open()
        try:
            await connection.send(data)
            reply = await connection.reply()
            expect_status(reply, *statuses)
        except (ConnectionResetError, BrokenPipeError):
            # Refused while it was still sending: the answer may be lost with the connection.
            if name != "too large":
                raise
        finally:
            connection.close()
        return "refused: " + name

    async def drips(self):
        """A request that never ends is cut at its deadline."""
        connection = await Connection(self.world.address).open()
        try:
            await connection.send(b"POST /v1/chat/completions HTTP/1.1\r\nhost: proxy\r\n")
            if self.random.random() < 0.5:
                await connection.send(b"content-type: application/json\r\ncontent-length: 1000\r\n\r\n{")
            expect_status(await connection.reply(), 408)
        finally:
            connection.close()

    async def scrape(self):
        path = self.random.choice(["/health", "/metrics", "/v1/models", "/livez", "/readyz"])
        expect_status(await self.exchange(request("GET", path)), 200)


def raise_if_done(tail):
    if b"[DONE]" in tail:
        raise Wrong(verdict.SILENT, "an endless answer ended: %r" % tail)


def bad_requests(worker):
    chat = b"/v1/chat/completions"
    post = b"POST " + chat + b" HTTP/1.1\r\nhost: proxy\r\ncontent-type: application/json\r\n"
    return [
        ("no JSON", request("POST", chat.decode(), b"{]"), [400]), ("no messages", request("POST", chat.decode(), b'{"model": "soak-x"}'), [400]),
        ("too deep", request("POST", chat.decode(), b"[" * 100_000), [400]), ("wrong path", request("GET", "/v2/chat"), [404]),
        ("wrong method", request("DELETE", chat.decode()), [405]), ("wrong type", request("POST", chat.decode(), b"a=b", content_type="text/html"), [415]),
        ("unknown style", request("POST", "/v1/chat/completions?phases=nothing", b'{"model":"soak-x","messages":[{"role":"user","content":"a"}]}'), [400]),
        ("too large", request("POST", chat.decode(), b" " * (BODY_LIMIT + 1)), [413]),
        ("too large, chunked", post + b"transfer-encoding: chunked\r\n\r\n" + b"%x\r\n" % (BODY_LIMIT + 1) + b" " * (BODY_LIMIT + 1), [413]),
        ("ambiguous", post + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", [400]),
        ("garbage", bytes(worker.random.randrange(128, 256) for _ in range(40)) + b"\r\n\r\n", [400]),
        ("handshake", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40, [400]),
        ("many fields", b"GET /health HTTP/1.1\r\nhost: a\r\n" + b"a: b\r\n" * 300 + b"\r\n", [431]),
        ("unknown model", request("POST", chat.decode(), b'{"model":"nobody","messages":[{"role":"user","content":"a"}]}'), [404]),
    ]


# How often each kind comes.
MIX = {
    "answer": 30, "completion": 10, "tool_calls": 5, "choices": 5, "moved": 14, "cut": 10, "refused": 6, "limited": 2, "odd": 5, "leaves": 12,
    "reads_slowly": 2, "reads_much": 1, "reads_nothing": 0.3, "bad_request": 6, "drips": 0.5, "scrape": 6,
}
KINDS, WEIGHTS = list(MIX), list(MIX.values())
