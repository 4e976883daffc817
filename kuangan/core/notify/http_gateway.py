"""SMS and phone through a gateway over HTTP.

POST, JSON body `{"id", "channel", "to", "receiver", "text"}`, with the headers
`Idempotency-Key: kuangan-<id>`, `X-Timestamp: <unix seconds>` and
`X-Signature: <hex HMAC-SHA256 of "<timestamp>.<body>" with the shared token>`.
Any 2xx answer means accepted; `{"reference": "…"}` in it is kept as the gateway's receipt.
"""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from typing import IO

from kuangan.base import clock
from kuangan.base.text import clean_line
from kuangan.core.models import Delivery
from kuangan.core.notify.outcome import Failed, Sent

ANSWER_BYTES = 65536
RETRIED_STATUS = frozenset({408, 425, 429})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A gateway that redirects would get the signed message at an address nobody set."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


@dataclass(frozen=True)
class HttpGateway:
    """One gateway; `timeout_s` bounds connecting and each wait for an answer. ValueError for an address that is not http(s)."""

    url: str
    token: str = field(repr=False)
    timeout_s: float

    def __post_init__(self) -> None:
        if not self.url.startswith(("https://", "http://")):
            raise ValueError("KUANGAN_GATEWAY_URL must start with https:// or http://")

    def send(self, delivery: Delivery) -> Sent | Failed:
        """Hand the message over; errors of the network, 5xx and 429 are tried again, other answers are final."""
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(self._request(delivery), timeout=self.timeout_s) as answer:
                return Sent(reference=_reference(answer.read(ANSWER_BYTES)))
        except urllib.error.HTTPError as refused:
            final = refused.code < 500 and refused.code not in RETRIED_STATUS
            return Failed(f"短信电话网关拒绝（HTTP {refused.code}），请联系网关服务方核对。", final=final)
        except (OSError, HTTPException) as broken:
            return Failed(f"短信电话网关不通（{type(broken).__name__}），请检查网络与KUANGAN_GATEWAY_URL。")

    def _request(self, delivery: Delivery) -> urllib.request.Request:
        content = {
            "id": delivery.pk,
            "channel": delivery.channel,
            "to": delivery.address,
            "receiver": delivery.receiver,
            "text": delivery.text,
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        stamp = str(int(clock.wall_now().timestamp()))
        signature = hmac.new(self.token.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return urllib.request.Request(  # noqa: S310 - the scheme is checked when the gateway is made
            self.url,
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "Idempotency-Key": f"kuangan-{delivery.pk}",
                "X-Timestamp": stamp,
                "X-Signature": signature,
            },
        )


def _reference(answer: bytes) -> str:
    """The gateway's receipt, empty when it gives none in the agreed form."""
    try:
        told = json.loads(answer)
    except ValueError:
        return ""
    reference = told.get("reference", "") if isinstance(told, dict) else ""
    return clean_line(str(reference))[:100]
