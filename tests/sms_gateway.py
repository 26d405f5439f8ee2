"""A local SMS gateway: it notes what it is asked, and answers what a test wants."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Asked(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class SmsGateway(ThreadingHTTPServer):
    """`pieces` follow the headers, one write each, `pause` seconds apart."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 201
        self.headers: dict[str, str] = {"Content-Type": "application/json"}
        self.pieces: list[bytes] = [b'{"messageId": 1}']
        self.pause = 0.0
        self.hangs = self.garbles = False
        self.released = threading.Event()
        self.asked: list[Asked] = []
        self.written = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v3/send"

    def answer(self, status: int, *pieces: bytes, **headers: str) -> None:
        self.status, self.pieces, self.headers = status, list(pieces), headers


class Handler(BaseHTTPRequestHandler):
    server: SmsGateway

    def answer(self) -> None:
        gateway = self.server
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        gateway.asked.append(Asked(self.command, self.path, headers, body))
        if gateway.hangs:
            gateway.released.wait(20)
            return
        if gateway.garbles:
            self.wfile.write(b"\x00\xff not HTTP at all\r\n")
            return
        self.send_response(gateway.status)
        for name, value in gateway.headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.write_slowly()

    do_GET = do_POST = do_PUT = answer

    def write_slowly(self) -> None:
        for piece in self.server.pieces:
            try:
                self.wfile.write(piece)
            except OSError:  # the other side has read enough
                return
            self.server.written += len(piece)
            if self.server.pause:
                self.server.released.wait(self.server.pause)

    def log_message(self, *_: Any) -> None:
        """Quiet: pytest shows what failed."""


@contextmanager
def running() -> Iterator[SmsGateway]:
    server = SmsGateway()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
