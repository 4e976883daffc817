"""The dated attributes of a mine on its pages: what holds, since when, and the decision by which, with a way to it for who may open it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from kuangan.base.numerals import date_text
from kuangan.casework.queries import cases_visible_to
from kuangan.core.models import User
from kuangan.core.subject import parsed
from kuangan.ledger.queries import entries_visible_to, ledgers_of
from kuangan.mine.models import AttributeName, Mine, MineAttribute, RelationChange
from kuangan.mine.queries import attributes_text, dated_attributes, relation_changes
from kuangan.web.frame import shown
from kuangan.web.frame.links import address_of
from kuangan.web.frame.lists import Column
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table


def held(request: Request, attributes: Mapping[str, MineAttribute]) -> list[tuple[str, Any, Any]]:
    """Each attribute, of those that hold on a day, as (label, value, since when and by what), unknown ones too."""
    seen = _openable(request.user, attributes.values())
    return [
        (str(label), _value(attributes.get(name)), _since(attributes.get(name), seen))
        for name, label in AttributeName.choices
    ]


def dated(request: Request, mine: Mine) -> Table:
    """Every value that was ever set, those to come and those withdrawn too."""
    attributes = list(dated_attributes(request.user, mine))
    seen = _openable(request.user, attributes)
    columns = (
        Column("自", lambda attribute: attribute.valid_from, style="nowrap"),
        Column("项目", lambda attribute: attribute.get_name_display()),
        Column("内容", _value),
        Column(
            "依据",
            lambda attribute: shown.joined(_basis(attribute, seen), _withdrawn(attribute), by=" "),
            style="small",
        ),
    )
    return Table(columns, attributes, "没有记录。", style="")


def _value(attribute: MineAttribute | None) -> Any:
    return shown.value(attributes_text({attribute.name: attribute.value})[attribute.name] if attribute else "")


def _since(attribute: MineAttribute | None, seen: set[str]) -> Any:
    if attribute is None or not (attribute.source or attribute.basis):
        return shown.EMPTY
    return shown.joined(f"自{date_text(attribute.valid_from)}起", _basis(attribute, seen), by="，")


def _basis(attribute: MineAttribute, seen: set[str]) -> Any:
    return (
        shown.link(address_of(attribute.source) if attribute.source in seen else "", attribute.basis)
        if attribute.basis
        else shown.EMPTY
    )


def _withdrawn(attribute: MineAttribute) -> Any:
    return shown.tag(f"已撤回：{attribute.withdrawn_for}") if attribute.withdrawn_at else shown.EMPTY


def _openable(reader: User, attributes: Iterable[MineAttribute]) -> set[str]:
    """Of what decided the attributes that which the reader may open; a query for the cases and one for each ledger."""
    by_kind: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for attribute in attributes:
        subject = parsed(attribute.source) if attribute.source else None
        if subject is not None:
            kind, _, key = f"{subject.kind}/{subject.key}".rpartition("/")
            by_kind[kind][key].add(attribute.source)
    opened = {ledger.id for ledger in ledgers_of(reader)} if any(kind != "case" for kind in by_kind) else set()
    seen: set[str] = set()
    for kind, sources in by_kind.items():
        if kind == "case":
            keys = list(cases_visible_to(reader).filter(pk__in=sources).values_list("pk", flat=True))
        elif (ledger_id := kind.removeprefix("entry/")) in opened:
            seen_entries = entries_visible_to(reader, ledger_id).filter(serial__in=sources)
            keys = [entry.serial or 0 for entry in seen_entries]
        else:
            continue
        seen.update(source for key in keys for source in sources[str(key)])
    return seen


RELATIONS = (
    Column("自", lambda change: change.valid_from, style="nowrap"),
    Column("关系", lambda change: change.get_relation_display()),
    Column("变更前", lambda change: change.before and change.before.name),
    Column("变更后", lambda change: change.after and change.after.name),
    Column("依据", lambda change: shown.joined(change.basis, _taken_back(change), by=" "), style="small"),
)


def _taken_back(change: RelationChange) -> Any:
    return shown.tag("已撤回") if change.withdrawn_at else shown.EMPTY


def relations(reader: User, mine: Mine) -> Table:
    """Which units the mine belonged to before, and by what that changed."""
    return Table(RELATIONS, relation_changes(reader, mine), "没有变更过。", style="")
