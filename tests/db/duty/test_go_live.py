"""Before the day from which a unit works on the platform nothing is owed, and the board counts nothing of it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.base.period import parse_period
from kuangan.core.actions import put_off_go_live, set_go_live
from kuangan.core.errors import Refused
from kuangan.core.models import GoLive
from kuangan.core.queries.go_live import ALWAYS, NOT_YET, go_live_days
from kuangan.duty.actions import open_due, open_event, recompute_open
from kuangan.duty.changes import NOT_LIVE
from kuangan.duty.models import Duty
from kuangan.duty.owing import is_owed
from kuangan.law.duty.obligation_file import obligation_by_id, obligations
from kuangan.overview.board.board import board
from kuangan.overview.board.counts import CellStatus

MEETING = "county_coal_meeting"
GIVEN = {"document": "示应急〔2026〕1号", "reason": "首批启用"}


def meetings() -> list[str]:
    return sorted(Duty.objects.filter(obligation=MEETING, cancelled_at=None).values_list("period", flat=True))


def test_nothing_is_owed_before_a_day_is_set_and_what_had_begun_is_owed_while_its_deadline_lies_ahead(city, at):
    put_off_go_live(actor=None, unit=city.units["area"], at=at)
    assert open_due(at) == 0
    set_go_live(actor=None, unit=city.units["area"], on=date(2026, 3, 20), at=at, **GIVEN)
    open_due(at)
    assert meetings() == ["2026-03"]
    assert Duty.objects.get(obligation=MEETING).due_at == beijing_midnight(date(2026, 4, 1))


def test_a_unit_has_its_own_day_and_the_others_that_of_their_area(city, at):
    county = city.units["county_government"]
    put_off_go_live(actor=None, unit=city.units["area"], at=at)
    set_go_live(actor=None, unit=county, on=date(2026, 3, 10), at=at, **GIVEN)
    open_due(at)
    assert set(Duty.objects.values_list("unit", flat=True)) == {county.pk}
    days = go_live_days()
    assert days.day_of(county.path) == date(2026, 3, 10)
    assert days.day_of(city.units["mine"].path) == NOT_YET
    assert days.day_of("9999/") == ALWAYS


@pytest.mark.parametrize(
    ("live_from", "needed", "standing", "owed"),
    [
        (date(2026, 3, 1), 4, False, True),
        (date(2026, 3, 2), 4, False, False),
        (date(2026, 3, 30), 1, False, True),
        (date(2026, 3, 31), 1, False, False),
        (date(2026, 3, 30), 4, True, True),
        (date(2026, 3, 31), 4, True, False),
        (date(2026, 4, 1), 1, False, False),
        (date.max, 1, True, False),
    ],
)
def test_a_period_that_had_begun_is_owed_wholly_or_not_at_all(live_from, needed, standing, owed):
    law = replace(obligation_by_id(MEETING), cadence="standing" if standing else "month")
    due_at = beijing_midnight(date(2026, 4, 1))  # 31 March is the last day in time
    assert is_owed(law, live_from, date(2026, 3, 1), due_at, needed) is owed


def test_an_event_before_the_day_is_not_owed_and_one_on_the_day_is(city, at):
    county = city.units["county"]
    put_off_go_live(actor=None, unit=city.units["area"], at=at)
    set_go_live(actor=None, unit=county, on=date(2026, 3, 12), at=at, **GIVEN)
    law = next(law for law in obligations().values() if law.cadence == "event" and law.owner == "county_bureau")
    given = {"obligation": law, "unit": county, "due_at": None, "title": law.title}
    before = datetime(2026, 3, 11, 15, 59, tzinfo=UTC)
    assert open_event(start=before, subject="case:1", at=before, **given) is None
    after = datetime(2026, 3, 11, 16, 0, tzinfo=UTC)
    assert open_event(start=after, subject="case:2", at=after, **given) is not None


def test_a_later_day_takes_back_what_was_opened_and_an_earlier_one_brings_it_again(city, at):
    area = city.units["area"]
    put_off_go_live(actor=None, unit=area, at=at)
    set_go_live(actor=None, unit=area, on=date(2026, 3, 15), at=at, **GIVEN)
    open_due(at)
    set_go_live(actor=None, unit=area, on=date(2026, 4, 2), at=at, **GIVEN)
    recompute_open(at)
    gone = Duty.objects.get(obligation=MEETING)
    assert (gone.cancelled_for, gone.wakes_at) == (NOT_LIVE, None)
    set_go_live(actor=None, unit=area, on=date(2026, 3, 12), at=at, **GIVEN)
    recompute_open(at)
    assert meetings() == ["2026-03"]
    assert GoLive.objects.filter(unit=area, ended_at=None).count() == 1


def test_a_day_that_has_come_or_lies_before_this_month_is_refused_and_so_is_one_without_paper(city, at):
    area = city.units["area"]
    with pytest.raises(Refused, match="一直在平台办理"):
        set_go_live(actor=None, unit=area, on=date(2026, 4, 1), at=at, **GIVEN)
    put_off_go_live(actor=None, unit=area, at=at)
    with pytest.raises(Refused, match="不能早于本月1日"):
        set_go_live(actor=None, unit=area, on=date(2026, 2, 28), at=at, **GIVEN)
    with pytest.raises(Refused, match="文号和事由"):
        set_go_live(actor=None, unit=area, on=date(2026, 4, 1), document=" ", reason="启用", at=at)
    set_go_live(actor=None, unit=area, on=date(2026, 3, 1), at=at, **GIVEN)
    with pytest.raises(Refused, match="启用日不能再改"):
        set_go_live(actor=None, unit=area, on=date(2026, 4, 1), at=at, **GIVEN)


def test_the_board_says_so_and_counts_nothing_of_it(city, at):
    county = city.units["county_government"]
    open_due(at)
    march, after = parse_period("2026-03"), datetime(2026, 4, 20, tzinfo=UTC)
    overdue = board([county], march, after)
    assert overdue.cell("1.1", county).counts.overdue > 0
    put_off_go_live(actor=None, unit=city.units["area"], at=at)
    made = board([county, city.units["mine"]], march, after)
    assert {cell.status for cell in made.cells.values()} == {CellStatus.not_live}
    assert all(cell.counts.empty for cell in made.cells.values())
    assert "尚未启用" in made.cell("1.1", county).reason
    set_go_live(actor=None, unit=county, on=date(2026, 4, 1), at=datetime(2026, 4, 2, tzinfo=UTC), **GIVEN)
    assert board([county], march, after).cell("1.1", county).status is CellStatus.not_live
    april = board([county], parse_period("2026-04"), after)
    assert CellStatus.not_live not in {cell.status for cell in april.cells.values()}
