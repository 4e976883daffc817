"""An empty place for a demonstration."""

import pytest

from kuangan.host.data_folder import DataFolder
from tests.hashing import QUICK_HASHER


@pytest.fixture
def empty(db, settings, tmp_path, monkeypatch):
    """An empty database and data folder; passwords are hashed quickly, since their strength is not the subject."""
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    settings.DATA = DataFolder(tmp_path)
    settings.PASSWORD_HASHERS = QUICK_HASHER
    settings.DEMONSTRATION = False
