"""A proxy before a server that counts the bytes each way, and lets no more through than it may."""

import contextlib
import socket
import socketserver
import threading
import time

CHUNK = 64 << 10


class CountingProxy:
    """Up while the `with` block runs, on the server's own address. `sent` went to the server, `received` came back."""

    def __init__(self, address, port, bytes_per_second):
        self.target = (address, port)
        self.bytes_per_second = bytes_per_second
        self.lock = threading.Lock()
        self.sent = self.received = 0
        self.free_at = 0.0

    def __enter__(self):
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError), socket.create_connection(outer.target, timeout=60) as server:
                    back = threading.Thread(target=outer.pump, args=(server, self.request, "received"), daemon=True)
                    back.start()
                    outer.pump(self.request, server, "sent")
                    back.join()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 64

        self.server = Server((self.target[0], 0), Handler)
        self.url = f"http://{self.target[0]}:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def pump(self, source, target, counter):
        """Whoever breaks takes the other side along."""
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                target.sendall(data)
                self.count(counter, len(data))
        for side in (source, target):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)

    def count(self, counter, size):
        with self.lock:
            setattr(self, counter, getattr(self, counter) + size)
            now = time.monotonic()
            self.free_at = max(self.free_at, now) + size / self.bytes_per_second
            pause = self.free_at - now
        time.sleep(max(0.0, pause))
