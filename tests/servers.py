"""Real servers on this machine for what goes out: HTTP that answers well, slowly, with nonsense or never, and SMTP over TLS."""

import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


Behaviour = Callable[["Listener", Asked], None]


def answers(content: object, status: int = 200) -> Behaviour:
    """An answer; what is not bytes is written as JSON."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()

    def behave(listener: "Listener", asked: Asked) -> None:
        listener.send_response(status)
        if status == 302:
            listener.send_header("Location", listener.server.url + "/elsewhere")
        listener.send_header("Content-Length", str(len(raw)))
        listener.end_headers()
        listener.wfile.write(raw)

    return behave


def hangs(listener: "Listener", asked: Asked) -> None:
    """No answer until the server ends."""
    listener.server.ended.wait(30)


def drips(listener: "Listener", asked: Asked) -> None:
    """An answer that never ends, a byte at a time, each within every patience."""
    listener.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not listener.server.ended.wait(0.02):
        listener.wfile.write(b"a")
        listener.wfile.flush()


def talks_nonsense(listener: "Listener", asked: Asked) -> None:
    """Bytes that are no HTTP at all."""
    listener.wfile.write(b"\x00\xff\x16 I am no gateway\r\n\r\n")


def hangs_up(listener: "Listener", asked: Asked) -> None:
    """The connection ends without a word."""
    listener.connection.shutdown(socket.SHUT_RDWR)


class Service(ThreadingHTTPServer):
    """A gateway. ``behaves``: what each path does, in turn where several are given; ``seen``: what was asked."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.seen: list[Asked] = []
        self.behaves: dict[str, list[Behaviour]] = {"": [answers({"reference": "R-1"})]}
        self.ended = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *args: object) -> None:
        """Quiet: callers hang up."""


class Listener(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        asked = Asked(self.command, parts.path, query, dict(self.headers), body)
        self.server.seen.append(asked)
        turns = self.server.behaves.get(parts.path, self.server.behaves[""])
        (turns.pop(0) if len(turns) > 1 else turns[0])(self, asked)

    do_GET = do_PUT = do_POST  # noqa: N815  # names of the standard library

    def log_message(self, *args: object) -> None:
        """Quiet."""


@contextmanager
def running(server) -> Iterator:
    """A server that answers until the end."""
    with server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()


class MailServer(ThreadingTCPServer):
    """A mail server: TLS from the first byte, or by STARTTLS; keeps what it was sent."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path, *, at_once: bool) -> None:
        super().__init__(("127.0.0.1", 0), MailTalk)
        self.at_once, self.ended = at_once, Event()
        self.mails: list[tuple[str, str]] = []
        self.log_ins: list[str] = []
        self.refuses: dict[str, str] = {}
        """Answers by the command they refuse."""
        self.offers_tls = True
        self.certificate = certified(folder)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate)

    def handle_error(self, *args: object) -> None:
        """Quiet: callers who do not trust us hang up."""


class MailTalk(StreamRequestHandler):
    server: MailServer

    def setup(self) -> None:
        if self.server.at_once:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")

    def handle(self) -> None:
        if self.server.refuses.get("hang"):
            self.server.ended.wait(30)
            return
        self.say("220 mail.example")
        receiver = ""
        while line := self.rfile.readline():
            words = line.decode().strip()
            command = words.split(" ")[0].split(":")[0].upper()
            if command in self.server.refuses:
                self.say(self.server.refuses[command])
            elif command == "EHLO":
                self.say("250-mail.example")
                self.say("250-AUTH PLAIN" if not self.server.offers_tls or self._secure else "250-STARTTLS")
                self.say("250 8BITMIME")
            elif command == "STARTTLS":
                self.say("220 ready")
                self.request = self.server.context.wrap_socket(self.request, server_side=True)
                super().setup()
            elif command == "AUTH":
                self.server.log_ins.append(words)
                self.say("235 welcome")
            elif command == "DATA":
                self.say("354 go on")
                mail = b""
                while not mail.endswith(b"\r\n.\r\n"):
                    mail += self.rfile.readline()
                self.server.mails.append((receiver, mail.decode()))
                self.say("250 kept")
            elif command == "QUIT":
                self.say("221 bye")
                return
            else:
                receiver = words[8:].strip("<>") if command == "RCPT" else receiver
                self.say("250 ok")

    @property
    def _secure(self) -> bool:
        return isinstance(self.request, ssl.SSLSocket)


def certified(folder: Path) -> Path:
    """A certificate of 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    path = folder / "mail.pem"
    raw = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + raw)
    return path


def until(is_so: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait for what another thread does."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    return is_so()
