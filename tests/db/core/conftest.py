from pathlib import Path

import pytest

from kuangan.host.data_folder import DataFolder
from tests.db.core.world import World, build
from tests.hashing import QUICK_HASHER


@pytest.fixture(autouse=True)
def quick_hashing(settings, tmp_path) -> None:
    settings.PASSWORD_HASHERS = QUICK_HASHER
    settings.DATA = DataFolder(tmp_path)


@pytest.fixture
def world(db) -> World:
    return build()


@pytest.fixture
def data_folder(settings, tmp_path) -> Path:
    settings.DATA = DataFolder(tmp_path)
    return tmp_path
