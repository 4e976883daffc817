"""Task 2: patrols of commissioners — partial, empty, idle, handed over — and a mine that stops and runs again."""

import pytest

from kuangan.casework.models import Case
from kuangan.core.actions import appoint, create_person, create_user, relieve
from kuangan.core.errors import Refused
from kuangan.core.models import Event
from kuangan.duty.queries import my_duties
from kuangan.flow.act import advance
from kuangan.mine.actions import set_attribute
from tests.city import PASSWORD
from tests.story.year import moment

WEEKLY, OWN, VISITS = "commissioner_weekly_patrol", "commissioner_own_patrols", "five_person_visits"


def patrol(year, day, by="commissioner_a", **change):
    return year.write(by, "commissioner_patrol", "county", patrolled_on=day, **change)


def halt(year, status, day):
    set_attribute(
        actor=year.city["county_officer"], mine=year.city.mine, name="status", value=status,
        valid_from=moment(day).date(), at=year.at,
    )  # fmt: skip


def test_three_of_four_patrols_stay_open_until_the_fourth(year):
    year.to("2026-03-02")
    own = year.duty(OWN, "county", post=year.post("commissioner_a"), period="2026-03")
    with pytest.raises(Refused, match="巡查地点"):
        patrol(year, "2026-03-02", places=" ")
    for day in ("2026-03-02", "2026-03-10", "2026-03-17"):
        year.to(day)
        patrol(year, day)
    assert (year.credits(own), year.statuses(OWN, "county", post=own.post)) == ((3, 4), {"2026-03": "due"})
    others = year.duty(OWN, "county", post=year.post("commissioner_b"), period="2026-03")
    assert year.credits(others) == (0, 4)
    year.to("2026-03-24")
    other = patrol(year, "2026-03-24", by="commissioner_b", person="席巡成", shift="night")
    assert (year.credits(own), year.credits(others)) == ((3, 4), (1, 4))
    year.correct("commissioner_b", other, "巡查人登记错误", person="毕监成")
    assert (year.credits(own), year.credits(others)) == ((4, 4), (0, 4))
    year.to("2026-04-01T00:00")
    assert year.statuses(OWN, "county", period="2026-03", post=own.post) == {"2026-03": "met"}
    assert year.statuses(OWN, "county", period="2026-03", post=others.post) == {"2026-03": "overdue"}
    weeks = year.statuses(WEEKLY, "county", mine=year.city.mine, first_on__lt="2026-04-01")
    assert weeks == {"2026-W10": "met", "2026-W11": "met", "2026-W12": "met", "2026-W13": "met", "2026-W14": "due"}
    assert year.judged("month_without_cover") == {
        "month_without_cover": "found"
    }  # March may still be recorded: February
    year.to("2026-04-03")
    assert year.judged("week_without_patrol", "month_without_cover") == {
        "week_without_patrol": "clear", "month_without_cover": "clear",
    }  # fmt: skip


def test_the_open_duty_goes_to_the_successor(year):
    year.to("2026-03-02")
    city, post = year.city, year.post("commissioner_a")
    before = city["commissioner_a"]
    owed = year.duty(OWN, "county", post=post, period="2026-03")
    patrol(year, "2026-03-02")
    assert owed in my_duties(before, year.at)
    year.to("2026-03-10")
    relieve(actor=city["county_head"], post=post, at=year.at)
    person = create_person(actor=None, name="辛接任", unit=city.units["county"], phone="000-0003", at=year.at)
    after = create_user(actor=None, username="commissioner_c", person=person, password=PASSWORD)
    year.to("2026-03-11")
    assert not my_duties(after, year.at).exists()
    appoint(actor=None, post=post, person=person, at=year.at)
    assert (owed in my_duties(after, year.at), my_duties(before, year.at).exists()) == (True, False)
    city.users["commissioner_c"] = after
    for day in ("2026-03-12", "2026-03-18", "2026-03-26"):
        year.to(day)
        patrol(year, day, by="commissioner_c", person="辛接任")
    assert (year.credits(owed), year.statuses(OWN, "county", post=post)) == ((4, 4), {"2026-03": "met"})


def test_a_stopped_mine_is_not_patrolled_and_an_idle_visit_counts_for_nothing(year):
    year.to("2026-03-02")
    mine = {"mine": year.city.mine}
    halt(year, "halted", "2026-03-02")
    year.to("2026-03-03")
    week = year.duty(WEEKLY, "county", **mine)
    assert (year.statuses(WEEKLY, "county", **mine), week.cancelled_for) == (
        {"2026-W10": "cancelled"}, "煤矿已停产停建或者关闭",
    )  # fmt: skip
    assert year.statuses("mine_training_monthly", "mine") == {"2026-03": "cancelled"}
    patrol(year, "2026-03-03")
    owed = year.duty(OWN, "county", post=year.post("commissioner_a"))
    assert year.credits(owed) == (0, 4)
    # The last week that is over is judged by what the mine was then: it still produced.
    assert year.judged("week_without_patrol") == {"week_without_patrol": "found"}
    year.to("2026-03-06")
    halt(year, "producing", "2026-03-06")
    year.to("2026-03-06T11:00")  # it runs again before the week is over: the week is owed again
    assert year.statuses(WEEKLY, "county", **mine) == {"2026-W10": "due"}
    assert year.statuses("mine_training_monthly", "mine") == {"2026-03": "due"}
    actions = Event.objects.filter(subject_id=str(week.pk), action__in=("duty_cancelled", "duty_reinstated"))
    assert list(actions.order_by("pk").values_list("action", flat=True)) == ["duty_cancelled", "duty_reinstated"]
    year.to("2026-03-08T23:59:59")
    patrol(year, "2026-03-08", underground=False)
    year.to("2026-03-09T00:00")
    assert year.statuses(WEEKLY, "county", **mine) == {"2026-W10": "met", "2026-W11": "due"}
    assert year.credits(owed) == (1, 4)


def test_a_week_without_patrol_is_found_after_its_grace(year):
    year.walk("2026-03-02", "2026-03-09T00:00")
    mine = {"mine": year.city.mine}
    assert year.statuses(WEEKLY, "county", **mine) == {"2026-W10": "overdue", "2026-W11": "due"}
    late = patrol(year, "2026-03-05")
    assert year.statuses(WEEKLY, "county", **mine)["2026-W10"] == "met"
    year.void("commissioner_a", late, "非本人巡查")
    year.to("2026-03-17T12:00")
    assert year.statuses(WEEKLY, "county", **mine) == {
        "2026-W10": "overdue", "2026-W11": "overdue", "2026-W12": "due",
    }  # fmt: skip
    patrol(year, "2026-03-17")
    year.to("2026-03-18T12:00")
    assert year.judged("week_without_patrol") == {"week_without_patrol": "found"}
    year.to("2026-03-25T12:00")
    assert year.judged("week_without_patrol") == {"week_without_patrol": "clear"}


def test_an_opinion_is_closed_by_the_commissioner(year):
    year.to("2026-03-10")
    opinion = year.write("commissioner_a", "site_opinion", "county")
    case = Case.objects.get(entry=opinion)
    assert year.statuses("site_opinion_closure", "mine") == {}
    year.to("2026-03-12")
    files = year.city.evidence("mine_director")
    said = {"done": "已更换挡风帘", "finished_on": "2026-03-12", "files": files}
    advance(actor=year.city["mine_director"], case=case, move_id="answer", inputs=said, at=year.at)
    year.to("2026-03-13")
    seen = {"method": "on_site", "seen": "1301回风隅角挡风帘完好"}
    advance(actor=year.city["commissioner_b"], case=case, move_id="accept", inputs=seen, at=year.at)
    case.refresh_from_db()
    assert (case.state, case.clocks.filter(lapsed_at__isnull=False).count()) == ("closed", 0)
