"""The audit chain's arithmetic: what an event's digest covers, and the seal over a range of events. Pure."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kuangan.base.digest import digest


def plain(value: Any) -> Any:
    """`value` as the database will give it back from a JSON column, so that digests agree after reading.

    Moments, dates and Decimals become text, whole floats integers. Raises TypeError or ValueError for what JSON
    in PostgreSQL cannot hold: other types, NaN, infinity, NUL characters.
    """
    if isinstance(value, Mapping):
        return {_plain_text(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return [plain(item) for item in sorted(value)]
    return _plain_scalar(value)


def _plain_scalar(value: object) -> str | float | None:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _plain_text(value)
    if isinstance(value, float):
        return _plain_float(value)
    if isinstance(value, datetime):
        return _plain_moment(value)
    if isinstance(value, date | Decimal):
        return str(value)
    raise TypeError(f"the audit trail cannot hold a {type(value).__name__}: {value!r}; give text or numbers")


def _plain_moment(value: datetime) -> str:
    return (value.astimezone(UTC) if value.tzinfo else value).isoformat()


def _plain_text(value: str) -> str:
    if "\x00" in value:
        raise ValueError("the audit trail cannot hold a NUL character; clean the text first")
    return str(value)


def _plain_float(value: float) -> int | float:
    if not math.isfinite(value):
        raise ValueError(f"the audit trail cannot hold {value}; record the unknown as null")
    return int(value) if value.is_integer() else value


def event_digest(
    *,
    subject: tuple[str, str],
    seq: int,
    actor_id: int | None,
    acting_for_id: int | None,
    action: str,
    data: Any,
    at: datetime,
    prev_digest: str,
    source: str = "",
) -> str:
    """SHA-256, hexadecimal, over every column of an event and the digest of the one before it.

    The source address counts where there is one, so that events of the time before it was kept still fit.
    """
    return digest(
        {
            **({"source": source} if source else {}),
            "subject": list(subject),
            "seq": seq,
            "actor": actor_id,
            "acting_for": acting_for_id,
            "action": action,
            "data": data,
            "at": at.astimezone(UTC).isoformat(),
            "prev": prev_digest,
        }
    )


def manifest_digest(manifest: Mapping[str, Any]) -> str:
    """What the signature of a backup's manifest is over: everything else in it."""
    return digest({name: value for name, value in manifest.items() if name != "signature"})


def seal_digest(heads: Iterable[tuple[str, str, int, str]], *, day: date, last_id: int, prev_digest: str) -> str:
    """SHA-256 over the newest (kind, id, seq, digest) of every chain of a range, and over the seal before."""
    return digest(
        {
            "day": day.isoformat(),
            "last": last_id,
            "prev": prev_digest,
            "heads": sorted([kind, subject_id, seq, event] for kind, subject_id, seq, event in heads),
        }
    )
