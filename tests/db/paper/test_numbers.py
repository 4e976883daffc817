from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import connection, transaction

from kuangan.core import actions as core
from kuangan.core.errors import Refused
from kuangan.paper.models import NumberSeries, Paper
from kuangan.paper.number import format_number, marks_of, take_number
from tests.db.core.world import account, build
from tests.db.paper import signed

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SERIES = {"region": "晋", "organ": "襄垣", "character": "处", "year": 2026}


@pytest.mark.parametrize(
    ("character", "serial", "number"), [("处", 3, "晋(襄垣)煤安处〔2026〕3号"), ("", 12, "晋(襄垣)煤安〔2026〕12号")]
)
def test_a_number_has_the_national_form(character, serial, number):
    assert format_number("晋", "襄垣", character, 2026, serial) == number


def test_marks_follow_the_area_the_unit_answers_for(world):
    city_bureau = core.create_unit(actor=None, kind="city_bureau", code="1404-yj", name="市局", parent=world.city)
    assert marks_of(world.bureau, date(2026, 3, 2)) == ("晋", "襄垣")
    assert marks_of(city_bureau, date(2026, 3, 2)) == ("晋", "长")
    with pytest.raises(Refused, match="甲一煤矿没有文号机关代字"):
        marks_of(world.mine, date(2026, 3, 2))


@pytest.mark.django_db
def test_each_character_and_year_counts_for_itself():
    taken = [
        take_number(**(SERIES | change)) for change in ({}, {}, {"character": "送"}, {"year": 2027}, {"organ": "长"})
    ]
    assert taken == [
        "晋(襄垣)煤安处〔2026〕1号",
        "晋(襄垣)煤安处〔2026〕2号",
        "晋(襄垣)煤安送〔2026〕1号",
        "晋(襄垣)煤安处〔2027〕1号",
        "晋(长)煤安处〔2026〕1号",
    ]


def test_a_number_outside_a_transaction_is_an_error(committed_db):
    with pytest.raises(RuntimeError, match="transaction"):
        take_number(**SERIES)
    assert NumberSeries.objects.count() == 0


def test_parallel_freezing_with_failures_between_leaves_no_gap_and_no_double(committed_db, draft):
    world, threads = build(), 4
    papers = [draft(world).pk for _ in range(threads * 2)]
    broken = [draft(world, mine="").pk for _ in range(threads)]
    signers = [account(f"签发{turn}", world.bureau) for turn in range(threads)]
    together = Barrier(threads)

    def freeze(turn: int) -> int:
        together.wait()
        refused = 0
        try:
            for pk in (papers[2 * turn], broken[turn], papers[2 * turn + 1]):
                try:
                    signed.freeze_paper(actor=signers[turn], paper=Paper.objects.get(pk=pk), at=AT)
                except Refused:
                    refused += 1
        finally:
            connection.close()
        return refused

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(freeze, range(threads))) == [1] * threads
    numbers = set(Paper.objects.exclude(number=None).values_list("number", flat=True))
    assert numbers == {f"晋(襄垣)煤安处〔2026〕{serial}号" for serial in range(1, threads * 2 + 1)}
    assert NumberSeries.objects.get().last == threads * 2


def test_a_number_goes_back_when_its_transaction_fails(committed_db):
    @transaction.atomic
    def fail() -> None:
        take_number(**SERIES)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with transaction.atomic():
        assert take_number(**SERIES) == "晋(襄垣)煤安处〔2026〕1号"
