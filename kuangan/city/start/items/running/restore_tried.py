"""A backup that was restored on trial: nobody knows of another one whether it can be."""

from kuangan.city.start.item import HowFar, Reader, StartItem, single
from kuangan.core.models import RestoreTrial
from kuangan.law.role import Role


def count(_: Reader) -> HowFar:
    trial = RestoreTrial.objects.order_by("-at").first()
    return single(is_done=trial is not None and not trial.fault)


ITEM = StartItem(
    order=40,
    title="恢复演练",
    text="用备份试行恢复并核对，步骤见运行手册；结果显示在“运行状态”。",
    done="最近一次恢复演练通过",
    roles=(Role.operator,),
    count=count,
    pages=("status",),
)
