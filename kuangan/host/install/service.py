"""The systemd service: what its unit says, where its files go, what must be so first.

An account of its own runs the platform, with its data below `/var/lib` and settings below `/etc`; neither is touched when
the service is taken away.
"""

import os
import pwd
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from kuangan.base.files import replace_file
from kuangan.host.backup.plan import default_folder
from kuangan.host.errors import CannotStart
from kuangan.host.frontend import PACKAGE

HERE = Path(__file__).parent
UNIT = Path("etc/systemd/system/kuangan.service")
SETTINGS = Path("etc/kuangan/kuangan.env")
ACCOUNT = "kuangan"
DATA = Path("/var/lib/kuangan")
PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
CLOSED = (Path("/home"), Path("/root"), Path("/run/user"), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 (named, not used)
"""Where the hardened service sees nothing: the programs must not lie there."""


@dataclass(frozen=True)
class SystemService:
    """What is to be installed: the account, the data folder, the root below which files are written (`/` for this machine)."""

    account: str = ACCOUNT
    data: Path = DATA
    root: Path = Path("/")

    @property
    def program(self) -> Path:
        """The command `kuangan` of the environment that runs now."""
        return Path(sys.prefix) / "bin" / "kuangan"

    @property
    def unit(self) -> Path:
        return self.root / UNIT

    @property
    def settings(self) -> Path:
        return self.root / SETTINGS

    @property
    def is_here(self) -> bool:
        """Whether it is for this machine itself, not for an image below another root."""
        return self.root == Path("/")


def unit_text(service: SystemService) -> str:
    """The unit file. The names in it are those of the machine, not of a root below which it is written."""
    template = Template((HERE / "kuangan.service.txt").read_text())
    names = {
        "program": service.program,
        "home": PACKAGE.parent,
        "data": service.data,
        "backups": default_folder(service.data),
        "settings": f"/{SETTINGS}",
    }
    return template.substitute({key: _word(str(name)) for key, name in names.items()} | {"account": service.account})


def _word(text: str) -> str:
    """A path as a unit file takes it; one that would be read as something else is refused."""
    if re.search(r"[\s\"'\\;]", text):
        raise CannotStart(f"路径“{text}”中有空格或引号，systemd 单元文件不便引用；请改用不含这些字符的路径")
    return text.replace("%", "%%").replace("$", "$$")


def check(service: SystemService) -> None:
    """Raise CannotStart, in words, for what would keep the service from running."""
    if PLAIN_NAME.fullmatch(service.account) is None or service.account == "root":
        raise CannotStart(f"账号名“{service.account}”不合适；请用小写字母开头的普通账号名，不能是 root")
    if not service.data.is_absolute():
        raise CannotStart(f"数据文件夹 {service.data} 须写成绝对路径")
    unit_text(service)
    if not service.is_here:
        return
    if os.geteuid() != 0:
        raise CannotStart("安装系统服务须以 root 执行：sudo kuangan service install；只看内容可加 --print")
    closed = next((place for place in CLOSED if service.program.is_relative_to(place)), None)
    if closed is not None:
        raise CannotStart(f"程序在 {closed} 下，服务账号看不到；请把安装目录移到 /opt/kuangan 后重新执行 make setup")
    if service.data.is_dir() and _name(service.data.stat().st_uid) not in {service.account, None}:
        owner = _name(service.data.stat().st_uid)
        raise CannotStart(
            f"数据文件夹 {service.data} 属于账号 {owner}，服务以 {service.account} 运行；"
            f"请先停止平台，再执行 chown -R {service.account}: {service.data}，然后重新安装服务"
        )


def _name(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def install(service: SystemService) -> Iterator[str]:
    """Write everything, and say what was done, a line each. Call :func:`check` first."""
    if service.is_here:
        yield _make_account(service.account)
    yield _make_folder(service, service.data, "数据文件夹")
    yield _make_folder(service, default_folder(service.data), "备份文件夹")
    service.unit.parent.mkdir(parents=True, exist_ok=True)
    replace_file(service.unit, unit_text(service).encode(), mode=0o644)
    yield f"已写入单元文件 {service.unit}"
    if service.settings.exists():
        yield f"保留已有的运行参数 {service.settings}"
    else:
        service.settings.parent.mkdir(parents=True, exist_ok=True)
        replace_file(service.settings, (HERE / "kuangan.env.txt").read_bytes(), mode=0o600)
        yield f"已写入运行参数 {service.settings}（只有 root 可读）"
    if service.is_here:
        yield _systemctl("daemon-reload")


def _make_account(name: str) -> str:
    try:
        pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(DATA)]
        ended = subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", name], check=False, capture_output=True, text=True
        )
        if ended.returncode != 0:
            raise CannotStart(f"不能建立系统账号 {name}：{ended.stderr.strip()}") from None
        return f"已建立系统账号 {name}（不能登录）"
    return f"使用已有的系统账号 {name}"


def _make_folder(service: SystemService, folder: Path, what: str) -> str:
    place = service.root / folder.relative_to("/")
    if place.is_dir():
        return f"使用已有的{what} {place}"
    place.mkdir(parents=True, mode=0o700)
    if service.is_here:
        entry = pwd.getpwnam(service.account)
        os.chown(place, entry.pw_uid, entry.pw_gid)
    return f"已建立{what} {place}"


def uninstall(service: SystemService) -> Iterator[str]:
    """Take the service away, and say what was done and what stays, a line each."""
    if not service.unit.exists():
        yield f"没有安装：{service.unit} 不存在"
        return
    if service.is_here:
        yield _systemctl("disable", "--now", service.unit.name)
    service.unit.unlink()
    yield f"已删除单元文件 {service.unit}"
    if service.is_here:
        yield _systemctl("daemon-reload")
    yield f"保留数据文件夹 {service.data}、运行参数 {service.settings}、系统账号 {service.account}；确不再用时请手工删除"


def _systemctl(*words: str) -> str:
    command = " ".join(("systemctl", *words))
    try:
        ended = subprocess.run(["systemctl", *words], check=False, capture_output=True, text=True)
    except OSError:
        return f"本机没有 systemctl，请在有 systemd 的机器上执行 {command}"
    if ended.returncode != 0:
        return f"{command} 未成功（{ended.stderr.strip() or ended.returncode}），请手工执行"
    return f"已执行 {command}"
