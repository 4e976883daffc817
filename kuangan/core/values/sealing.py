"""Sealed values of forms: kept as sealed texts, told to the audit trail as a digest, opened for who may read them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from kuangan.base.digest import digest
from kuangan.core.sealed import VERSION, seal, unseal
from kuangan.core.values.kinds import name_of
from kuangan.law.field import Field


def sealed_values(fields: Iterable[Field], values: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The stored values with those of sealed fields sealed for ``place``, the thing that the form is about; nothing stays nothing."""
    closed = {field.name for field in fields if field.sealed}
    return {
        name: seal(sealed_text(value), f"{place}/{name}") if name in closed and value is not None else value
        for name, value in values.items()
    }


def opened(field: Field, value: str, place: str) -> str:
    """What was sealed in a field for ``place``; a text from before the field was sealed as it is.

    Raises :class:`~kuangan.core.sealed.SecretUnreadable`.
    """
    return unseal(value, f"{place}/{field.name}") if is_sealed(value) else str(value)


def is_sealed(value: Any) -> bool:
    """Whether a kept value is a sealed text, not one from before its field was sealed."""
    return isinstance(value, str) and value.startswith(f"{VERSION}.")


def told(fields: Iterable[Field], values: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Kept values under ``key`` as the trail may hold them: of a sealed text its digest, which proves the row and tells nothing.

    ``sealed`` names those, where there are any.
    """
    sealed = sorted(field.name for field in fields if field.sealed and values.get(field.name) is not None)
    return {key: as_told(values, sealed)} | ({"sealed": sealed} if sealed else {})


def as_told(values: Mapping[str, Any], sealed: Collection[str]) -> dict[str, Any]:
    """Kept values with the digests of those that are ``sealed``."""
    return {name: {"digest": digest(value)} if name in sealed else value for name, value in values.items()}


def sealed_text(value: Any) -> str:
    """What of a stored value is sealed: its text, of a person the name."""
    return str(name_of(value)) if isinstance(value, Mapping) else str(value)
