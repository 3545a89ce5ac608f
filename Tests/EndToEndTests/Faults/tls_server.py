"""TLS servers of the fault wall: one port per name given, each with the certificate NAME.pem and the key NAME.key of this folder.

Says what it listens on, and how many bytes of a request came through each handshake; answers a request with an ordinary stream."""
import socket
import ssl
import sys
import threading

ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    b'data: {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", '
    b'"choices": [{"index": 0, "delta": {"content": "zebrafish by TLS"}, "finish_reason": null}]}\n\n'
    b'data: {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", '
    b'"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
)


def serve(name, connection, context):
    connection.settimeout(10)
    try:
        with context.wrap_socket(connection, server_side=True) as secured:
            data = secured.recv(65536)
            print(f"{name} received {len(data)} bytes")
            if data:
                secured.sendall(ANSWER)
                secured.unwrap()
    except OSError as error:
        print(f"{name}: {error}")
    finally:
        connection.close()


def listen(name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{name}.pem", f"{name}.key")
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"{name} listens on {listener.getsockname()[1]} ")
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(name, connection, context), daemon=True).start()


threads = [threading.Thread(target=listen, args=(name,)) for name in sys.argv[1:]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
