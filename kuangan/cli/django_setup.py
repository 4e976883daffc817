"""Django and the database for the commands that need them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from kuangan.host.data_folder import data_folder
from kuangan.host.database.address import uses_embedded
from kuangan.host.database.postgres import running_server
from kuangan.host.up import MARK

POOL_SIZE = {"web": "12"}
"""Connections that a process keeps ready; the others work with one at a time."""


def prepare(name: str) -> None:
    """Load the settings and the packages for the command `name`."""
    if name in POOL_SIZE:
        os.environ.setdefault("KUANGAN_DB_POOL", POOL_SIZE[name])
    os.environ.setdefault("NUMBA_CACHE_DIR", str(data_folder().root / "numba"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuangan.site.settings")
    import django

    django.setup()


@contextmanager
def database() -> Iterator[None]:
    """The embedded server for the time of the command, unless a real server is named.

    A child of the supervisor never starts one: while the server is down, that is the supervisor's to mend, and a child
    that took it over would keep it from him.
    """
    if not uses_embedded() or os.environ.get(MARK) == data_folder().key:
        yield
        return
    with running_server(data_folder()):
        yield
