"""Where the database is: `DATABASE_URL` of a real server, else the socket of the embedded one.

Two roles use it. The application role (`kuangan_app`) serves every process and owns no table; the owner role
(`kuangan_owner`) migrates. On a real server the second one's address is `DATABASE_OWNER_URL`; without it one role
does both, and the audit trail is then protected by its hash chain alone.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from kuangan.host.data_folder import DataFolder, data_folder
from kuangan.host.database.placement import socket_folder
from kuangan.host.errors import CannotStart

APP_ROLE = "kuangan_app"
OWNER_ROLE = "kuangan_owner"
STANDBY_ROLE = "kuangan_standby"
"""May copy the whole database, and nothing else; for the embedded server's standby."""
DATABASE_NAME = "kuangan"
PORT = 5432


@dataclass(frozen=True)
class DatabaseAddress:
    """One database as one role sees it; `host` is a name, an address or a socket folder."""

    name: str
    user: str
    password: str = ""
    host: str = ""
    port: int = PORT
    sslmode: str = ""

    def named(self, name: str) -> "DatabaseAddress":
        """The same server and role, another database."""
        return replace(self, name=name)

    def url(self) -> str:
        """The address as text that `parse_address` reads back."""
        query = {"user": self.user, "host": self.host, "port": str(self.port)}
        if self.password:
            query["password"] = self.password
        if self.sslmode:
            query["sslmode"] = self.sslmode
        return f"postgresql:///{self.name}?{urlencode(query)}"


def parse_address(url: str) -> DatabaseAddress:
    """Read `postgresql://user:password@host:port/name?sslmode=…`; a socket folder goes in `?host=`.

    Raises CannotStart naming what is wrong, without repeating the password.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise CannotStart("DATABASE_URL 须以 postgresql:// 开头：平台只使用 PostgreSQL 数据库")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    name = unquote(parts.path.lstrip("/"))
    user = query.get("user") or unquote(parts.username or "")
    if not name or not user:
        raise CannotStart("DATABASE_URL 须写明用户和数据库：postgresql://用户@主机/数据库")
    try:
        port = int(query.get("port") or parts.port or PORT)
    except ValueError:
        raise CannotStart("DATABASE_URL 中的端口须为 1 至 65535 的整数") from None
    return DatabaseAddress(
        name=name,
        user=user,
        password=query.get("password") or unquote(parts.password or ""),
        host=query.get("host") or parts.hostname or "",
        port=port,
        sslmode=query.get("sslmode", ""),
    )


def embedded_address(folder: DataFolder, role: str = APP_ROLE) -> DatabaseAddress:
    """The address of the embedded server that belongs to `folder`."""
    return DatabaseAddress(name=DATABASE_NAME, user=role, host=str(socket_folder(folder)))


def database_address(*, owner: bool = False, environ: Mapping[str, str] | None = None) -> DatabaseAddress:
    """The address this process is to use, as the application or (`owner`) as the owner of the tables."""
    env = os.environ if environ is None else environ
    url = env.get("DATABASE_URL", "")
    if not url:
        return embedded_address(data_folder(env), OWNER_ROLE if owner else APP_ROLE)
    return parse_address(env.get("DATABASE_OWNER_URL") or url) if owner else parse_address(url)


def uses_embedded(environ: Mapping[str, str] | None = None) -> bool:
    """Whether this installation runs its own PostgreSQL."""
    return not (os.environ if environ is None else environ).get("DATABASE_URL")
