"""`kuangan restore`: a backup into an empty folder, or on trial into one that is deleted again.

The data folder is named on the command line, so the platform's settings are loaded only when it has its keys.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from kuangan.backup.manifest import Manifest, backups_in
from kuangan.backup.passphrase import asked_passphrase
from kuangan.backup.restoring import (
    OpenedBackup,
    opened,
    prove_files,
    put_database,
    put_files,
    require_empty,
    server_of,
)
from kuangan.base import clock
from kuangan.cli import django_setup
from kuangan.cli.parser import Arguments, Parser
from kuangan.cli.rehearsal import rehearse
from kuangan.host.backup.plan import backup_plan
from kuangan.host.data_folder import RESTORING, DataFolder, data_folder
from kuangan.host.errors import CannotStart
from kuangan.host.processes import be_idle


def add_arguments(parser: Parser) -> None:
    """Declare the command line."""
    parser.add_argument("backup", nargs="?", type=Path, metavar="备份", help="一份备份的文件夹；演练时默认为最近一份")
    parser.add_argument("target", nargs="?", type=Path, metavar="数据文件夹", help="空的或尚不存在的文件夹")
    parser.add_argument("--rehearse", action="store_true", help="演练：恢复到临时文件夹、核对、删除，并登记结果")
    parser.add_argument("--keys", type=Path, help="密钥备份文件；默认在备份旁的 keys 目录中")
    parser.add_argument("--without-keys", action="store_true", help="密钥已丢失：不恢复密钥")
    parser.add_argument("--passphrase-file", type=Path, help="存有备份口令的文件")
    parser.add_argument("--files", type=Path, help="升级前的备份只有数据库：其余文件所在的数据文件夹")


def run(args: Arguments) -> int:
    """0: restored; 1: not, with the reason."""
    if args.rehearse:
        be_idle()
        return rehearse(args.backup or newest_backup(), args.passphrase_file)
    if args.backup is None or args.target is None:
        raise CannotStart("请写明备份和数据文件夹：kuangan restore 备份 数据文件夹")
    began = time.monotonic()
    data = DataFolder(args.target.expanduser().resolve())
    require_empty(data)
    source = opened(
        args.backup.expanduser().resolve(),
        lambda: asked_passphrase(args.passphrase_file),
        archive=args.keys,
        without_keys=args.without_keys,
        beside=args.files.expanduser().resolve() if args.files else None,
    )
    print(restored(source, data))
    print(f"用时 {time.monotonic() - began:.0f} 秒。启动：KUANGAN_DATA={data.root} kuangan up")
    return 0


def newest_backup() -> Path:
    """The newest backup of the folder of all backups. Raises CannotStart when there is none."""
    place = backup_plan(data_folder()).folder
    folders = [folder for folder, manifest in backups_in(place) if manifest.kind != "upgrade"]
    if not folders:
        raise CannotStart(f"{place} 中没有备份；请先执行 kuangan backup")
    return folders[-1]


def restored(source: OpenedBackup, data: DataFolder) -> str:
    """Restore; what a person must know then, in Chinese."""
    prove_files(source, say)
    os.environ["KUANGAN_DATA"] = str(data.root)
    put_files(source, data, say)
    with server_of(data):
        put_database(source, data, say)
        migrate_tables()
        say("正在重放接收日志…")
        words = resumed_in_words(source.manifest, data)
    (data.root / RESTORING).unlink()
    return words if source.keys or source.beside else f"{words}\n{WITHOUT_KEYS}"


def say(words: str) -> None:
    """Progress, apart from the result."""
    print(words, file=sys.stderr, flush=True)


WITHOUT_KEYS = (
    "密钥未恢复：请在启动前把密钥放回 keys 目录；确已丢失时执行 kuangan operator forget-codes，动态口令须逐人重新绑定。"
)


def migrate_tables() -> None:
    """The tables of a backup of an earlier version are brought up to date, in a process of its own, as their owner."""
    ended = subprocess.run([sys.executable, "-m", "kuangan.cli.main", "migrate", "--no-backup"], check=False)
    if ended.returncode != 0:
        raise CannotStart("数据库升级未成功，原因见上")


def resumed_in_words(manifest: Manifest, data: DataFolder) -> str:
    django_setup.prepare("restore")
    from kuangan.backup.resuming import resume

    resumed = resume(data.root, manifest)
    taken = f"{clock.civil(manifest.taken_at):%Y-%m-%d %H:%M:%S}"
    newest = f"{clock.civil(resumed.newest_at):%Y-%m-%d %H:%M:%S}" if resumed.newest_at else "无"
    lines = [
        f"恢复完成：{data.root}，备份时间 {taken}。",
        f"{taken} 以前已确认的内容全部在内；由接收日志补入 {resumed.replayed} 个文件，最新一个上传文件的接收时间：{newest}。",
        "此后的登记、办理和上传文件不在其中：请通知各煤矿重新上传此后的文件，由有关人员补录此后的办理。",
        "所有登录已退出；各矿对此前文件的流水号不变，此后的流水号跳过一千万个。",
    ]
    if resumed.to_reset:
        lines.append(f"以下账号的初始密码已失效，请重置：{'、'.join(resumed.to_reset)}。")
    if resumed.invited:
        lines.append(f"此前发放的 {resumed.invited} 人的邀请码和绑定凭证已作废，请在“开通邀请”中重新生成。")
    if manifest.faults:
        lines.append(f"备份时已缺少：{'；'.join(manifest.faults)}。")
    return "\n".join(lines)
