"""A made-up city of 110 mines (``tests/samples/city``, made by ``kuangan.bench._city``) is imported whole, and again without a difference."""

import hashlib
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from kuangan.core.models import Tenure, UnitKind
from kuangan.mine.models import Face, KeyPerson, Mine

FOLDER = Path(__file__).parents[2] / "samples" / "city"
BOOK = FOLDER / "110_mines.xlsx"
MOST_STATEMENTS_A_MINE = 50


def test_a_city_of_110_mines_from_its_workbook(kuangan):
    digest = hashlib.sha256(BOOK.read_bytes()).hexdigest()
    assert f"{digest}  {BOOK.name}" in (FOLDER / "SHA256SUMS").read_text()
    assert kuangan("city", "new", "140400", "--username", "first", "--name", "张三").returncode == 0
    connection.queries_limit = 100_000
    with CaptureQueriesContext(connection) as captured:
        done = kuangan("city", "import", str(BOOK), "--from", "2026-03-01")
    assert done.returncode == 0, [line for line in done.stdout.splitlines() if "不能" in line][:5]
    assert Mine.objects.count() == 110
    assert KeyPerson.objects.count() == 550
    assert Face.objects.count() == 397
    staffed = Tenure.objects.filter(post__unit__kind=UnitKind.mine)
    assert staffed.count() == 550
    assert len(captured) < 110 * MOST_STATEMENTS_A_MINE
    again = kuangan("city", "import", str(BOOK), "--from", "2026-03-02")
    assert "新增" not in again.stdout
    assert "变更" not in again.stdout
