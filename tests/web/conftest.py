import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from django.test import Client, override_settings

from kuangan.base import clock
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import DatabaseAddress
from tests.city import build_city
from tests.database import built_once, in_use, vacuum
from tests.hashing import QUICK_HASHER
from tests.story.script import Script
from tests.web.world import NOW, World, build_world


@dataclass
class Built:
    """A world that all tests share: each works on a copy, in a transaction of its own."""

    world: World
    folder: Path
    address: DatabaseAddress


def build_shared(folder: Path) -> World:
    """The world, at the working morning that pages are looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUANGAN_DATA", str(folder))
        with override_settings(DATA=DataFolder(folder), DEMONSTRATION=False):
            clock.move(NOW, rate=1.0)
            city = build_city()
            return build_world(city, Script(city, NOW))


@pytest.fixture(scope="session")
def world_database(django_db_setup, template_database, django_db_blocker, tmp_path_factory) -> Iterator[Built]:
    """Built once a worker, in a database of its own."""
    folder = tmp_path_factory.mktemp("world")
    build = partial(build_shared, folder)
    with built_once(template_database, "world", build, django_db_setup, django_db_blocker) as (address, made):
        yield Built(made, folder, address)


@pytest.fixture(scope="module")
def built(world_database, django_db_setup, django_db_blocker) -> Iterator[Built]:
    """The shared world's database, in use while a module runs."""
    with in_use(world_database.address, django_db_setup, django_db_blocker):
        yield world_database
    vacuum(world_database.address)


@pytest.fixture
def quick_site(settings, tmp_path, monkeypatch):
    """A data folder of its own, the clock at a working morning, cheap password hashes."""
    return _site(settings, tmp_path, monkeypatch)


@pytest.fixture
def world_site(built, settings, monkeypatch):
    """The same over the module's world."""
    return _site(settings, built.folder, monkeypatch)


def _site(settings, folder, monkeypatch):
    monkeypatch.setenv("KUANGAN_DATA", str(folder))
    settings.DATA = DataFolder(folder)
    settings.PASSWORD_HASHERS = QUICK_HASHER
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.DEMONSTRATION = False
    clock.move(NOW, rate=1.0)
    return settings


@pytest.fixture
def world(built, world_site, db) -> World:
    own = copy.deepcopy(built.world)
    clock.move(own.script.at, rate=1.0)
    return own


@pytest.fixture
def as_user(world):
    """A browser in which a user of the world is logged in."""

    def logged_in(username: str) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(world.users[username], backend="kuangan.core")
        return client

    return logged_in
