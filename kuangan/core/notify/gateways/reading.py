"""Reading one file of the grammar; whatever is wrong is said with file and line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kuangan.core.models.channel import Channel
from kuangan.core.notify.gateways.filling import BODY, PAIRS, REFERENCE, names_in
from kuangan.core.notify.gateways.grammar import (
    DIGESTS,
    HMACS,
    MOMENTS,
    WRITTEN,
    AnswerReading,
    CallTemplate,
    ClosingReading,
    ComputedValue,
    GatewayKind,
    PriorStep,
    ReceiptReading,
)
from kuangan.core.notify.gateways.message import PARTS
from kuangan.law.field import read_fields
from kuangan.law.source import YamlTable, read_table

METHODS: Final = ("GET", "POST", "PUT")
_KEYS: Final = ("id", "label", "help", "channels", "fields", "defaults", "per_minute", "mail", "request", "answer")
_MORE: Final = ("steps", "computed", "receipt", "closing")


def read_kind(path: Path) -> GatewayKind:
    """The gateway that a file describes. Raises :class:`~kuangan.law.source.CorpusError`."""
    table = read_table(path).only(*_KEYS, *_MORE)
    channels = table.texts("channels")
    if not channels or not set(channels) <= set(Channel):
        raise table.error(f"channels: {list(channels)}; write some of {', '.join(Channel)}", "channels")
    kind = GatewayKind(
        id=table.text("id"),
        label=table.text("label"),
        help=table.text("help", ""),
        channels=channels,
        fields=read_fields(table.tables("fields")),
        defaults=dict(table.table("defaults")) if "defaults" in table else {},
        per_minute=int(table.get("per_minute", 0)),
        call=None if table.flag("mail", default=False) else _call(table.table("request")),
        answer=_answer(table),
        steps=tuple(_step(step) for step in table.tables("steps")),
        computed=tuple(_computed(value) for value in table.tables("computed")),
        receipt=_receipt(table.table("receipt")) if "receipt" in table else None,
        closing=_closing(table.table("closing")) if "closing" in table else None,
    )
    if (Channel.todo in channels) != (kind.closing is not None):
        raise table.error(
            "a gateway of the channel todo says how its entries are closed, and no other does", "channels"
        )
    if kind.id != path.stem:
        raise table.error(f"id {kind.id!r} differs from the file's name", "id")
    _check_names(kind, table)
    return kind


def _call(table: YamlTable) -> CallTemplate:
    table.only("method", "url", "headers", "json", "form", "text")
    method = table.text("method", "POST")
    if method not in METHODS:
        raise table.error(f"method {method!r}; write one of {', '.join(METHODS)}", "method")
    if sum(body in table for body in ("json", "form", "text")) > 1:
        raise table.error("write one of json, form and text")
    return CallTemplate(
        method=method,
        url=table.text("url"),
        headers={name: str(value) for name, value in table.table("headers").items()} if "headers" in table else {},
        json=table.get("json"),
        form=dict(table.table("form")) if "form" in table else None,
        text=table.text("text") if "text" in table else None,
    )


def _answer(table: YamlTable) -> AnswerReading:
    if "answer" not in table:
        return AnswerReading()
    answer = table.table("answer").only("code", "accepted", "words", "reference", "again", "ended", "empty")
    if ("code" in answer) != ("accepted" in answer):
        raise answer.error("code and accepted belong together")
    return AnswerReading(
        code=answer.text("code", ""),
        accepted=tuple(answer.get("accepted", ())),
        words=answer.text("words", ""),
        reference=answer.text("reference", ""),
        again=tuple(answer.get("again", ())),
        ended=tuple(answer.get("ended", ())),
        empty=answer.text("empty", ""),
    )


def _step(table: YamlTable) -> PriorStep:
    table.only("name", "request", "answer", "take", "seconds", "each")
    return PriorStep(
        name=table.text("name"),
        call=_call(table.table("request")),
        answer=_answer(table),
        take=table.text("take"),
        seconds=table.get("seconds", 0),
        each=table.flag("each", default=False),
    )


_COMPUTED: Final[dict[str, tuple[str, ...]]] = {
    "moment": MOMENTS,
    "nonce": ("digits",),
    "hmac": HMACS,
    "digest": DIGESTS,
}


def _computed(table: YamlTable) -> ComputedValue:
    table.only("name", *_COMPUTED, "key", "text", "written")
    named = [how for how in _COMPUTED if how in table]
    if len(named) != 1 or table[named[0]] not in _COMPUTED[named[0]]:
        offered = "; ".join(f"{how}: {' or '.join(forms)}" for how, forms in _COMPUTED.items())
        raise table.error(f"a computed value is one of {offered}")
    written = table.text("written", "hex")
    if written not in WRITTEN:
        raise table.error(f"written {written!r}; write one of {', '.join(WRITTEN)}", "written")
    return ComputedValue(
        name=table.text("name"),
        how=named[0],
        form=table[named[0]],
        key=table.text("key", ""),
        text=table.text("text", ""),
        written=written,
    )


def _receipt(table: YamlTable) -> ReceiptReading:
    table.only("request", "answer", "state", "delivered", "refused", "delivered_in", "refused_in", "after_s")
    return ReceiptReading(
        call=_call(table.table("request")),
        answer=_answer(table),
        state=table.text("state", ""),
        delivered=tuple(table.get("delivered", ())),
        refused=tuple(table.get("refused", ())),
        delivered_in=table.texts("delivered_in"),
        refused_in=table.texts("refused_in"),
        after_s=int(table.get("after_s", 30)),
    )


def _closing(table: YamlTable) -> ClosingReading:
    table.only("request", "answer")
    return ClosingReading(_call(table.table("request")), _answer(table))


def _check_names(kind: GatewayKind, table: YamlTable) -> None:
    """Every placeholder is known where it stands, and no name has two meanings."""
    own = [declared.name for declared in kind.fields]
    own += [value.name for value in kind.computed] + [step.name for step in kind.steps]
    doubled = sorted({name for name in own if own.count(name) > 1 or name in PARTS | {BODY, PAIRS, REFERENCE}})
    if doubled:
        raise table.error(f"names with two meanings: {', '.join(doubled)}")
    calls = [*([kind.call] if kind.call else []), *(step.call for step in kind.steps)]
    texts = [text for call in calls for text in call.texts]
    texts += [text for value in kind.computed for text in (value.key, value.text)]
    receipts = [text for later in (kind.receipt, kind.closing) if later for text in later.call.texts]
    known = {*own, *PARTS, BODY, PAIRS}
    _known(table, texts, known.__contains__)
    _known(table, receipts, {*known, REFERENCE}.__contains__)


def _known(table: YamlTable, texts: list[str], is_known: Callable[[str], Any]) -> None:
    unknown = sorted({name for text in texts for name in names_in(text) if not is_known(name)})
    if unknown:
        raise table.error(f"unknown placeholders: {', '.join(unknown)}")
