"""岗位与人员: who holds which post of which unit, and who stands in for it. A post that a row names for the first time is made."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from kuangan.base import clock
from kuangan.city.book.grammar import Applying, BookNames, BookSheet, Key, RowRefused, Values, one_by_one
from kuangan.city.standard_posts import STANDARD_POSTS
from kuangan.core import actions
from kuangan.core.models import Person, Post, Unit, UnitKind
from kuangan.core.queries.roles import tenures_at
from kuangan.law.field import Field
from kuangan.law.role import Role

UNITS: Final = tuple(kind for kind in UnitKind if kind not in (UnitKind.city, UnitKind.county))


def _held(on: date) -> Mapping[Key, Values]:
    posts = Post.objects.select_related("unit", "deputy").exclude(unit__kind=UnitKind.platform)
    holders = {
        tenure.post_id: tenure.person for tenure in tenures_at(clock.beijing_midnight(on)).select_related("person")
    }
    return {(post.unit.name, post.title): _values(post, holders.get(post.pk)) for post in posts}


def _values(post: Post, holder: Person | None) -> Values:
    values = {
        "unit": post.unit.name,
        "title": post.title,
        "role": post.role,
        "deputy": post.deputy.title if post.deputy else "",
        "person": holder.name if holder else "",
        "phone": holder.phone if holder else "",
        "certificate": holder.certificate if holder else "",
    }
    return {name: value for name, value in values.items() if value}


def _settle(names: BookNames, row: dict[str, Any]) -> None:
    unit = names.named("unit", row["unit"], *UNITS)
    row["unit"] = unit.name
    standard = {post.title: post.role for post in STANDARD_POSTS.get(UnitKind(unit.kind), ())}
    role = row.get("role") or standard.get(row["title"])
    if role is None:
        raise RowRefused("role", f"“{row['title']}”不是{UnitKind(unit.kind).label}的标准岗位，请选择该岗位的角色")
    if Role(role).administers:
        raise RowRefused("role", "系统、安全、审计管理员由服务器控制台或者两名管理员在页面上建立，不由工作簿登记")
    if not Role(role).works_at(unit.kind):
        raise RowRefused("role", f"{UnitKind(unit.kind).label}不设“{Role(role).label}”")
    row["role"] = str(role)
    if any(row.get(name) for name in ("phone", "certificate")) and not row.get("person"):
        raise RowRefused("person", "填写了手机或者执法证号，请同时填写姓名")


def _write(applying: Applying, before: Values | None, row: Values) -> None:
    unit = Unit.objects.get(name=row["unit"], kind__in=UNITS)
    post = Post.objects.filter(unit=unit, title=row["title"]).first() or actions.create_post(
        actor=applying.actor, unit=unit, title=row["title"], role=row["role"], at=applying.at
    )
    if row.get("person"):
        since = clock.beijing_midnight(applying.on)
        held = tenures_at(since).filter(post=post, person__name=row["person"]).first()
        person = held.person if held is not None else _person(applying, unit, row)
        _note(applying, person, row)
        if held is None:
            actions.appoint(actor=applying.actor, post=post, person=person, at=since)
    if row.get("deputy") and row["deputy"] != (before or {}).get("deputy"):
        actions.set_deputy(actor=applying.actor, post=post, deputy=_deputy(unit, row), at=applying.at)


def _person(applying: Applying, unit: Unit, row: Values) -> Person:
    """Somebody of this name with this telephone, or of this unit, is the same person in whatever post; others are made."""
    alike = Person.objects.filter(name=row["person"])
    same_phone = alike.filter(phone=row["phone"]).order_by("pk").first() if row.get("phone") else None
    person = same_phone or alike.filter(unit=unit, phone__in=("", row.get("phone", ""))).order_by("pk").first()
    if person is not None:
        return person
    return actions.create_person(
        actor=applying.actor, name=row["person"], unit=unit, phone=row.get("phone", ""), at=applying.at
    )


def _note(applying: Applying, person: Person, row: Values) -> None:
    """The telephone and the certificate as the row has them."""
    if row.get("phone") and row["phone"] != person.phone:
        actions.set_person_phone(actor=applying.actor, person=person, phone=row["phone"], at=applying.at)
    if row.get("certificate") and row["certificate"] != person.certificate:
        actions.set_certificate(actor=applying.actor, person=person, certificate=row["certificate"], at=applying.at)


def _deputy(unit: Unit, row: Values) -> Post:
    deputy = Post.objects.filter(unit=unit, title=row["deputy"]).first()
    if deputy is None:
        raise RowRefused("deputy", f"{unit.name}没有岗位“{row['deputy']}”，请先在前面的行中登记该岗位")
    return deputy


SHEET: Final = BookSheet(
    title="岗位与人员",
    help="一行一个岗位。标准岗位建市时已有，填写姓名即可；另设的岗位须选择角色。同一人任两个岗位的写两行，姓名、手机相同。",
    fields=(
        Field("unit", "单位", help="名称或者编码；煤矿、上级公司也在此登记"),
        Field("title", "岗位"),
        Field("role", "角色", "choice", required=False, choices=tuple((role.value, role.label) for role in Role)),
        Field("person", "姓名", "person", required=False),
        Field("phone", "手机", "phone", required=False, personal=True),
        Field("certificate", "执法证号", required=False),
        Field("deputy", "B岗", required=False, help="同一单位内代行该岗位的岗位名称"),
    ),
    key=("unit", "title"),
    samples=({"unit": "示例县应急管理局", "title": "局长", "person": "示例甲", "phone": "13900000001"},),
    held=_held,
    settle=_settle,
    write=one_by_one(_write),
    aliases={
        "unit": ("单位名称",),
        "title": ("职务", "岗位名称"),
        "person": ("人员", "任职人员"),
        "phone": ("联系电话", "电话"),
    },
    fixed=("role",),
)
