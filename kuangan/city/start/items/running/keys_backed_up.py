"""The keys, which no dump of the database holds: without them a restored platform opens nothing that was sealed."""

from kuangan.city.start.item import HowFar, Reader, StartItem, single
from kuangan.core.queries.backups import has_kept_keys
from kuangan.law.role import Role


def count(_: Reader) -> HowFar:
    return single(is_done=has_kept_keys())


ITEM = StartItem(
    order=35,
    title="密钥备份",
    text="在服务器上写好备份口令文件，用 KUANGAN_BACKUP_PASSPHRASE_FILE 指定后重启平台并备份；口令和密钥备份分开存放。",
    done="至少有一份备份附有密钥",
    roles=(Role.operator,),
    count=count,
    pages=("status",),
)
