"""Silence of a mine that does not work on the platform yet opens no case; on its day what lasts is taken up. An over-limit never waits."""

from datetime import timedelta

import pytest

from kuangan.base import clock
from kuangan.casework.models import Case, Finding
from kuangan.core.actions import put_off_go_live, set_go_live
from kuangan.core.queries.go_live import go_live_days
from kuangan.flow.sweep import sweep_once
from kuangan.flow.upkeep.queries import waiting_work
from kuangan.mine.models import Mine
from kuangan.monitor.models import Silence
from kuangan.monitor.queries import silences_to_take
from tests.city import over
from tests.db.flow.conftest import MORNING

NEXT_DAY = MORNING + timedelta(days=1)


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    """It is ten in the morning."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)


def silence(mine: Mine, *, hours: int, ended: bool = False) -> Silence:
    ended_at = MORNING - timedelta(hours=1) if ended else None
    started_at = MORNING - timedelta(hours=hours)
    return Silence.objects.create(mine=mine, started_at=started_at, ended_at=ended_at, level=4, noticed_at=MORNING)


def cases() -> set[tuple[str, str]]:
    return set(Case.objects.values_list("procedure", "mine__code"))


def test_silence_waits_for_the_day_and_an_over_limit_does_not(city):
    first, second = city.mine, city.mines["second"]
    put_off_go_live(actor=None, unit=city.units["area"], at=MORNING)
    set_go_live(actor=None, unit=second.unit, on=clock.civil_date(MORNING), document="1号", reason="试点", at=MORNING)
    lasting, ended = silence(first, hours=30), silence(first, hours=60, ended=True)
    silence(second, hours=30)
    over(city.points["first-1301-T0"], MORNING - timedelta(minutes=9))
    sweep_once(MORNING)
    assert cases() == {("alarm_handling", first.code), ("feed_silence", second.code)}
    assert {work.name: work.number for work in waiting_work(city["operator"], MORNING)}["未处置的数据中断"] == 0
    set_go_live(
        actor=None, unit=city.units["area"], on=clock.civil_date(NEXT_DAY), document="2号", reason="启用", at=MORNING
    )
    sweep_once(MORNING)
    assert ("feed_silence", first.code) not in cases()
    sweep_once(NEXT_DAY)
    case = Case.objects.get(procedure="feed_silence", mine=first)
    assert case.facts["silences"] == [lasting.pk]
    assert not Finding.objects.filter(subject=str(ended.pk)).exists()
    assert not Silence.objects.filter(reacted_at=None).exists()


def test_the_condition_of_a_statement_says_what_the_days_say(city):
    put_off_go_live(actor=None, unit=city.units["area"], at=MORNING)
    put_off_go_live(actor=None, unit=city.mine.unit, at=MORNING)
    today = clock.civil_date(MORNING)
    set_go_live(actor=None, unit=city.units["county_area"], on=today, document="1号", reason="启用", at=MORNING)
    for mine in city.mines.values():
        silence(mine, hours=2)
    live = {mine.pk for mine in city.mines.values() if go_live_days().is_live(mine.unit.path, today)}
    assert {gap.mine_id for gap in silences_to_take(MORNING)} == live == {city.mines["second"].pk}
