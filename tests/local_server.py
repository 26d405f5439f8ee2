"""What the local servers of the tests share: a free port, a thread, silence."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar


class LocalServer(ThreadingHTTPServer):
    """Answers with `status` and `headers`, or holds each request while `hangs`."""

    daemon_threads = True

    def __init__(self, handler: type["QuietHandler"], status: int) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.status = status
        self.headers: dict[str, str] = {"Content-Type": "application/json"}
        self.hangs = False
        self.released = threading.Event()

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class QuietHandler(BaseHTTPRequestHandler):
    server: LocalServer

    def send_head(self) -> None:
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet: pytest shows what failed."""


Server = TypeVar("Server", bound=LocalServer)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
