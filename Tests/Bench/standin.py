#!/usr/bin/env python3
"""A relay with one known defect, for the benchmark's self-test. It stands where the proxy would.

usage: standin.py UPSTREAM_PORT DEFECT      none, delay, drop, double, garble, early, burn, grow
"""
import socket
import sys
import threading
import time

DELAY_SECONDS = 0.005
BURN_SECONDS = 0.04
GROWN_BYTES = 64 << 20
# The piece of a stream that suffers.
VICTIM = 20

kept = []


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def damaged(defect, number, piece):
    """The pieces to send in place of one that was received."""
    if defect == "delay":
        time.sleep(DELAY_SECONDS)
    elif number == VICTIM and defect == "burn":
        burn(BURN_SECONDS)
    elif defect == "grow" and not kept:
        kept.append(b"x" * GROWN_BYTES)
    elif number == VICTIM and defect == "drop":
        return b""
    elif number == VICTIM and defect == "double":
        return piece + piece
    elif number == VICTIM and defect == "garble":
        at = piece.index(b"\"content\":\"") + 12
        return piece[:at] + b"?" + piece[at + 1:]
    elif defect == "early" and b"[DONE]" in piece:
        return b"0\r\n\r\n"
    return piece


def serve(client, upstream_port, defect):
    with client, socket.create_connection(("127.0.0.1", upstream_port)) as upstream:
        for end in (client, upstream):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=pump, args=(client, upstream), daemon=True).start()
        number = 0
        while piece := upstream.recv(65536):
            number = 0 if piece.startswith(b"HTTP/1.1") else number + 1
            client.sendall(damaged(defect, number, piece))


def pump(client, upstream):
    try:
        while piece := client.recv(65536):
            upstream.sendall(piece)
        upstream.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def main():
    upstream_port, defect = int(sys.argv[1]), sys.argv[2]
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    print("http://127.0.0.1:%d" % listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, upstream_port, defect), daemon=True).start()


if __name__ == "__main__":
    main()
