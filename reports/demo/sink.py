"""A mail server for one meetup: it accepts everything and keeps it (RFC 5321)."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Session(socketserver.StreamRequestHandler):
    """One connection; only the verbs that smtplib says without extensions."""

    server: "Sink"

    def handle(self) -> None:
        self.say("220 sink.example")
        for line in self.rfile:
            verb = (
                line.split()[0].upper().decode("ascii", "replace")
                if line.strip()
                else ""
            )
            if verb == "QUIT":
                self.say("221 bye")
                return
            if verb == "DATA":
                self.say("354 go on")
                self.server.letters.append(self.read_message())
            known = verb in ("EHLO", "HELO", "MAIL", "RCPT", "DATA", "RSET", "NOOP")
            self.say("250 ok" if known else "502 unknown verb")

    def read_message(self) -> bytes:
        """Up to the lone dot; a doubled first dot is one (section 4.5.2)."""
        lines = []
        for line in self.rfile:
            if line in (b".\r\n", b".\n"):
                break
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode("ascii"))


class Sink(socketserver.ThreadingTCPServer):
    """`letters` holds the messages in the order in which they came."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.letters: list[bytes] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def running() -> Iterator[Sink]:
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()
