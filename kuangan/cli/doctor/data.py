"""The data folder: whose it is, who can read it, its keys, its room."""

import os
import pwd
import stat
from pathlib import Path

from kuangan.host.data_folder import PRIVATE, DataFolder
from kuangan.host.machine.result import CheckResult, fault, good, unknown, warning

KEY_BYTES = 32


def account(folder: DataFolder) -> CheckResult:
    """Whether we may write in the folder, and are the account that owns it."""
    name, root = "数据文件夹", folder.root
    if not root.exists():
        return unknown(name, f"{root} 还不存在", "首次启动时建立；若数据在别处，请用 KUANGAN_DATA 指定后再检查。")
    if not root.is_dir():
        return fault(name, f"{root} 的位置上是一个文件", "请移走它，或用 KUANGAN_DATA 指定另一个文件夹。")
    owner = _account_name(root.stat().st_uid)
    if root.stat().st_uid != os.geteuid():
        remedy = f"请以该账号检查和运行，如：runuser -u {owner} -- kuangan doctor；或把文件夹的属主改为当前账号。"
        return fault(name, f"{root} 属于账号 {owner}，当前账号是 {_account_name(os.geteuid())}", remedy)
    if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        return fault(name, f"{root} 不能写入", "请检查属主、权限，以及磁盘是否以只读方式挂载。")
    return good(name, f"{root}，账号 {owner}")


def _account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def permissions(folder: DataFolder) -> CheckResult:
    """Whether other accounts of the machine may read what is in the folder."""
    opened = [str(place) for place in (folder.root / part for part in PRIVATE) if _is_open(place)]
    if not opened:
        return good("文件权限", "其他账号不能读取")
    remedy = "下次启动时自动收紧；也可立即执行 chmod -R go= 加上述路径。"
    return warning("文件权限", f"其他账号可以进入：{'、'.join(opened)}", remedy)


def keys(folder: DataFolder) -> CheckResult:
    """Whether the keys that no dump of the database holds are there, whole, and for their owner alone."""
    name, places = "密钥文件", sorted((folder.root / "keys").glob("*.key")) if _can_list(folder.root / "keys") else []
    if not places:
        return unknown(name, "keys 文件夹中没有密钥", "首次启动时生成；若此前已有业务数据，请从密钥备份中恢复。")
    damaged = [place.name for place in places if place.stat().st_size != KEY_BYTES]
    if damaged:
        return fault(name, f"长度不对：{'、'.join(damaged)}", "请从密钥备份中恢复这些文件后再启动，不要删除或新建。")
    opened = [place.name for place in places if _is_open(place)]
    if opened:
        remedy = f"请执行 chmod 600 {folder.root}/keys/*.key，并查明是谁改动的。"
        return fault(name, f"其他账号可以读取：{'、'.join(opened)}", remedy)
    return good(name, f"{len(places)} 个，只有本账号可读")


def _can_list(place: Path) -> bool:
    return place.is_dir() and os.access(place, os.R_OK | os.X_OK)


def _is_open(place: Path) -> bool:
    """Whether accounts besides the owner may do anything with it."""
    try:
        status = place.lstat()
    except OSError:
        return False
    return not stat.S_ISLNK(status.st_mode) and bool(status.st_mode & 0o077)
