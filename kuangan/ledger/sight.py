"""What a person may name in a form of one unit, and what the things named are called."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kuangan.core.models import Attachment, Unit, User
from kuangan.core.values.kinds import OF_THE_MINE
from kuangan.law.field import Field
from kuangan.ledger.models import Entry
from kuangan.ledger.references import References, entry_text, files, person_text, point_key
from kuangan.mine.models import Point


@dataclass(frozen=True)
class FormSight:
    """What one person may name in a form of one unit; ``kept``: attachments that an earlier version named."""

    refs: References
    actor: User | None = None
    kept: Collection[int] = ()

    def taken(self, field: Field, given: Any, around: Mapping[str, Any]) -> Any:
        """The stored form of a reference. Raises :class:`Wrong`."""
        refs = self.refs
        if field.kind in OF_THE_MINE:
            mine = refs.mine_around(around)
            return refs.face(given, mine) if field.kind == "face" else refs.point(given, mine)
        if field.kind == "files":
            return files(given, self.actor, self.kept)
        if field.kind == "person":
            return refs.person(field, given, self.actor, refs.mine_around(around))
        if field.kind == "entry":
            return refs.entry(field, given)
        if field.over:
            return refs.unit_over(field, given, refs.mine_around(around)).code
        return refs.mine(given).code if field.kind == "mine" else refs.unit(given, field.of).code

    def offered(self, field: Field) -> Sequence[tuple[str, str]]:
        """What may be chosen, as (what is given, what is read)."""
        offer = _OFFERS.get(field.kind)
        return offer(self.refs, field) if offer else ()


def _people(refs: References, field: Field) -> list[tuple[str, str]]:
    people = refs.people(field.of).values()
    return [(person_text(tenure), f"{tenure.post.unit.name} {tenure.post.title}") for tenure in people]


_OFFERS: Final[Mapping[str, Callable[[References, Field], list[tuple[str, str]]]]] = {
    "mine": lambda refs, field: [(code, mine.name) for code, mine in refs.mines.items()],
    "unit": lambda refs, field: [(unit.code, unit.name) for unit in refs.offered_units(field)],
    "face": lambda refs, field: refs.face_choices(),
    "point": lambda refs, field: refs.points(),
    "person": _people,
    "entry": lambda refs, field: [(str(entry.serial), entry_text(entry)) for entry in refs.entries(field.of[0])],
}


def names_of(wanted: Iterable[tuple[str, Any]]) -> dict[tuple[str, Any], str]:
    """What references are called, by kind and key; one query a kind. Of entries only number and day, which tell nothing."""
    keys: dict[str, set[Any]] = defaultdict(set)
    for kind, key in wanted:
        keys["unit" if kind == "mine" else kind].add(key)
    names: dict[tuple[str, Any], str] = {}
    if keys["unit"]:
        for code, name in Unit.objects.filter(code__in=keys["unit"]).values_list("code", "name"):
            names["unit", code] = names["mine", code] = name
    if keys["point"]:
        codes = {str(key).partition("/")[2] for key in keys["point"]}
        for point in Point.objects.filter(native_code__in=codes).select_related("mine"):
            names["point", point_key(point)] = str(point)
    if keys["entry"]:
        entries = Entry.objects.filter(serial__in=keys["entry"], superseded_at=None)
        names |= {("entry", entry.serial): f"第{entry.serial}号 {entry.on.isoformat()}" for entry in entries}
    if keys["files"]:
        rows_of = Attachment.objects.filter(pk__in=keys["files"]).values_list("pk", "name")
        names |= {("files", key): name for key, name in rows_of}
    return names
