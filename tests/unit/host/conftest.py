import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from kuangan.host.data_folder import DataFolder
from kuangan.host.database.postgres import start


@contextmanager
def open_folder():
    """A data folder that PostgreSQL's account can walk to, also when root runs the tests."""
    place = Path(tempfile.mkdtemp(prefix="kuangan-host-"))
    place.chmod(0o711)
    yield DataFolder(place / "data")
    shutil.rmtree(place)


@pytest.fixture
def folder():
    with open_folder() as found:
        yield found


@pytest.fixture(scope="module")
def used_folder():
    """A data folder whose cluster is made already and kept from test to test."""
    with open_folder() as found:
        start(found, durable=False).stop()
        yield found
