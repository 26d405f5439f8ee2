"""A local mailbox that speaks the part of IMAP4rev1 (RFC 3501) that is used, over TLS
with a certificate made for the test."""

import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FETCH = re.compile(rb"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)")
STORE = re.compile(rb"UID STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)")


class ImapServer(ThreadingTCPServer):
    """`messages` by UID; `seen` and `broken` are UIDs, `secret` what PLAIN must say."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.messages: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.broken: dict[int, bytes] = {}
        self.hangs_up_at = 0
        self.secret = b"AGFtaW5hQHguZnIAbW90IGRlIHBhc3NlIDog6Q=="
        self.said: list[bytes] = []

    @property
    def port(self) -> int:
        return self.server_address[1]

    def get_request(self):
        connection, address = super().get_request()
        connection.settimeout(10)
        return self.context.wrap_socket(connection, server_side=True), address

    def handle_error(self, *_: object) -> None:
        """Quiet: a client that refuses the certificate is what some tests want."""


class Session(StreamRequestHandler):
    server: ImapServer
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.say(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready")
        while line := self.rfile.readline():
            tag, _, command = line.strip().partition(b" ")
            self.server.said.append(command)
            if not self.obey(tag, command):
                return

    def obey(self, tag: bytes, command: bytes) -> bool:
        word = command.split()[0].upper()
        if word == b"CAPABILITY":
            self.say(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN")
        elif word == b"AUTHENTICATE":
            self.say(b"+ ")
            if self.rfile.readline().strip() != self.server.secret:
                self.say(tag + b" NO [AUTHENTICATIONFAILED] no")
                return True
        elif word == b"SELECT":
            if b'"INBOX"' not in command:
                self.say(tag + b" NO no such folder")
                return True
            self.say(b"* %d EXISTS" % len(self.server.messages))
        elif command.startswith(b"UID SEARCH UNSEEN"):
            unread = sorted(self.server.messages.keys() - self.server.seen)
            self.say(b"* SEARCH " + b" ".join(b"%d" % one for one in unread))
        elif found := FETCH.match(command):
            return self.fetch(tag, int(found[1]), int(found[2]))
        elif found := STORE.match(command):
            self.server.seen.add(int(found[1]))
        elif word == b"LOGOUT":
            self.say(b"* BYE")
        self.say(tag + b" OK done")
        return word != b"LOGOUT"

    def fetch(self, tag: bytes, uid: int, limit: int) -> bool:
        if uid == self.server.hangs_up_at:
            return False
        if uid in self.server.broken:
            self.say(tag + b" " + self.server.broken[uid] + b" cannot")
            return True
        part = self.server.messages[uid][:limit]
        self.wfile.write(b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (uid, len(part)))
        self.wfile.write(part)
        self.say(b")")
        self.say(tag + b" OK done")
        return True

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


def certificate(folder: Path) -> Path:
    """One file with key and certificate, for 127.0.0.1 and an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "imap.example")])
    now = datetime.now(UTC)
    local = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number()
        )
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(local, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "imap.pem"
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, *form)
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def running(folder: Path) -> Iterator[ImapServer]:
    with ImapServer(certificate(folder)) as server:
        thread = threading.Thread(
            target=server.serve_forever, args=(0.02,), daemon=True
        )
        thread.start()
        yield server
        server.shutdown()
        thread.join()
