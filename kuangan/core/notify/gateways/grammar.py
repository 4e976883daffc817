"""The grammar of a gateway: its settings, its request as a template, how its answer is read. One file says all of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kuangan.law.field import Field


@dataclass(frozen=True)
class CallTemplate:
    """One request over HTTP. Of ``json``, ``form`` and ``text`` at most one is given; texts hold {placeholders}."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, Any] | None = None
    text: str | None = None

    @property
    def texts(self) -> Iterator[str]:
        """Every text that may hold placeholders."""
        yield self.url
        yield from self.headers.values()
        yield from _texts([self.json, self.form, self.text])


@dataclass(frozen=True)
class AnswerReading:
    """How an answer is read, each value at a path like ``result.0.code``.

    Without ``code`` every 2xx answer is an acceptance. ``again``: codes that may pass by themselves; ``ended``: the token is no longer
    valid; ``empty``: a list of those who were not taken, which must be empty; ``words``: what the gateway says.
    """

    code: str = ""
    accepted: tuple[Any, ...] = ()
    words: str = ""
    reference: str = ""
    again: tuple[Any, ...] = ()
    ended: tuple[Any, ...] = ()
    empty: str = ""


@dataclass(frozen=True)
class PriorStep:
    """A request that must come before: a token, the user id to a phone number. ``take``: the path of what it gives.

    ``seconds``: the path of how long that holds, or how long it is kept. ``each``: it is asked for each receiver.
    """

    name: str
    call: CallTemplate
    answer: AnswerReading
    take: str
    seconds: str | int
    each: bool = False


@dataclass(frozen=True)
class ComputedValue:
    """A value that is computed: ``moment`` (seconds, milliseconds, iso), ``nonce``, ``hmac`` or ``digest`` of a text."""

    name: str
    how: str
    form: str
    key: str = ""
    text: str = ""
    written: str = "hex"


@dataclass(frozen=True)
class ReceiptReading:
    """How one asks whether a message arrived, by its reference: a ``state`` at a path, or lists of which one is no longer empty."""

    call: CallTemplate
    answer: AnswerReading
    state: str
    delivered: tuple[Any, ...]
    refused: tuple[Any, ...]
    delivered_in: tuple[str, ...]
    refused_in: tuple[str, ...]
    after_s: int


@dataclass(frozen=True)
class ClosingReading:
    """How an entry that was made is closed outside, by its reference, once the work here is done."""

    call: CallTemplate
    answer: AnswerReading


@dataclass(frozen=True)
class GatewayKind:
    """One file of the grammar. ``per_minute``: how many messages the other side takes; 0 for no limit. ``mail``: SMTP instead of HTTP."""

    id: str
    label: str
    help: str
    channels: tuple[str, ...]
    fields: tuple[Field, ...]
    defaults: Mapping[str, Any]
    per_minute: int
    call: CallTemplate | None
    answer: AnswerReading
    steps: tuple[PriorStep, ...] = ()
    computed: tuple[ComputedValue, ...] = ()
    receipt: ReceiptReading | None = None
    closing: ClosingReading | None = None

    @property
    def mail(self) -> bool:
        return self.call is None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the fields that are kept outside the database."""
        return tuple(declared.name for declared in self.fields if declared.sealed)


MOMENTS: Final = ("seconds", "milliseconds", "iso")
HMACS: Final = ("sha1", "sha256")
DIGESTS: Final = ("md5", "sha1", "sha256")
WRITTEN: Final = ("hex", "base64")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
