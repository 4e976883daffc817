"""Columns of a ledger that another than who keeps it writes: the ``confirmations`` block of its file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kuangan.law.field import Field
from kuangan.law.role import Role
from kuangan.law.source import YamlTable, unique

SUPERVISOR: Final = "supervisor"
CITY: Final = "city"
COLLEAGUE: Final = "colleague"
BY: Final[Mapping[str, str]] = {SUPERVISOR: "日常监管部门", CITY: "市局", COLLEAGUE: "本单位另一人"}
"""Who writes a part: who supervises the mine from day to day, the city's office, another person of the keeping unit."""
_STAMPS: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("person",),
    "post": ("text",),
    "organ": ("text",),
    "moment": ("date", "moment"),
}
"""What the platform writes by itself, with the kinds of field that it fits."""
_KEYS: Final = (
    *("id", "title", "by", "kept_by", "roles", "fields", "where", "needs", "about", "apart", "before", "within"),
    *("unasked", "releases", "request", "sample", *_STAMPS),
)


@dataclass(frozen=True)
class Confirming:
    """One part of an entry that somebody else writes.

    It is asked for once the keeper's columns have the values of ``where`` and those of ``needs`` are filled; a part that is
    ``unasked`` waits for nobody and may be written at any time. ``kept_by``: of entries that these kinds of units keep only (of all where
    none is named). ``about``: the keeper's columns that it rests on (all where none is
    named): their correction ends it. ``apart``: columns that name persons who may not write it. ``before``: the column with the
    moment after which it is too late. ``stamps``: columns that the platform fills in, by what: who, his post, his office, when.
    ``within``: the local value of the term. ``releases``: keeper's columns with values that he takes back, and entries that he voids,
    only once it was written. ``request`` and ``requested_in``: the words of the button by which the keeper asks for it, and his columns that
    he fills in for that; an ``unasked`` part with them waits from the version in which he changed them.
    """

    id: str
    title: str
    by: str
    roles: tuple[Role, ...]
    fields: tuple[str, ...]
    where: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    kept_by: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    before: str = ""
    within: str = ""
    unasked: bool = False
    releases: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    request: str = ""
    requested_in: tuple[str, ...] = ()
    stamps: Mapping[str, str] = field(default_factory=dict)
    sample: Mapping[str, Any] = field(default_factory=dict)

    @property
    def official(self) -> bool:
        """Whether an authority over the keeper writes it."""
        return self.by != COLLEAGUE

    @property
    def who(self) -> str:
        """Who writes it, in words."""
        return BY[self.by]

    @property
    def asked(self) -> tuple[str, ...]:
        """The columns that the form asks for."""
        return tuple(name for name in self.fields if name not in self.stamps.values())

    def concerns(self, values: Mapping[str, Any]) -> bool:
        """Whether the entry is one of those to which it belongs."""
        return all(values.get(name, False) in wanted for name, wanted in self.where.items())

    def is_for(self, keeper: str) -> bool:
        """Whether entries that this kind of unit keeps have the part at all."""
        return not self.kept_by or keeper in self.kept_by

    def has_writer(self, keepers: tuple[str, ...]) -> bool:
        """Whether somebody above each keeper writes the part: of a mine its supervisor or the city, of a county's bureau the city."""
        kept = set(self.kept_by or keepers)
        below = {"mine"} if self.by == SUPERVISOR else {"mine", "county_bureau"}
        return kept <= set(keepers) and (not self.official or kept <= below)

    def fits(self, values: Mapping[str, Any]) -> bool:
        """Whether stored values are such that it may be written."""
        return self.concerns(values) and _filled(values, self.needs)

    def is_requested(self, old: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        """Whether the keeper asks, by a correction of ``old``, for a part for which nobody waits otherwise."""
        if not (self.unasked and self.requested_in and self.fits(values) and _filled(values, self.requested_in)):
            return False
        return any(values.get(name) != old.get(name) for name in self.requested_in)


def _filled(values: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return all(values.get(name) not in (None, "", []) for name in names)


def read_confirmations(ledger: YamlTable, fields: tuple[Field, ...]) -> tuple[Confirming, ...]:
    """The block of a ledger, in the order in which its parts are asked for. Raises :class:`~kuangan.law.source.CorpusError`."""
    kinds = {known.name: known.kind for known in fields}
    read = ((part.id, table, part) for table in ledger.tables("confirmations") for part in (_part(table, kinds),))
    return tuple(unique(read, "confirmation").values())


def _part(table: YamlTable, kinds: Mapping[str, str]) -> Confirming:
    table.only(*_KEYS)
    if table.text("by") not in BY:
        raise table.error(f"by: {table['by']!r}; write one of {', '.join(BY)}", "by")
    request = table.table("request").only("button", "fields") if "request" in table else None
    part = Confirming(
        id=table.text("id"),
        title=table.text("title"),
        by=table.text("by"),
        roles=tuple(_role(table, name) for name in table.texts("roles")),
        fields=table.texts("fields"),
        where=_values(table, "where"),
        needs=table.texts("needs"),
        kept_by=table.texts("kept_by"),
        about=table.texts("about"),
        apart=table.texts("apart"),
        before=table.text("before", ""),
        within=table.table("within").only("local").text("local") if "within" in table else "",
        unasked=table.flag("unasked", default=False),
        releases=_values(table, "releases"),
        request=request.text("button") if request else "",
        requested_in=request.texts("fields") if request else (),
        stamps={name: table.text(name) for name in _STAMPS if name in table},
        sample=dict(table.table("sample")) if "sample" in table else {},
    )
    for problem in _faults(part, kinds):
        raise table.error(f"{part.id}: {problem}")
    return part


def _faults(part: Confirming, kinds: Mapping[str, str]) -> list[str]:
    named = {
        *part.fields,
        *part.where,
        *part.releases,
        *part.needs,
        *part.about,
        *part.apart,
        *part.requested_in,
        *part.sample,
        *filter(None, [part.before]),
    }
    wrong = {
        f"the ledger has no field {', '.join(sorted(named - set(kinds)))}": not named <= set(kinds),
        "name who may write it (roles) and what (fields)": not (part.roles and part.fields),
        "neither files nor rows": any(kinds.get(name) in ("files", "rows") for name in part.fields),
        "what the platform fills in is one of its fields, of a kind that fits": any(
            column not in part.fields or kinds.get(column) not in _STAMPS[stamp]
            for stamp, column in part.stamps.items()
        ),
        "before is a field of kind moment": bool(part.before) and kinds.get(part.before) != "moment",
        "apart names fields of kind person": any(kinds.get(name) != "person" for name in part.apart),
        "request names the columns that the keeper fills in, none of its own": bool(part.request)
        and (not part.requested_in or bool(set(part.requested_in) & set(part.fields))),
        "sample gives what the form asks for": not set(part.sample) <= set(part.asked),
    }
    return [text for text, is_wrong in wrong.items() if is_wrong]


def _role(table: YamlTable, name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise table.error(f"roles: no role {name!r}", "roles") from None


def _values(table: YamlTable, key: str) -> dict[str, tuple[Any, ...]]:
    """Columns with the values meant, one or a list."""
    written = table.table(key) if key in table else YamlTable()
    return {name: tuple(value) if isinstance(value, list) else (value,) for name, value in written.items()}
