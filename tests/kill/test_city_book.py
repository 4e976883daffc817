"""A process that is killed while it writes a workbook of the city leaves nothing of it; the next one begins anew and writes it whole."""

import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kuangan.base import clock
from kuangan.city import actions
from kuangan.city.models import CityBook
from kuangan.cli.main import main
from kuangan.core.models import Event, User
from kuangan.host.data_folder import DataFolder
from kuangan.mine.models import Mine
from tests.hashing import QUICK_HASHER

pytestmark = pytest.mark.kill
SAMPLE = Path(__file__).parents[1] / "samples" / "city" / "110_mines.xlsx"
PATIENCE_S = 240


def mines_only() -> bytes:
    """The sample without its people, so that nobody need agree."""
    book = load_workbook(SAMPLE)
    for title in book.sheetnames:
        if title not in ("上级公司", "煤矿"):
            del book[title]
    content = BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def swept(committed_db, settings, tmp_path, monkeypatch):
    """Starts `kuangan sweep --once` on the database of the test."""
    settings.DATA, settings.PASSWORD_HASHERS = DataFolder(tmp_path), QUICK_HASHER
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    environ = os.environ | {"DATABASE_URL": committed_db.url(), "DJANGO_SETTINGS_MODULE": "kuangan.site.settings"}

    def start() -> subprocess.Popen:
        return subprocess.Popen([sys.executable, "-m", "kuangan.cli.main", "sweep", "--once"], env=environ)

    return start


def test_a_killed_writer_leaves_nothing_and_the_next_one_writes_it_whole(swept):
    assert main(("city", "new", "140400", "--username", "first", "--name", "张三")) == 0
    operator = User.objects.get(username="first")
    day = clock.civil_date(clock.now())
    book = actions.upload_book(actor=operator, name="城市.xlsx", content=mines_only(), on=day)
    assert swept().wait(PATIENCE_S) == 0
    book.refresh_from_db()
    assert (book.state, book.changed) == ("previewed", 116)
    actions.confirm_book(actor=operator, book=book)

    writer = swept()
    deadline = time.monotonic() + PATIENCE_S
    while not (book.stage == "正在写入“煤矿”" and book.done > 20):
        assert time.monotonic() < deadline
        assert writer.poll() is None, "it was written before it could be killed"
        time.sleep(0.02)
        book.refresh_from_db()
    writer.kill()
    writer.wait()
    book.refresh_from_db()
    assert (book.state, book.attempts, Mine.objects.count()) == ("queued", 1, 0)
    assert not Event.objects.filter(action="mine_created").exists()

    assert swept().wait(PATIENCE_S) == 0
    assert CityBook.objects.get(pk=book.pk).state == "applied"
    assert Mine.objects.count() == 110
