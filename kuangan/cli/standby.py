"""`kuangan standby`: follow this platform into a second place, take over there, stop following."""

import os
import signal
import time
from argparse import _SubParsersAction
from pathlib import Path
from typing import Any

from kuangan.backup.keys import read_keys
from kuangan.backup.passphrase import asked_passphrase
from kuangan.backup.restoring import require_empty
from kuangan.backup.standby.taking_over import manifest_of, put_standby_files, ready_mark, recovered_server
from kuangan.base import clock
from kuangan.cli import django_setup
from kuangan.cli.parser import Arguments, Parser
from kuangan.cli.restore import WITHOUT_KEYS, migrate_tables, resumed_in_words, say
from kuangan.host.data_folder import RESTORING, DataFolder, data_folder
from kuangan.host.database.address import uses_embedded
from kuangan.host.errors import CannotStart
from kuangan.host.processes import be_idle
from kuangan.host.standby.place import VARIABLE, standby_folder
from kuangan.host.standby.wal import WalReceiver
from kuangan.host.standby.watch import standby_lag


def add_arguments(parser: Parser) -> None:
    """``follow``, ``status``, ``promote``, ``end``."""
    actions: _SubParsersAction[Any] = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("follow", help="持续复制到备机文件夹（kuangan up 自动运行）")
    actions.add_parser("status", help="备机落后多少")
    actions.add_parser("end", help="不再设备机：数据库不再为其保留日志")
    promote = actions.add_parser("promote", help="在备机上接管：主机须已停止")
    promote.add_argument("place", type=Path, metavar="备机文件夹")
    promote.add_argument("target", type=Path, metavar="数据文件夹", help="空的或尚不存在的文件夹")
    promote.add_argument("--first-is-off", action="store_true", help="已确认主机停止并断开网络")
    promote.add_argument("--keys", type=Path, help="密钥备份文件")
    promote.add_argument("--without-keys", action="store_true", help="密钥已丢失：不恢复密钥")
    promote.add_argument("--passphrase-file", type=Path, help="存有备份口令的文件")


def run(args: Arguments) -> int:
    """0: done, or in good order; 1: not, with the reason."""
    if args.action == "promote":
        return _promote(args)
    if not uses_embedded():
        raise CannotStart("外部 PostgreSQL 的备机请用该服务器自己的流复制；步骤见 docs/how-to/standby.md")
    data = data_folder()
    if args.action == "end":
        with django_setup.database():
            WalReceiver(data, data.root).drop_slot()
        print("数据库不再为备机保留日志。备机文件夹请自行删除。")
        return 0
    if args.action == "status":
        result = standby_lag(data)
        print(f"[{result.condition}] {result.name}：{result.text}\n{result.remedy}".strip())
        return 0 if not result.remedy else 1
    place = standby_folder(data)
    if place is None:
        raise CannotStart(f"请用 {VARIABLE} 指定备机文件夹")
    return _follow(data, place)


def _follow(data: DataFolder, place: Path) -> int:
    be_idle()
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.append(1))
    django_setup.prepare("standby")
    from kuangan.backup.standby.follow import follow

    with django_setup.database():
        follow(data, place, lambda: bool(asked))
    return 0


def _promote(args: Arguments) -> int:
    began, place = time.monotonic(), args.place.expanduser().resolve()
    data = DataFolder(args.target.expanduser().resolve())
    require_empty(data)
    mark = ready_mark(place, first_is_off=args.first_is_off)
    keys = {} if args.without_keys else _keys(args)
    os.environ["KUANGAN_DATA"] = str(data.root)
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("DATABASE_OWNER_URL", None)
    say("正在复制文件…")
    put_standby_files(place, mark, data, keys)
    say("正在恢复数据库…")
    with recovered_server(data):
        migrate_tables()
        say("正在重放接收日志…")
        words = resumed_in_words(manifest_of(mark), data)
    (data.root / RESTORING).unlink()
    print(words if keys else f"{words}\n{WITHOUT_KEYS}")
    print(
        f"备机接管到 {clock.civil(mark.moment):%Y-%m-%d %H:%M:%S}，此后在主机上的登记、办理不在其中。原主机不得再启动。"
    )
    print(f"用时 {time.monotonic() - began:.0f} 秒。启动：KUANGAN_DATA={data.root} kuangan up")
    return 0


def _keys(args: Arguments) -> dict[str, bytes]:
    if args.keys is None:
        raise CannotStart("请用 --keys 指定密钥备份文件（kuangan backup 所作）；密钥确已丢失时用 --without-keys")
    return read_keys(args.keys, asked_passphrase(args.passphrase_file))
