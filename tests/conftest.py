"""What every test may use: a migrated database and, for tests that commit, a fresh clone of it.

With DATABASE_URL (and DATABASE_OWNER_URL) the databases are made on that server; otherwise the embedded PostgreSQL
is started in a temporary folder, once for all workers, and ends with the run.
"""

import copy
import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import OWNER_ROLE, embedded_address
from kuangan.host.database.postgres import Server, start
from tests.database import built_once, clone, drop, in_use, ready_template, use_database, vacuum
from tests.hashing import QUICK_HASHER
from tests.rings import rings_of

os.environ["KUANGAN_TEST_CLOCK"] = "1"
"""Tests move the clock of processes that do no demonstration, too."""
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / f"kuangan-numba-{os.getuid()}"))
"""Compiled once for all processes and runs of this account: half a minute each time otherwise."""

_SERVER: list[tuple[Server, Path]] = []
MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
"""Bytes that must be free in memory for the server to live there: a database is cloned in a fifteenth of the time."""


def _place_of_server() -> str | None:
    """Memory where there is room, otherwise where temporary files go."""
    return str(MEMORY) if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


def _start_server() -> None:
    """Start the run's own server and tell workers and child processes of it by the environment."""
    if os.environ.get("DATABASE_URL"):
        return
    place = Path(tempfile.mkdtemp(prefix="kuangan-test-", dir=_place_of_server()))
    place.chmod(0o711)
    folder = DataFolder(place / "data")
    _SERVER.append((start(folder, durable=False), place))
    os.environ["DATABASE_URL"] = embedded_address(folder).url()
    os.environ["DATABASE_OWNER_URL"] = embedded_address(folder, OWNER_ROLE).url()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give each test the marks of its ring."""
    for ring in rings_of(item.nodeid):
        item.add_marker(ring)


def pytest_collection_finish() -> None:
    """What stays to the end (modules, the law, the tests) is not looked through again at every collection of garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_configure(config: pytest.Config) -> None:
    """Workers can't share a server that one of them started, so the controller starts it before them."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        _start_server()


def pytest_unconfigure() -> None:
    while _SERVER:
        server, place = _SERVER.pop()
        server.stop()
        shutil.rmtree(place)
        del os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"]


@pytest.fixture(autouse=True)
def own_umask():
    """What a command does to the process it runs in ends with the test."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def template_database(django_test_environment, django_db_blocker, worker_id) -> str:
    """The name of the migrated template database."""
    _start_server()
    with django_db_blocker.unblock():
        return ready_template()


@pytest.fixture(scope="session")
def django_db_setup(template_database, django_db_blocker, worker_id):
    """The worker's database, for tests whose changes are rolled back; used as the application role."""
    address = clone(template_database, worker_id)
    with django_db_blocker.unblock():
        use_database(address)
    yield address
    with django_db_blocker.unblock():
        use_database(address)
    drop(address)


@pytest.fixture
def committed_db(django_db_setup, template_database, django_db_blocker):
    """A fresh database of its own, for tests that commit, use threads or start processes; yields its address."""
    address = clone(template_database, "committed")
    with django_db_blocker.unblock():
        use_database(address)
        yield address
        use_database(django_db_setup)
    drop(address)


@pytest.fixture(scope="session")
def city_database(django_db_setup, template_database, django_db_blocker):
    """The small city, built once a worker; yields its database's address and the city."""
    from tests.city import build_city  # models can be imported only now

    with built_once(template_database, "city", build_city, django_db_setup, django_db_blocker) as built:
        yield built


@pytest.fixture(scope="module")
def tidy_city_database(city_database):
    yield city_database
    vacuum(city_database[0])


@pytest.fixture
def city_in_use(tidy_city_database, django_db_setup, django_db_blocker):
    address, city = tidy_city_database
    with in_use(address, django_db_setup, django_db_blocker):
        yield city


@pytest.fixture
def city(city_in_use, db, settings, tmp_path):
    """The small city (a copy of one's own), with a data folder and cheap password hashes; what a test does is rolled back."""
    settings.DATA = DataFolder(tmp_path)
    settings.PASSWORD_HASHERS = QUICK_HASHER
    return copy.deepcopy(city_in_use)
