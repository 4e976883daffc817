"""`kuangan backup`: a backup of the running platform, now or as the daily one of the supervisor."""

import sys
from argparse import ArgumentParser, Namespace
from datetime import datetime
from pathlib import Path

from django.db import Error

from kuangan.backup.making import Made, make_backup
from kuangan.backup.passphrase import asked_passphrase
from kuangan.backup.retention import remove_old
from kuangan.base import clock
from kuangan.core.actions.backups import note_backup, note_removed
from kuangan.core.models import BackupKind
from kuangan.host.backup.plan import backup_plan
from kuangan.host.data_folder import data_folder
from kuangan.host.database.address import database_address
from kuangan.host.errors import CannotStart
from kuangan.host.processes import be_idle

MB = 1 << 20
MOST_NAMED = 5
NO_KEYS = (
    "请把口令（至少12个字符）写入仅运行账号可读的文件，用 --passphrase-file 指定后再备份一次；"
    "每日备份由环境变量 KUANGAN_BACKUP_PASSPHRASE_FILE 指定。"
)
INCOMPLETE = 3
"""Exit status of a backup in which something is missing."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="文件夹", help="备份放入其中的新目录；默认 KUANGAN_BACKUP_DIR"
    )
    parser.add_argument("--daily", action="store_true", help="每日自动备份：完成后删除到期的备份")
    parser.add_argument("--passphrase-file", type=Path, help="存有备份口令的文件，用于密钥备份和加密")
    parser.add_argument("--encrypt", action="store_true", help="用口令加密全部备份内容")


def run(args: Namespace) -> int:
    """0: all is in it; 3: taken, but something is missing; 1: not taken."""
    data, began = data_folder(), clock.wall_now()
    place = args.folder.expanduser().resolve() if args.folder else backup_plan(data).folder
    kind = BackupKind.daily if args.daily else BackupKind.manual
    passphrase = asked_passphrase(args.passphrase_file, twice=True, ask=not args.daily)
    if args.encrypt and not passphrase:
        raise CannotStart("加密备份须有口令：请用 --passphrase-file 指定口令文件，或在终端中输入")
    be_idle()
    try:
        made = make_backup(
            data, place, kind, owner=database_address(owner=True), passphrase=passphrase, encrypt=args.encrypt
        )
    except (CannotStart, Error) as error:
        fault = f"备份未完成：{str(error).strip()}"
        _note_failed(str(place), kind, began, fault)
        print(fault, file=sys.stderr)
        return 1
    fault = _note(made)
    if args.daily:
        note_removed(map(str, remove_old(place, clock.civil_date(clock.wall_now()))))
    print(in_words(made))
    return INCOMPLETE if fault else 0


def _note_failed(place: str, kind: str, began: datetime, fault: str) -> None:
    try:
        note_backup(folder=place, kind=kind, began_at=began, fault=fault, is_taken=False)
    except Error:
        print("数据库不可用，未能在平台中登记本次失败", file=sys.stderr)


def _note(made: Made) -> str:
    manifest = made.manifest
    fault = faults_in_words(manifest.faults)
    note_backup(
        folder=str(made.folder),
        kind=manifest.kind,
        began_at=manifest.began,
        fault=fault,
        is_taken=True,
        files=manifest.files,
        size=manifest.size,
        new_size=manifest.new_size,
        has_keys=made.has_keys,
        is_encrypted=manifest.is_encrypted,
    )
    return fault


def faults_in_words(faults: list[str]) -> str:
    """What is missing from a backup, in a sentence; "" for nothing."""
    if not faults:
        return ""
    more = f"等{len(faults)}处" if len(faults) > MOST_NAMED else ""
    return f"备份中缺少以下内容，其余已备份：{'；'.join(faults[:MOST_NAMED])}{more}。请核对磁盘，并执行 kuangan check。"


def in_words(made: Made) -> str:
    """The result for a person at the console."""
    manifest = made.manifest
    seconds = (datetime.fromisoformat(manifest.ended_at) - manifest.began).total_seconds()
    keys = "密钥已另存于同处的 keys 目录，请移至他处保管。" if made.has_keys else f"未设置口令，密钥未备份：{NO_KEYS}"
    lines = [
        f"备份完成：{made.folder}",
        f"共 {manifest.files} 个文件 {manifest.size / MB:.1f} MB，其中新增 {manifest.new_size / MB:.1f} MB，用时 {seconds:.1f} 秒。",
        keys,
    ]
    return "\n".join([*lines, *filter(None, [faults_in_words(manifest.faults)])])
