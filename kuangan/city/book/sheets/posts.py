"""岗位与人员: who holds which post of which unit, and who stands in for it. A post that a row names for the first time is made."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from kuangan.base import clock
from kuangan.city.book.grammar import Agreed, BookNames, BookSheet, Key, RowChange, RowRefused, Values
from kuangan.city.book.sheets.staffing import UNITS, write
from kuangan.core.access.approval import needs_two
from kuangan.core.models import Person, Post, UnitKind
from kuangan.core.queries.roles import tenures_at
from kuangan.core.standard_posts import STANDARD_POSTS
from kuangan.law.field import Field
from kuangan.law.role import Role


def _held(on: date) -> Mapping[Key, Values]:
    posts = Post.objects.filter(closed_on=None).select_related("unit", "deputy").exclude(unit__kind=UnitKind.platform)
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
        raise RowRefused(
            "role", "系统、安全、审计管理员和单位管理员由服务器控制台或者两名管理员在页面上建立，不由工作簿登记"
        )
    if not Role(role).works_at(unit.kind):
        raise RowRefused("role", f"{UnitKind(unit.kind).label}不设“{Role(role).label}”")
    row["role"] = str(role)
    if any(row.get(name) for name in ("phone", "certificate")) and not row.get("person"):
        raise RowRefused("person", "填写了手机或者执法证号，请同时填写姓名")


def _by_two(changes: Sequence[RowChange]) -> list[Agreed | None]:
    """Who is to hold a post that signs or stands in for one, and who stands in for it."""
    standing_in = {
        (post.unit.name, post.deputy.title)
        for post in Post.objects.exclude(deputy=None).select_related("unit", "deputy")
        if post.deputy and needs_two(post.typed_role)
    }
    rows = [change.values for change in changes]
    standing_in |= {(row["unit"], row["deputy"]) for row in rows if row.get("deputy") and needs_two(Role(row["role"]))}
    return [_agreed(row, standing_in) for row in rows]


def _agreed(row: Values, standing_in: Collection[tuple[str, str]]) -> Agreed | None:
    named = {name: str(row[name]) for name in ("person", "deputy") if row.get(name)}
    signs = needs_two(Role(row["role"])) or (row["unit"], row["title"]) in standing_in
    return {"unit": row["unit"], "post": row["title"], **named} if signs and named else None


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
    write=write,
    by_two=_by_two,
    aliases={
        "unit": ("单位名称",),
        "title": ("职务", "岗位名称"),
        "person": ("人员", "任职人员"),
        "phone": ("联系电话", "电话"),
    },
    fixed=("role",),
)
