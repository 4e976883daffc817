"""The account PostgreSQL runs under.

PostgreSQL refuses to run as root. Started by root, kuangan runs it under an account of its own (`kuangan-pg`, made when
it is missing; `KUANGAN_POSTGRES_USER` names another), so that no other program of the machine owns the database. Every
other process stays as it was started. Started by an ordinary account, everything runs under that one.
"""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kuangan.host.errors import CannotStart

OWN_ACCOUNT = "kuangan-pg"
FORMER_ACCOUNT = "nobody"
"""What earlier versions used by default; its clusters are handed over."""
STRANGER_ID = 0xFFFFFFFE
"""An account that owns nothing: the own account before it is made."""


@dataclass(frozen=True)
class Account:
    """An account of the machine. ``name`` is what PostgreSQL's peer authentication sees."""

    uid: int
    gid: int
    name: str


def postgres_account() -> Account:
    """Our own account, or for root the unprivileged one. Raises CannotStart (Chinese) when that does not exist."""
    if os.geteuid() != 0:
        return own_account()
    name = wanted_name()
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise CannotStart(
            f"运行数据库的系统账号 {name}（KUANGAN_POSTGRES_USER）不存在；请建立该账号，或指定另一个非特权账号"
        ) from None
    if entry.pw_uid == 0:
        raise CannotStart(f"账号 {name}（KUANGAN_POSTGRES_USER）就是 root；数据库必须以非特权账号运行，请另行指定")
    return Account(entry.pw_uid, entry.pw_gid, name)


def own_account() -> Account:
    """The account of this process. Raises CannotStart (Chinese) when the machine has no name for it."""
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise CannotStart(
            f"本进程的账号（uid {os.geteuid()}）没有名称，数据库无法核对身份；请用 useradd 为它建立账号后再启动"
        ) from None
    return Account(os.geteuid(), os.getegid(), entry.pw_name)


def wanted_name() -> str:
    """The name of the account that root's PostgreSQL is to run under."""
    return os.environ.get("KUANGAN_POSTGRES_USER") or OWN_ACCOUNT


def postgres_account_or_stranger() -> Account:
    """The same, for judging places only: a stranger as long as the account is not made yet."""
    try:
        return postgres_account()
    except CannotStart:
        return Account(STRANGER_ID, STRANGER_ID, "")


def ready_account() -> Account:
    """The same; the own account is made when root runs us and it is missing. Raises CannotStart when it can't be made."""
    if os.geteuid() == 0 and wanted_name() == OWN_ACCOUNT and not _exists(OWN_ACCOUNT):
        _make(OWN_ACCOUNT)
    return postgres_account()


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _make(name: str) -> None:
    """Make a system account that nobody can log in with. Another process may be quicker: only the result counts."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        ended = subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", name], check=False, capture_output=True, text=True
        )
        why = ended.stderr.strip()
    except OSError as error:
        why = str(error)
    if not _exists(name):
        raise CannotStart(
            f"不能建立运行数据库的系统账号 {name}（{why}）；请手工建立：useradd --system --shell /usr/sbin/nologin {name}，"
            "或用 KUANGAN_POSTGRES_USER 指定一个只供数据库使用的非特权账号"
        )


@contextmanager
def acting_as(account: Account) -> Iterator[None]:
    """Do something with the rights of ``account``: make its files, or be known to its server. For one thread's programs.

    Nothing changes when we are that account. Files are made, and a server is reached, by the effective account; the
    way back stays open because the real one remains root's.
    """
    if os.geteuid() == account.uid:
        yield
        return
    former_uid, former_gid, former_groups = os.geteuid(), os.getegid(), os.getgroups()
    os.setgroups([])
    os.setegid(account.gid)
    os.seteuid(account.uid)
    try:
        yield
    finally:
        os.seteuid(former_uid)
        os.setegid(former_gid)
        os.setgroups(former_groups)
