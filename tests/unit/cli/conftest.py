"""The command itself, as the console gives it."""

from dataclasses import dataclass

import pytest

from kuangan.cli.main import main
from kuangan.host.data_folder import DataFolder
from tests.hashing import QUICK_HASHER


@dataclass(frozen=True)
class Answer:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def kuangan(db, settings, tmp_path, capsys):
    """The command itself, on this test's database."""
    settings.DATA, settings.PASSWORD_HASHERS = DataFolder(tmp_path), QUICK_HASHER

    def run(*args: str) -> Answer:
        status = main(args)
        return Answer(status, *capsys.readouterr())

    return run
