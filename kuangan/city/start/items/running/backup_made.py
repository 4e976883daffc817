"""A backup that could be gone back to."""

from kuangan.city.start.item import HowFar, Reader, StartItem, single
from kuangan.core.models import Backup, BackupKind
from kuangan.law.role import Role


def count(_: Reader) -> HowFar:
    return single(is_done=Backup.objects.filter(is_taken=True).exclude(kind=BackupKind.upgrade).exists())


ITEM = StartItem(
    order=30,
    title="首次备份",
    text="平台每日自动备份，也可在服务器上运行 kuangan backup；备份应存放在另一台机器或者另一块磁盘。",
    done="至少有一份成功的备份",
    roles=(Role.operator,),
    count=count,
    pages=("status",),
)
