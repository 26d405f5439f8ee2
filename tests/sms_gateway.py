"""A local SMS gateway: it notes what it is asked, and answers what a test wants."""

from contextlib import AbstractContextManager
from typing import NamedTuple

from tests.local_server import LocalServer, QuietHandler, serving


class Asked(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class SmsGateway(LocalServer):
    """`pieces` follow the headers, one write each, `pause` seconds apart."""

    def __init__(self) -> None:
        super().__init__(Handler, 201)
        self.pieces: list[bytes] = [b'{"messageId": 1}']
        self.pause = 0.0
        self.garbles = False
        self.asked: list[Asked] = []
        self.written = 0

    @property
    def url(self) -> str:
        return f"http://{self.domain}/v3/send"

    def answer(self, status: int, *pieces: bytes, **headers: str) -> None:
        self.status, self.pieces, self.headers = status, list(pieces), headers


class Handler(QuietHandler):
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
        self.send_head()
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


def running() -> AbstractContextManager[SmsGateway]:
    return serving(SmsGateway())
