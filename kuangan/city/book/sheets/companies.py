"""上级公司: the companies that own mines."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from kuangan.city.book.grammar import Applying, BookNames, BookSheet, Key, NamedUnit, Values, one_by_one
from kuangan.core import actions
from kuangan.core.models import Unit, UnitKind
from kuangan.law.field import Field


def _held(_on: date) -> Mapping[Key, Values]:
    companies = Unit.objects.filter(kind=UnitKind.company)
    return {(unit.name,): {"name": unit.name, "phone": unit.phone} for unit in companies}


def _settle(names: BookNames, row: dict[str, Any]) -> None:
    companies = names.of_kind(UnitKind.company)
    if all(company.name != row["name"] for company in companies):
        names.add(NamedUnit(f"company-{len(companies) + 1}", row["name"], UnitKind.company))


def _write(applying: Applying, before: Values | None, row: Values) -> None:
    if before is not None:
        unit = Unit.objects.get(name=row["name"], kind=UnitKind.company)
        actions.set_unit_phone(actor=applying.actor, unit=unit, phone=row.get("phone", ""), at=applying.at)
        return
    taken = set(Unit.objects.filter(code__startswith="company-").values_list("code", flat=True))
    company = actions.create_unit(
        actor=applying.actor,
        kind=UnitKind.company,
        code=next(code for code in (f"company-{number}" for number in range(1, 10_000)) if code not in taken),
        name=row["name"],
        parent=Unit.objects.get(kind=UnitKind.city),
        phone=row.get("phone", ""),
        at=applying.at,
    )
    actions.add_standard_posts(actor=applying.actor, unit=company, at=applying.at)


SHEET: Final = BookSheet(
    title="上级公司",
    help="煤矿的上级公司（主体企业），一行一家；没有上级公司的煤矿不填。",
    fields=(Field("name", "公司名称"), Field("phone", "值班电话", "phone", required=False)),
    key=("name",),
    samples=({"name": "示例煤业集团有限公司", "phone": "0355-0000002"},),
    held=_held,
    settle=_settle,
    write=one_by_one(_write),
    makes=("name",),
    aliases={"name": ("主体企业", "集团公司", "名称"), "phone": ("电话", "联系电话")},
)
