import pytest
from django.test import Client

from kuangan.base import clock
from kuangan.host.data_folder import DataFolder
from tests.city import SmallCity, build_city
from tests.story.script import Script
from tests.web.world import NOW, World, build_world

QUICK_HASHER = ["tests.hashing.QuickArgon2"]


@pytest.fixture
def quick_site(settings, tmp_path, monkeypatch):
    """A data folder of its own, the clock at a working morning, cheap password hashes."""
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    settings.DATA = DataFolder(tmp_path)
    settings.PASSWORD_HASHERS = QUICK_HASHER
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.DEMONSTRATION = False
    clock.move(NOW, rate=1.0)
    return settings


@pytest.fixture
def city(db, quick_site) -> SmallCity:
    return build_city()


@pytest.fixture
def script(city) -> Script:
    return Script(city, NOW)


@pytest.fixture
def world(city, script) -> World:
    return build_world(city, script)


@pytest.fixture
def as_user(world):
    """A browser in which a user of the world is logged in."""

    def logged_in(username: str) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(world.users[username], backend="kuangan.core")
        return client

    return logged_in
