"""What the city's register and corpus say before its past is written: faces, properties, holders, what evidence asks for."""

from collections.abc import Iterable
from typing import Any, Final

from kuangan.core.models import Tenure
from kuangan.core.values.kinds import stored
from kuangan.emulate.past import consistent
from kuangan.emulate.past.copying import FILE
from kuangan.law.duty.obligation_file import Evidence, obligations
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.law.role import Role
from kuangan.mine.models import Face, MineAttribute
from kuangan.mine.queries import STANDING

WRITTEN_AS: Final = {"flag": True, "number": 1, "decimal": "1.00", "phone": "000-00000000", "files": FILE}
"""What is put into a field that a duty asks for and the sample leaves empty."""


def satisfy(ledger: Ledger, values: dict[str, Any], evidence: Evidence, holder: str) -> None:
    """Put in what the evidence asks for."""
    for name, wanted in evidence.where.items():
        values[name] = wanted[0] if isinstance(wanted, list | tuple) else wanted
    if evidence.person and holder:
        values[evidence.person] = holder
    for name in evidence.needs:
        if values.get(name) in (None, "", []):
            values[name] = _filled(ledger.field(name), values[ledger.dated])


def measured(ledger: Ledger) -> tuple[Field, ...]:
    """The fields that are stored in another form than they are easily made in."""
    return tuple(field for field in ledger.fields if field.kind in ("decimal", "moment"))


def as_stored(values: dict[str, Any], fields: Iterable[Field]) -> None:
    """Put values of these fields into the form in which they are stored."""
    for field in fields:
        if field.name in values:
            values[field.name] = stored(field, values[field.name])


def _filled(field: Field, on: str) -> Any:
    if field.kind == "date":
        return on[:10]
    if field.kind == "moment":
        return f"{on[:10]}T10:00:00+08:00"
    if field.kind == "choice":
        return field.choices[0][0]
    return WRITTEN_AS.get(field.kind, "已落实")


def holder_fields(ledger: Ledger) -> frozenset[str]:
    """The fields of a ledger by which duties know who did it."""
    asked = (
        evidence
        for obligation in obligations().values()
        for evidence in obligation.evidence
        if evidence.ledger == ledger.id
    )
    return frozenset(evidence.person for evidence in asked if evidence.person)


def faces_by_mine() -> dict[int, list[str]]:
    faces: dict[int, list[str]] = {}
    for mine_id, name in Face.objects.values_list("mine_id", "name"):
        faces.setdefault(mine_id, []).append(name)
    return faces


def attributes_by_mine() -> dict[tuple[int | None, str], str]:
    """The newest properties of each mine, by mine and name."""
    attributes = MineAttribute.objects.filter(STANDING, name__in=consistent.ATTRIBUTES).order_by("valid_from", "pk")
    return {(attribute.mine_id, attribute.name): attribute.value for attribute in attributes}


def holders_by_unit() -> dict[int, tuple[str, ...]]:
    """The commissioners and leaders of each unit by name."""
    holders: dict[int, list[str]] = {}
    tenures = Tenure.objects.filter(post__role__in=(Role.supervision_commissioner, Role.company_officer), to_at=None)
    for unit_id, name in tenures.values_list("post__unit_id", "person__name"):
        holders.setdefault(unit_id, []).append(name)
    return {unit_id: tuple(names) for unit_id, names in holders.items()}
