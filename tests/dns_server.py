"""A local name server over UDP and TCP that answers from a dictionary."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

SERVFAIL, REFUSED, SILENT = "SERVFAIL", "REFUSED", "silent"


class Zone(dict[str, dict[str, list[str]]]):
    """`zone["reseau.example"] = {"TXT": ["v=spf1 -all"]}`. A name without a line does
    not exist; one with an empty line exists without anything. `faults` win."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.port = 0

    def txt(self, name: str, *texts: str) -> None:
        self.setdefault(name, {})["TXT"] = [in_strings(text) for text in texts]

    @property
    def nameserver(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answer(self, wire: bytes, *, most: int) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        fault = self.faults.get(name, "")
        if fault == SILENT:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if fault:
            response.set_rcode(dns.rcode.from_text(fault))
        else:
            self.fill(response, name, kind)
        content = response.to_wire(max_size=65535)
        if len(content) > most:
            response = dns.message.make_response(query)
            response.flags |= dns.flags.TC
            content = response.to_wire()
        return content

    def fill(self, response: dns.message.Message, name: str, kind: str) -> None:
        known = self.get(name)
        while known is not None and (alias := known.get("CNAME")):
            response.answer.append(line(name, "CNAME", alias))
            name = alias[0].rstrip(".")
            known = self.get(name)
        if known is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif known.get(kind):
            response.answer.append(line(name, kind, known[kind]))


def line(name: str, kind: str, values: list[str]) -> dns.rrset.RRset:
    return dns.rrset.from_text(f"{name}.", 60, "IN", kind, *values)


def in_strings(text: str) -> str:
    """Zone file form, in strings of 100 so that every test also joins them."""
    whole = text.encode()
    pieces = [whole[i : i + 100] for i in range(0, len(whole), 100)] or [b""]
    return " ".join(f'"{"".join(map(in_zone_file, piece))}"' for piece in pieces)


def in_zone_file(byte: int) -> str:
    sign = chr(byte)
    return sign if " " <= sign <= "~" and sign not in '"\\' else f"\\{byte:03}"


class Udp(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        wire, sock = self.request
        if content := self.server.zone.answer(wire, most=1232):
            sock.sendto(content, self.client_address)


class Tcp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        size = self.rfile.read(2)
        if len(size) == 2:
            wire = self.rfile.read(struct.unpack("!H", size)[0])
            if content := self.server.zone.answer(wire, most=65535):
                self.wfile.write(struct.pack("!H", len(content)) + content)


@contextmanager
def running() -> Iterator[Zone]:
    zone = Zone()
    with (
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tcp) as tcp,
        socketserver.ThreadingUDPServer(tcp.server_address, Udp) as udp,
    ):
        zone.port = udp.server_address[1]
        threads = []
        for server in (udp, tcp):
            server.daemon_threads, server.zone = True, zone
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            threads.append(thread)
        try:
            yield zone
        finally:
            for server in (udp, tcp):
                server.shutdown()
            for thread in threads:
                thread.join()
