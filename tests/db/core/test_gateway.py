"""The HTTP gateway against a real listener on this machine."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from kuangan.core.models import Channel, Delivery
from kuangan.core.notify.channel import adapter_for
from kuangan.core.notify.http_gateway import HttpGateway
from kuangan.core.notify.outcome import Failed, Sent

TOKEN = "shared-token"


class Gateway(ThreadingHTTPServer):
    status = 200
    answer = b'{"reference": "R-1"}'

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.seen: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/send"


class Listener(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", self.server.url + "/elsewhere")
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


MESSAGE = Delivery(pk=41, channel="sms", address="13900000003", receiver="调度丙", text="请签收")


def test_a_message_arrives_signed_and_with_a_key_against_doubling(gateway):
    assert HttpGateway(gateway.url, TOKEN, 2).send(MESSAGE) == Sent("R-1")
    [(headers, body)] = gateway.seen
    assert json.loads(body) == {"id": 41, "channel": "sms", "to": "13900000003", "receiver": "调度丙", "text": "请签收"}
    signed = hmac.new(TOKEN.encode(), headers["X-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (headers["X-Signature"], headers["Idempotency-Key"]) == (signed, "kuangan-41")


@pytest.mark.parametrize(
    ("status", "final"), [(500, False), (503, False), (429, False), (408, False), (400, True), (403, True), (302, True)]
)
def test_refusals_are_final_and_troubles_are_tried_again(gateway, status, final):
    gateway.status = status
    outcome = HttpGateway(gateway.url, TOKEN, 2).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert (outcome.final, str(status) in outcome.error, len(gateway.seen)) == (final, True, 1)


@pytest.mark.parametrize("answer", [b"", b"OK", b"[1]", b"\xff"])
def test_an_answer_in_another_form_still_counts_as_accepted(gateway, answer):
    gateway.answer = answer
    assert HttpGateway(gateway.url, TOKEN, 2).send(MESSAGE) == Sent("")


def test_a_gateway_that_is_not_there_is_tried_again():
    with Gateway() as closed:
        url = closed.url
    outcome = HttpGateway(url, TOKEN, 0.5).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert not outcome.final
    assert TOKEN not in outcome.error


def test_the_gateway_of_the_settings_carries_sms_but_not_the_screen(gateway, settings):
    settings.KUANGAN_GATEWAY_URL, settings.KUANGAN_GATEWAY_TOKEN = gateway.url, TOKEN
    assert isinstance(adapter_for(Channel.sms), HttpGateway)
    assert adapter_for(Channel.screen).send(MESSAGE) == Sent()
    assert gateway.seen == []


def test_another_scheme_is_an_error():
    with pytest.raises(ValueError, match="https"):
        HttpGateway("file:///etc/passwd", TOKEN, 1)
