#!/usr/bin/env python3
"""Measures how long the first frame takes through the proxy, against the same request straight to the mock upstream.

The clock runs from the request's last byte to the last byte of the first complete event of the body. Connections are kept and used
again, requests to the two servers take turns, and the first ones do not count. Printed are the median, the 99th percentile and the
maximum in milliseconds; nothing is judged, because other machines have other times.

usage: first_frame.py BUILD_FOLDER
"""
import json
import os
import socket
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "SDK"))
from programs import Mock, Program  # noqa: E402

REQUESTS = 200
WARM_UP = 20
# The slow head is measured on several connections at once, so that the waiting does not add up.
SLOW_CONNECTIONS = 10
SLOW_HEAD_MILLISECONDS = 600
COMMIT_DELAY_MILLISECONDS = 300
SOCKET_SECONDS = 10
TOTAL_SECONDS = 120


class Connection:
    """One kept connection that sends the same request again and again."""

    def __init__(self, url, model):
        address = urllib.parse.urlsplit(url)
        self.address = (address.hostname, address.port)
        body = json.dumps({"model": model, "stream": True, "messages": [{"role": "user", "content": "Is 91 a prime number?"}]}).encode()
        head = "POST /v1/chat/completions HTTP/1.1\r\nhost: %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        self.request = (head % (address.netloc, len(body))).encode() + body
        self.socket = None

    def measure(self):
        """Seconds to the first frame and to the end of the answer."""
        if self.socket is None:
            self.socket = socket.create_connection(self.address, SOCKET_SECONDS)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(self.request)
        begin = time.perf_counter()
        received, first = b"", None
        while not received.endswith(b"\r\n0\r\n\r\n"):
            piece = self.socket.recv(65536)
            if not piece:
                raise SystemExit("bench: a server closed the connection: %r" % received[-200:])
            received += piece
            if first is None and has_frame(received):
                first = time.perf_counter() - begin
        if not received.startswith(b"HTTP/1.1 200 ") or b"data: [DONE]" not in received:
            raise SystemExit("bench: an answer is not a whole stream: %r" % received[:200])
        return first, time.perf_counter() - begin

    def close(self):
        if self.socket is not None:
            self.socket.close()


def has_frame(received):
    """Whether the body holds a whole event: the blank line behind it, after the head."""
    head_end = received.find(b"\r\n\r\n")
    return head_end >= 0 and b"\n\n" in received[head_end + 4:]


def measure_in_turns(urls, model):
    """For each server, the times of all requests."""
    connections = [Connection(url, model) for url in urls]
    times = [[] for _ in urls]
    for number in range(WARM_UP + REQUESTS):
        for connection, kept in zip(connections, times):
            measured = connection.measure()
            if number >= WARM_UP:
                kept.append(measured)
    for connection in connections:
        connection.close()
    return times


def measure_at_once(url, model):
    """The times of all requests, several of them under way at any moment."""
    times, failures = [], []

    def work():
        connection = Connection(url, model)
        try:
            connection.measure()
            for _ in range(REQUESTS // SLOW_CONNECTIONS):
                times.append(connection.measure())
        except BaseException as failure:  # told by the main thread
            failures.append(failure)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, daemon=True) for _ in range(SLOW_CONNECTIONS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(TOTAL_SECONDS)
    if failures or len(times) != REQUESTS // SLOW_CONNECTIONS * SLOW_CONNECTIONS:
        raise SystemExit("bench: not every request was answered: %s" % failures[:1])
    return times


def figures(seconds):
    ordered = sorted(seconds)
    return [1000 * ordered[round(share * (len(ordered) - 1))] for share in (0.5, 0.99, 1)]


def row(name, values, ending=""):
    print("  %-34s %9.2f %9.2f %9.2f  %s" % (name, *values, ending))


def compare(title, alone, proxied, ending=""):
    print(title)
    alone, proxied = figures(alone), figures(proxied)
    row("upstream alone", alone)
    row("through the proxy", proxied, ending)
    row("difference", [two - one for one, two in zip(alone, proxied)], "x %.2f at the median" % (proxied[0] / alone[0]))


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__.rsplit("\n", 2)[-2])
    build = os.path.abspath(sys.argv[1])
    mock = Mock(build)
    try:
        proxy = Program(build, "proxy", ["--port", "0"], UPSTREAM_URL=mock.url)
        try:
            alone, proxied = measure_in_turns([mock.url, proxy.url], "fast")
            slow = "fast!slow-head=%d" % SLOW_HEAD_MILLISECONDS
            slow_alone, slow_proxied = measure_at_once(mock.url, slow), measure_at_once(proxy.url, slow)
        finally:
            proxy.end()
    finally:
        mock.end()
    print("%d requests each, milliseconds %25s %9s %9s" % (REQUESTS, "p50", "p99", "max"))
    compare("first frame, head at once", [first for first, _ in alone], [first for first, _ in proxied])
    compare("whole answer, head at once", [whole for _, whole in alone], [whole for _, whole in proxied])
    compare(
        "first frame, head after %d ms" % SLOW_HEAD_MILLISECONDS, [first for first, _ in slow_alone], [first for first, _ in slow_proxied],
        "commit delay %d" % COMMIT_DELAY_MILLISECONDS)


main()
