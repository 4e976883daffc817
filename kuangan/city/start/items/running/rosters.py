"""Offices with people for the duty desk of whom none is on duty now."""

from django.db.models import Exists, OuterRef

from kuangan.base import clock
from kuangan.city.start.item import OFFICE_KEEPERS, HowFar, Reader, StartItem, progress
from kuangan.core.models import Post, Roster, Tenure, Unit
from kuangan.core.queries.roles import on_shift_at
from kuangan.law.role import Role


def count(reader: Reader) -> HowFar:
    held = Tenure.objects.filter(post=OuterRef("pk"), to_at=None)
    desks = Post.objects.filter(Exists(held), unit=OuterRef("pk"), role=Role.duty_officer)
    on_duty = Roster.objects.filter(on_shift_at(clock.now()), unit=OuterRef("pk"), role=Role.duty_officer)
    return progress(reader.within(Unit.objects.filter(Exists(desks))), Exists(on_duty))


ITEM = StartItem(
    order=10,
    title="值班表",
    text="在建市工作簿“值班表”中填写后导入，或在“用户与权限”的值班页逐班排定；报警按值班表通知到人。",
    done="每个设值班岗的单位当前班次有人值班",
    roles=(Role.operator, *OFFICE_KEEPERS),
    count=count,
    pages=("roster",),
    nothing="值班岗尚无任职人员",
)
