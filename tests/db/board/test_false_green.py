"""What once painted a measure green and must not: a number, one row for all, a feed that spoke, one valid day, one's own "passed"."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.base.period import parse_period
from kuangan.core.actions import save_attachment
from kuangan.duty.actions import ask_for, fulfil, fulfil_many, judge_credit, open_due, reopen_lapsed
from kuangan.duty.credit import Credit
from kuangan.duty.models import Duty, Fulfilment
from kuangan.duty.proof.holding import with_states
from kuangan.duty.status import Status, status_of
from kuangan.flow.credit.credits import open_and_credit
from kuangan.flow.credit.daily import open_current
from kuangan.flow.credit.entries import correct
from kuangan.flow.credit.rosters import count_subjects
from kuangan.law.clause import clauses
from kuangan.law.content import procedures
from kuangan.law.duty.obligation_file import obligation_by_id, obligations
from kuangan.law.procedure import Quiet
from kuangan.mine.models import Point
from kuangan.monitor.models import Silence
from kuangan.overview.board import clauses as clauses_of_board
from kuangan.overview.board.board import ClauseCell, board
from kuangan.overview.board.counts import CellStatus
from kuangan.overview.figures.overdue import overdue_of
from tests.db.flow.records import add, on

YEAR = parse_period("2026")
SEEN = {"sight": "file", "opinion": "已查看文件正文，条款齐全"}


def clause(city, clause_id: str, unit: str, at: datetime, period=YEAR) -> ClauseCell:
    """A clause of a unit as the board shows it."""
    shown = city.units[unit]
    return board([shown], period, at).clause(clauses()[clause_id], shown)


def measure_of(city, code: str, unit: str, at: datetime) -> CellStatus:
    shown = city.units[unit]
    return board([shown], YEAR, at).cell(code, shown).status


def test_a_document_number_turns_nothing_met_and_what_the_level_above_has_seen_does(city):
    at = on("2026-03-02")
    open_due(at)
    regime = {"subject": "19.3", "valid_from": "2026-01-10", "review_by": "2027-01-09"}
    duty = Duty.objects.get(obligation="emergency_response_regime_mine", unit=city.units["mine"])
    add(city, "regime_document", "mine", at, **regime)
    assert not duty.fulfilments.exists(), "a number and a signer"
    file = save_attachment(actor=city["mine_director"], name="制度.txt", content="第一条".encode(), at=at)
    add(city, "regime_document", "mine", at, version="第9版", document=[file.pk], **regime)
    duty.refresh_from_db()
    assert (duty.fulfilments.count(), duty.done_at) == (1, None), (
        "with its file and articles it waits for the level above"
    )
    judge_credit(actor=city["county_head"], fulfilment=duty.fulfilments.get(), confirmed=True, at=at, **SEEN)
    duty.refresh_from_db()
    assert (duty.done_at is not None, duty.grade) == (True, "accepted")
    cell = clause(city, "19.3", "mine", at)
    assert (cell.counts.met, cell.status) == (1, CellStatus.unbuilt), "a document is not the graded response"
    assert measure_of(city, "19.3", "mine", at) is CellStatus.unbuilt


@pytest.fixture
def appraised(city) -> Duty:
    """The county owes its appraisals; two commissioners are on its list."""
    at = on("2026-03-02")
    open_due(at)
    for name in ("赵一", "钱二"):
        add(city, "commissioner", "county", at, name=name, from_on="2026-01-01", to_on=None)
    return Duty.objects.get(obligation="commissioner_appraisal", unit=city.units["county"])


def appraise(city, duty: Duty, name: str) -> Status:
    at = on("2026-03-10")
    add(city, "commissioner_appraisal", "county", at, commissioner=name, year=2026, appraised_on="2026-03-10")
    duty.refresh_from_db()
    return status_of(duty, at)


def test_one_row_is_not_done_for_all(city, appraised):
    appraised.refresh_from_db()
    assert appraised.needed == 2
    assert [appraise(city, appraised, name) for name in ("赵一", "无名")] == [Status.due] * 2, (
        "one, and one not on the list"
    )
    assert appraise(city, appraised, "钱　二") == Status.met


def test_who_joins_the_list_is_owed_one_too_and_the_same_one_twice_is_one(city, appraised):
    appraise(city, appraised, "赵一")
    add(
        city,
        "commissioner_appraisal",
        "county",
        on("2026-03-11"),
        commissioner="赵一",
        year=2025,
        appraised_on="2026-03-11",
    )
    appraised.refresh_from_db()
    assert appraised.done_at is None
    appraise(city, appraised, "钱二")
    assert appraised.done_at is not None
    add(city, "commissioner", "county", on("2026-03-12"), name="孙三", from_on="2026-03-12", to_on=None)
    appraised.refresh_from_db()
    assert (appraised.needed, appraised.done_at) == (3, None)
    assert count_subjects(on("2026-03-13")) == 0, "in step already"
    assert ask_for(needed={}, at=on("2026-03-13")) == 0


def test_without_a_list_nobody_can_say_that_none_was_left_out(city, monkeypatch):
    law = obligation_by_id("team_safety_activity_week")
    unlisted = replace(law, each=replace(law.each, ledger="", name=""))
    known = {**obligations(), law.id: unlisted}
    monkeypatch.setattr(clauses_of_board, "obligations", lambda: known)
    clauses_of_board.unlisted.cache_clear()
    at = on("2026-03-10")
    open_due(at)
    duty = Duty.objects.filter(obligation=law.id, unit=city.units["mine"]).latest("pk")
    fulfil(actor=None, duty=duty, source="file", key="list", done_at=at, at=at)
    cell = clause(city, "4.1e", "mine", at, parse_period("2026-03"))
    clauses_of_board.unlisted.cache_clear()
    assert (cell.counts.met, cell.counts.unknown) == (1, 1)
    assert cell.status is CellStatus.unknown


LEADERS = (
    ("leader_task_list", "2026", "leader_task", {"listed_on": "2026-03-10"}),
    ("leader_task_progress", "2026-Q1", "leader_duty_report", {"reported_on": "2026-03-10", "kind": "progress"}),
    ("leader_yearly_report", "2026", "leader_duty_report",
     {"reported_on": "2026-03-10", "kind": "yearly", "heard_by": "县委常委会第20次会议"}),
)  # fmt: skip


@pytest.mark.parametrize(("law", "period", "book", "row"), LEADERS)
def test_one_leaders_list_or_report_is_not_that_of_all(city, law, period, book, row):
    at = on("2026-03-10")
    open_due(on("2026-03-02"))
    duty = Duty.objects.get(obligation=law, unit=city.units["county_government"], period=period)
    add(city, book, "county_government", at, leader="郑演明", **row)
    duty.refresh_from_db()
    assert (duty.fulfilments.count(), duty.done_at) == (0, None), "nobody says who the leaders are"
    for leader in ("郑演明", "范示例"):
        add(city, "leader_roster", "county_government", at, name=leader, from_on="2026-01-01")
    duty.refresh_from_db()
    assert (duty.needed, duty.fulfilments.count(), duty.done_at) == (2, 1, None), "what was done before the list counts"
    add(city, book, "county_government", at, leader="不在名单", **row)
    assert duty.fulfilments.count() == 1
    add(city, book, "county_government", at, leader="范示例", **row)
    duty.refresh_from_db()
    assert duty.done_at is not None


def test_a_leader_who_has_left_is_asked_for_no_more_from_the_day_after(city):
    at = on("2026-03-10")
    open_due(on("2026-03-02"))
    duty = Duty.objects.get(obligation="leader_task_list", unit=city.units["county_government"], period="2026")
    for leader, to_on in (("郑演明", None), ("范示例", "2026-03-10")):
        add(city, "leader_roster", "county_government", at, name=leader, from_on="2026-01-01", to_on=to_on)
    duty.refresh_from_db()
    assert duty.needed == 2
    count_subjects(on("2026-03-11"))
    duty.refresh_from_db()
    assert duty.needed == 1


@pytest.mark.parametrize("kind", ["activity", "mutual_check"])
def test_each_team_of_the_posts_owes_its_activity(city, kind):
    at = on("2026-03-10")
    law = {"activity": "team_safety_activity_week", "mutual_check": "team_mutual_check_week"}[kind]
    for number, team in enumerate(("生产一班", "检修班", "检修班")):
        add(city, "post_responsibility", "mine", at, 1, employee_number=f"YS{number}", team=team)
    add(city, "post_responsibility", "mine", at, employee_number="YS9", team=None)
    open_current(on("2026-03-09"))
    duty = Duty.objects.get(obligation=law, unit=city.units["mine"], period="2026-W11")
    assert duty.needed == 2
    for team, done in (("生产一班", False), ("临时班", False), ("检修班", True)):
        add(city, "team_safety_activity", "mine", at, kind=kind, held_on="2026-03-10", team=team)
        duty.refresh_from_db()
        assert (duty.done_at is not None) == done, team


def test_every_risk_point_that_stood_on_the_list_is_identified_anew_and_a_first_list_is_unknown(city):
    at = on("2026-03-10")
    open_due(on("2026-03-02"))
    duty = Duty.objects.get(obligation="yearly_risk_identification", unit=city.units["mine"], period="2026")
    point = {"identified_on": "2026-03-10", "valid_to": "2027-03-09"}
    add(city, "risk_list", "mine", at, place="回风隅角", **point)
    duty.refresh_from_db()
    assert duty.done_at is not None
    assert clause(city, "9.2", "mine", at).counts.unknown >= 1, "the first list: nobody knows what it leaves out"
    known = clause(city, "9.2", "mine", at).counts.unknown
    for place in ("中央变电所", "主运输大巷"):
        add(city, "risk_list", "mine", at, place=place, identified_on="2025-12-20", valid_to="2026-12-31")
    duty.refresh_from_db()
    assert (duty.needed, duty.done_at) == (3, None)
    for place in ("中央变电所", "主运输大巷"):
        add(city, "risk_list", "mine", at, place=place, **point)
    duty.refresh_from_db()
    assert duty.done_at is not None
    assert clause(city, "9.2", "mine", at).counts.unknown == known - 1


FEBRUARY = parse_period("2026-02")
BY_FEED = ("10.3b", "16.1a")
"""What else than alarms their clauses ask of a mine is not built, and no cell of theirs is green by a feed alone."""


def quiet(city, clause_id: str) -> tuple[int, int]:
    """How many mines a clause shows as clear and as unknown for February, over the offices that answer."""
    units = [city.units[name] for name in ("mine", "county")]
    made = board(units, FEBRUARY, on("2026-03-10"))
    cells = [made.clause(clauses()[clause_id], unit).counts for unit in units]
    return sum(counts.clear for counts in cells), sum(counts.unknown for counts in cells)


@pytest.fixture
def heard(city):
    """The feeds of all mines spoke in February."""
    Point.objects.update(first_seen_at=on("2026-01-02"))


@pytest.mark.usefixtures("heard")
def test_a_feed_that_spoke_clears_its_own_clauses_and_nothing_else(city):
    for code in BY_FEED:
        clear, unknown = quiet(city, code)
        assert (clear > 0, unknown) == (True, 0), code
    with_cases = {law for each in clauses().values() if each.id in BY_FEED for law in each.procedures}
    assert with_cases == {law.id for law in procedures() if law.quiet_when == Quiet.feed}
    others = [each.id for each in clauses().values() if each.id not in BY_FEED and each.procedures]
    assert others
    assert {quiet(city, code)[0] for code in others} == {0}
    made = board([city.units["county"]], FEBRUARY, on("2026-03-10"))
    for code in ("10.3", "16.1"):
        assert made.cell(code, city.units["county"]).status is not CellStatus.met


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("ended", [None, "2026-02-11"])
def test_a_feed_that_fell_silent_for_a_while_leaves_its_clauses_unknown(city, ended):
    before = {code: quiet(city, code) for code in BY_FEED}
    Silence.objects.create(
        mine=city.mine, started_at=on("2026-02-10"), ended_at=ended and on(ended), noticed_at=on("2026-02-10")
    )
    for code in BY_FEED:
        clear, unknown = quiet(city, code)
        assert (before[code][0] - clear, unknown - before[code][1]) == (1, 1), code


@pytest.mark.usefixtures("heard")
def test_a_silence_that_ended_before_the_month_or_of_one_point_only_leaves_it_clear(city):
    before = {code: quiet(city, code) for code in BY_FEED}
    at = on("2026-01-10")
    Silence.objects.create(mine=city.mine, started_at=at, ended_at=on("2026-01-11"), noticed_at=at)
    point = Point.objects.filter(mine=city.mine).first()
    Silence.objects.create(mine=city.mine, point=point, started_at=on("2026-02-10"), noticed_at=on("2026-02-10"))
    assert {code: quiet(city, code) for code in BY_FEED} == before


@pytest.mark.usefixtures("heard")
def test_a_feed_that_began_within_the_month_says_nothing_of_it(city):
    Point.objects.filter(mine=city.mine).update(first_seen_at=on("2026-02-02"))
    for code in BY_FEED:
        assert quiet(city, code)[1] == 1, code


def test_a_standing_duty_holds_on_the_days_of_its_evidence_only(city):
    at = on("2026-02-02")
    open_due(at)
    copy = save_attachment(actor=city["mine_director"], name="承诺书.txt", content="签字".encode(), at=at)
    ends = {"valid_until": "2026-03-31", "reviewed_on": None, "review": None}
    entry = add(city, "safety_commitment", "mine", at, signed_copy=[copy.pk], **ends)
    duty = Duty.objects.get(obligation="safety_commitment_standing", unit=city.units["mine"])
    assert status_of(duty, at) == Status.met
    seen = {day: clause(city, "3.1b", "mine", on(day)).counts for day in ("2026-03-31", "2026-04-01")}
    assert (seen["2026-03-31"].met, seen["2026-04-01"].met) == (1, 0)
    assert seen["2026-04-01"].overdue == 1, "it held and holds no more"
    open_current(on("2026-04-01"))
    duty.refresh_from_db()
    assert (duty.done_at, duty.wakes_at is not None) == (None, True), "and is urged from the day on"
    month = parse_period("2026-03")
    assert clause(city, "3.1b", "mine", on("2026-04-10"), month).counts.met == 1, "March is as it was"
    correct(
        actor=None,
        entry=entry,
        values={**entry.values, "valid_until": "2026-12-31"},
        reason="续签",
        at=on("2026-04-02"),
    )
    duty.refresh_from_db()
    assert duty.done_at is not None


def test_b2_a_standing_duty_of_which_nothing_was_ever_shown_is_overdue_after_a_month(city):
    open_due(on("2026-02-02"))
    moments = (on("2026-03-04", 9), on("2026-03-04", 10))
    assert [clause(city, "3.1b", "mine", moment).counts.overdue for moment in moments] == [0, 1]


@pytest.mark.parametrize(("given", "about", "status"), [(1, "a", "due"), (2, "a", "due"), (2, "ab", "met")])
def test_half_of_what_a_standing_duty_needs_is_not_met(city, given, about, status):
    at = on("2026-02-02")
    open_due(at)
    duty = Duty.objects.get(obligation="safety_commitment_standing", unit=city.units["mine"])
    Duty.objects.filter(pk=duty.pk).update(needed=2)
    for number in range(given):
        said = {"source": "entry", "key": str(number), "about": about[number % len(about)]}
        Fulfilment.objects.create(duty=duty, done_at=at, recorded_at=at, **said)
    (stood,) = with_states(Duty.objects.filter(pk=duty.pk), at.date(), at)
    assert stood.status == status


def test_a_standing_duty_that_needs_two_is_open_again_once_one_of_them_ended(city):
    at = on("2026-02-02")
    open_due(at)
    duty = Duty.objects.get(obligation="safety_commitment_standing", unit=city.units["mine"])
    Duty.objects.filter(pk=duty.pk).update(needed=2)
    ends = {"a": None, "b": date(2026, 3, 31)}
    fulfil_many(
        [
            Credit(duty.pk, "entry", name, at, at, about=name, holds_from=at.date(), holds_until=until)
            for name, until in ends.items()
        ],
        at=at,
    )
    assert reopen_lapsed(on("2026-03-31")) == 0
    assert status_of(Duty.objects.get(pk=duty.pk), on("2026-03-31")) == Status.met
    assert reopen_lapsed(on("2026-04-01")) == 1
    duty.refresh_from_db()
    assert (duty.done_at, duty.wakes_at is not None) == (None, True), "and is urged from the day on"
    assert reopen_lapsed(on("2026-04-02")) == 0
    (matter,) = (
        matter
        for matter in overdue_of(city["county_section"], city.units["mine"], on("2026-04-02"))
        if matter.duty == duty
    )
    assert matter.text.endswith("有效材料不足"), "one of two holds"


def test_what_the_owing_unit_types_of_others_is_its_own_word(city):
    """The mine writes that the department accepted: its credit is no better than its own word."""
    at = on("2026-04-02")
    open_due(on("2026-03-02"))
    entry = add(city, "production_month", "mine", at)
    credit = Fulfilment.objects.get(key=str(entry.serial), duty__obligation="production_month_report")
    assert credit.grade == "self"
    cell = clause(city, "3.1h", "mine", at, parse_period("2026-03"))
    assert (cell.grade, cell.counts.own) == ("self", cell.counts.met)


def test_a_measure_is_met_only_when_all_its_clauses_are(city):
    at = datetime(2026, 3, 20, tzinfo=UTC)
    open_and_credit(on("2026-03-02"))
    mine = city.units["mine"]
    rows = Duty.objects.filter(
        unit=mine, measure="4.1", period__in=board([mine], parse_period("2026-03"), at).window.keys
    )
    rows.update(done_at=at - timedelta(days=1), recorded_at=at - timedelta(days=1))
    made = board([mine], parse_period("2026-03"), at)
    assert rows.count() > 1
    assert made.cell("4.1", mine).counts.open == 0
    assert made.cell("4.1", mine).status is not CellStatus.met, "4.1d rests on a rule that has said nothing"
