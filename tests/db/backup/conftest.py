"""A small platform with something of everything in its data folder: journal, history, attachment, paper, seal, keys."""

import io
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kuangan.backup.making import Made, make_backup
from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.models import Attachment, Unit
from kuangan.core.sealed import seal
from kuangan.core.store import draft_content, keep_content
from kuangan.flow.replay.intake import ReplayIntake
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import DatabaseAddress, database_address
from kuangan.host.secret_key import secret_key
from kuangan.paper.models import Paper
from tests.db.core.test_attachments import png
from tests.db.monitor.feedtext import CORNER, MINE, cdss, moment, name_of
from tests.db.monitor.mines import make_mine

PDF = b"%PDF-1.7 frozen"
FILES = 30


@dataclass
class Works:
    """The platform, its database and the folder of its backups."""

    data: DataFolder
    address: DatabaseAddress
    place: Path

    def back_up(self, **options) -> Made:
        owner = database_address(owner=True).named(self.address.name)
        return make_backup(self.data, options.pop("place", self.place), "manual", owner=owner, **options)

    def send(self, first: int, count: int) -> None:
        """Files of the mine, one a minute, into journal, history and database."""
        intake = ReplayIntake(self.data.root)
        for number in range(first, first + count):
            at = f"08:{number:02d}:00"
            file = (MINE, name_of("CDSS", at), cdss(at, {CORNER: ("0.30", 0)}), moment(at))
            intake.take_all([file], clock.now())
        intake.close()


@pytest.fixture
def works(committed_db, settings, tmp_path, monkeypatch):
    root = tmp_path / "data"
    root.mkdir()
    monkeypatch.setenv("KUANGAN_DATA", str(root))
    settings.DATA = DataFolder(root)
    clock.move(moment("09:00:00") - timedelta(days=1))
    make_mine()
    secret_key(DataFolder(root))
    seal("one-time", "core_user.totp_secret/1")
    clock.move(moment("09:00:00"))
    actions.hand_out_seal(seal=actions.seal_ended_day(), at=clock.now())
    platform = Works(DataFolder(root), committed_db, tmp_path / "backups")
    platform.send(0, FILES)
    actions.save_attachment(actor=actions.system_user(), name="照片.png", content=png())
    with draft_content(io.BytesIO(PDF), largest=1000) as draft:
        keep_content(draft)
    unit = Unit.objects.get(code=MINE)
    Paper.objects.create(
        template="order", number="（某）煤安〔2026〕1号", title="停产通知书", state="frozen", data={}, corpus_digest="0" * 64,
        unit=unit, path=unit.path, created_at=clock.now(), frozen_at=clock.now(), pdf_sha256=draft.sha256,
    )  # fmt: skip
    return platform


@pytest.fixture
def attachment(works) -> Attachment:
    return Attachment.objects.get()
