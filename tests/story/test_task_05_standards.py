"""Task 5: thirty working days after a resumption to apply anew, and the quarter's self-check."""

from kuangan.casework.models import Finding
from kuangan.core.models import Event
from kuangan.duty.queries import years_without_calendar
from tests.story.year import moment

RULE = "no_grading_application_after_resumption"
REAPPLY = "standardization_reapply_after_accident"


def newest(entry):
    """The newest version of an entry."""
    return type(entry).objects.get(serial=entry.serial, superseded_at=None)


def test_a_mine_that_resumed_applies_within_thirty_working_days(year):
    year.to("2026-03-02")
    year.write("county_clerk", "accident_resumption", "county")
    duty = year.duty(REAPPLY, "mine")
    assert (duty.due_at, duty.provisional, duty.subject[:6]) == (moment("2026-04-15T00:00"), False, "entry:")
    year.to("2026-03-10")
    wrong = year.write("mine_director", "standardization_application", "mine", applied_on="2026-03-10", kind="renewal")
    assert year.statuses(REAPPLY, "mine") == {"E2026-04": "due"}  # an ordinary application is not the new one
    year.correct("mine_director", wrong, "申请类别填写错误", kind="re_grading")
    assert year.statuses(REAPPLY, "mine") == {"E2026-04": "met"}
    year.to("2026-04-15T00:00")
    assert year.judged(RULE) == {RULE: "clear"}
    year.void("mine_director", newest(wrong), "申请已撤回")
    year.to("2026-04-15T11:00")
    assert (year.said([RULE]), year.statuses(REAPPLY, "mine")) == ({RULE: "found"}, {"E2026-04": "overdue"})
    assert "2026年3月2日复产" in Finding.objects.get(rule=RULE, revoked_at=None).reason
    year.to("2026-04-20")
    year.write("mine_director", "standardization_application", "mine", applied_on="2026-04-20")
    year.to("2026-04-20T11:00")
    assert (year.said([RULE]), year.statuses(REAPPLY, "mine")) == ({RULE: "clear"}, {"E2026-04": "late"})
    assert year.statuses("standardization_self_check_quarterly", "mine") == {"2026-Q1": "overdue", "2026-Q2": "due"}


def test_a_building_mine_owes_no_application(year):
    year.to("2026-03-02")
    resumed = year.write("county_clerk", "accident_resumption", "county", producing=False)
    assert year.statuses(REAPPLY, "mine") == {}
    year.correct("county_clerk", resumed, "该矿为生产煤矿", producing=True)
    assert year.statuses(REAPPLY, "mine") == {"E2026-04": "due"}


def recomputed(duty):
    """What was recorded of each change of a duty's terms: due before and after."""
    rows = Event.objects.filter(subject_id=str(duty.pk), action="duty_recomputed").order_by("pk")
    return [
        (row.data["before"]["due_at"][:10], row.data["after"]["due_at"][:10], row.data["provisional"]) for row in rows
    ]


def test_across_the_year_end_the_time_is_provisional_until_the_calendar_is_published(year, corpus):
    corpus.withdraw_year(2027)
    year.to("2026-12-07")
    assert years_without_calendar(year.at) == [2027]
    year.write("county_clerk", "accident_resumption", "county", resumed_on="2026-12-07")
    duty = year.duty(REAPPLY, "mine")
    assert (duty.due_at, duty.provisional, duty.period) == (moment("2027-01-19T00:00"), True, "E2027-01")
    december = year.duty("county_coal_meeting", "county_government", period="2026-12")
    assert (december.due_at, december.grace_at, december.provisional) == (
        moment("2027-01-01T00:00"), moment("2027-01-08T00:00"), True,
    )  # fmt: skip

    corpus.publish_year(2027, "2027-01-01", provisional=True)  # the statutory days only
    year.to("2026-12-08")
    duty.refresh_from_db()
    assert (duty.due_at, duty.provisional) == (moment("2027-01-20T00:00"), True)

    corpus.publish_year(2027, "2027-01-01", "2027-01-04")
    year.to("2026-12-18")
    for row in (duty, december):
        row.refresh_from_db()
    assert (duty.due_at, duty.grace_at, duty.provisional) == (
        moment("2027-01-21T00:00"), moment("2027-01-23T00:00"), False,
    )  # fmt: skip
    assert (december.due_at, december.grace_at, december.provisional) == (
        moment("2027-01-01T00:00"), moment("2027-01-12T00:00"), False,
    )  # fmt: skip
    assert recomputed(duty) == [("2027-01-18", "2027-01-19", True), ("2027-01-19", "2027-01-20", False)]  # days of UTC
    year.to("2026-12-18T11:00")
    assert len(recomputed(duty)) == 2  # once
    assert years_without_calendar(year.at) == []
    year.to("2027-01-20T23:59:59")
    year.write("mine_director", "standardization_application", "mine", applied_on="2027-01-20")
    assert year.statuses(REAPPLY, "mine") == {"E2027-01": "met"}
