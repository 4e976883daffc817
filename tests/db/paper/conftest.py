from pathlib import Path

import pytest

from kuangan.host.data_folder import DataFolder
from kuangan.law.paper import load_template
from kuangan.paper import actions
from tests.db.core.world import START, World, build
from tests.hashing import QUICK_HASHER


@pytest.fixture(autouse=True)
def quick_hashing(settings) -> None:
    settings.PASSWORD_HASHERS = QUICK_HASHER


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path) -> Path:
    settings.DATA = DataFolder(tmp_path)
    return tmp_path


@pytest.fixture
def world(db) -> World:
    return build()


@pytest.fixture
def draft():
    """A function that drafts a paper of the county bureau from the template's own sample."""

    def make(world: World, template: str = "onsite_decision", **changes):
        data = load_template(template).sample | changes
        return actions.draft_paper(
            actor=world.head, template=template, data=data, unit=world.bureau, scope=world.mine.path, at=START
        )

    return make
