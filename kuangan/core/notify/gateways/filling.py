"""Filling a template: each placeholder where it stands, written so that no value can become another part of the request."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from kuangan.base import clock
from kuangan.core.notify.gateways.grammar import CallTemplate, ComputedValue

BODY: Final = "body"
"""The body of the request as it is sent, for signatures."""
PAIRS: Final = "pairs"
"""The form as ``name=value`` pairs in the order of their names, joined by &, for signatures."""
REFERENCE: Final = "reference"
"""The gateway's own number for a message, where its delivery is asked for."""
_PLACE: Final = re.compile(r"\{([a-z_]+)\}")
_NO_HEADER: Final = re.compile(r"[\x00-\x1f\x7f]")
Find = Callable[[str], Any]


def names_in(text: str) -> Iterator[str]:
    """The placeholders of a text."""
    return (place.group(1) for place in _PLACE.finditer(text))


class Values:
    """What placeholders stand for: given values, and computed ones, each computed once for a request."""

    def __init__(self, given: Mapping[str, Any], computed: tuple[ComputedValue, ...] = ()) -> None:
        self._given = dict(given)
        self._computed = {value.name: value for value in computed}

    def __call__(self, name: str) -> Any:
        """The value of a placeholder. KeyError for one that is not there yet."""
        if name not in self._given:
            self._given[name] = _compute(self._computed[name], self)
        return self._given[name]

    def set(self, name: str, value: Any) -> None:
        """Give a value that became known."""
        self._given[name] = value

    def without_computed(self) -> "Values":
        """The same values, with nothing computed yet, for the next request."""
        fresh = {name: value for name, value in self._given.items() if name not in (*self._computed, BODY, PAIRS)}
        return Values(fresh, tuple(self._computed.values()))


def filled(template: Any, find: Find, write: Callable[[Any], str] = str) -> Any:
    """A text, list or mapping with its placeholders filled; a text that is one placeholder alone keeps the value's type."""
    if isinstance(template, str):
        whole = _PLACE.fullmatch(template)
        if whole and write is str:
            return find(whole.group(1))
        return _PLACE.sub(lambda place: write(find(place.group(1))), template)
    if isinstance(template, Mapping):
        return {key: filled(value, find) for key, value in template.items()}
    return [filled(value, find) for value in template] if isinstance(template, list) else template


def filled_url(template: str, find: Find) -> str:
    """An address: its first placeholder is where the gateway is and stays as it is, all others are quoted."""
    whole = _PLACE.match(template)
    start = str(find(whole.group(1))) if whole else ""
    rest = template[whole.end() :] if whole else template
    return start + str(filled(rest, find, lambda value: quote(str(value), safe="")) if rest else "")


def filled_headers(call: CallTemplate, find: Find) -> dict[str, str]:
    """The headers; a control character in a value would begin another one, so it is left out."""
    return {name: _NO_HEADER.sub("", str(filled(value, find, str))) for name, value in call.headers.items()}


def filled_body(call: CallTemplate, values: Values) -> tuple[bytes, str]:
    """The body with its type; what signatures need of it becomes known to ``values``."""
    if call.form is not None:
        written = {name: _as_text(filled(value, values)) for name, value in call.form.items()}
        values.set(PAIRS, "&".join(f"{name}={written[name]}" for name in sorted(written)))
        body, kind = urlencode(written), "application/x-www-form-urlencoded"
    elif call.json is not None:
        body, kind = json.dumps(filled(call.json, values), ensure_ascii=False), "application/json; charset=utf-8"
    else:
        body, kind = str(filled(call.text or "", values)), "text/plain; charset=utf-8"
    values.set(BODY, body)
    return body.encode(), kind


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _compute(value: ComputedValue, find: Find) -> str:
    if value.how == "moment":
        now = clock.wall_now()
        forms = {
            "seconds": lambda: str(int(now.timestamp())),
            "milliseconds": lambda: str(int(now.timestamp() * 1000)),
            "iso": lambda: clock.civil(now).strftime("%Y-%m-%dT%H:%M:%S.000+08:00"),
        }
        return forms[value.form]()
    if value.how == "nonce":
        return f"{int(clock.wall_now().timestamp() * 1000)}{secrets.randbelow(9000) + 1000}"
    text = str(filled(value.text, find)).encode()
    if value.how == "hmac":
        raw = hmac.new(str(filled(value.key, find)).encode(), text, value.form).digest()
    else:
        raw = hashlib.new(value.form, text, usedforsecurity=False).digest()
    return raw.hex() if value.written == "hex" else base64.b64encode(raw).decode()
