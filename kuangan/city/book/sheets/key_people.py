"""关键人: the five leading officers of each mine."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from kuangan.city.book.grammar import Applying, BookNames, BookSheet, Key, RowChange, Values
from kuangan.core.models import UnitKind
from kuangan.law.field import Field
from kuangan.mine import actions
from kuangan.mine.models import KeyPerson, KeyPost, Mine


def _held(_on: date) -> Mapping[Key, Values]:
    people = KeyPerson.objects.filter(to_on=None).select_related("mine")
    return {
        (person.mine.name, person.post): {
            "mine": person.mine.name,
            "post": person.post,
            "name": person.name,
            "from_on": person.from_on.isoformat(),
            **({"phone": person.phone} if person.phone else {}),
        }
        for person in people
    }


def _settle(names: BookNames, row: dict[str, Any]) -> None:
    row["mine"] = names.named("mine", row["mine"], UnitKind.mine).name


def _write(applying: Applying, changes: Sequence[RowChange]) -> None:
    """Posts that nobody held yet together; a successor and a correction one by one."""
    mines = {mine.name: mine for mine in Mine.objects.filter(name__in={change.values["mine"] for change in changes})}
    first = [change.values for change in changes if change.before is None]
    actions.appoint_key_people(
        actor=applying.actor,
        appointments=[
            actions.KeyAppointment(
                mines[row["mine"]], row["post"], row["name"], row.get("phone", ""), date.fromisoformat(row["from_on"])
            )
            for row in first
        ],
        at=applying.at,
    )
    for change in changes:
        if change.before is not None:
            with change.named():
                _replace(applying, mines[change.values["mine"]], change.before, change.values)


def _replace(applying: Applying, mine: Mine, before: Values, row: Values) -> None:
    if before["name"] == row["name"]:
        holder = KeyPerson.objects.get(mine=mine, post=row["post"], to_on=None)
        actions.correct_key_person(
            actor=applying.actor,
            person=holder,
            phone=row.get("phone", holder.phone),
            from_on=date.fromisoformat(row["from_on"]),
            at=applying.at,
        )
        return
    actions.appoint_key_person(
        actor=applying.actor,
        mine=mine,
        post=row["post"],
        name=row["name"],
        phone=row.get("phone", ""),
        from_on=date.fromisoformat(row["from_on"]),
        at=applying.at,
    )


SHEET: Final = BookSheet(
    title="关键人",
    help="五职矿长，一职一行；换人的填写新任人员和任职日期，原任自该日离任。",
    fields=(
        Field("mine", "煤矿", help="名称或者 12 位编码"),
        Field("post", "职务", "choice", choices=tuple(KeyPost.choices)),
        Field("name", "姓名", "person"),
        Field("phone", "手机", "phone", required=False, personal=True),
        Field("from_on", "任职日期", "date"),
    ),
    key=("mine", "post"),
    samples=(
        {
            "mine": "示例云岭煤矿",
            "post": "chief_engineer",
            "name": "示例乙",
            "phone": "13900000002",
            "from_on": "2025-06-01",
        },
    ),
    held=_held,
    settle=_settle,
    write=_write,
    aliases={
        "mine": ("煤矿名称", "矿井名称"),
        "post": ("岗位",),
        "phone": ("联系电话", "电话"),
        "from_on": ("任职时间",),
    },
)
