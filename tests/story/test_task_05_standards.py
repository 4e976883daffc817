"""Task 5: thirty working days after a resumption to apply anew, and the quarter's self-check."""

from kuangan.casework.models import Finding
from tests.story.year import moment

RULE = "no_grading_application_after_resumption"
REAPPLY = "standardization_reapply_after_accident"


def test_a_mine_that_resumed_applies_within_thirty_working_days(year):
    year.to("2026-03-02")
    year.write("county_clerk", "accident_resumption", "county")
    duty = year.duty(REAPPLY, "mine")
    assert (duty.due_at, duty.provisional, duty.subject[:6]) == (moment("2026-04-15T00:00"), False, "entry:")
    year.to("2026-03-10")
    wrong = year.write("mine_director", "standardization_application", "mine", applied_on="2026-03-10", kind="grading")
    assert year.statuses(REAPPLY, "mine") == {"E2026-04": "due"}  # an ordinary application is not the new one
    year.correct("mine_director", wrong, "申请类别填写错误", kind="re_grading")
    assert year.statuses(REAPPLY, "mine") == {"E2026-04": "met"}
    year.to("2026-04-15T00:00")
    assert year.judged(RULE) == {RULE: "clear"}
    year.void("mine_director", year_entry(wrong), "申请已撤回")
    year.to("2026-04-15T11:00")
    assert (year.said([RULE]), year.statuses(REAPPLY, "mine")) == ({RULE: "found"}, {"E2026-04": "overdue"})
    assert "2026年3月2日复产" in Finding.objects.get(rule=RULE, revoked_at=None).reason
    year.to("2026-04-20")
    year.write("mine_director", "standardization_application", "mine", applied_on="2026-04-20")
    year.to("2026-04-20T11:00")
    assert (year.said([RULE]), year.statuses(REAPPLY, "mine")) == ({RULE: "clear"}, {"E2026-04": "late"})
    assert year.statuses("standardization_self_check_quarterly", "mine") == {"2026-Q1": "overdue", "2026-Q2": "due"}


def year_entry(entry):
    """The newest version of an entry."""
    return type(entry).objects.get(serial=entry.serial, superseded_at=None)


def test_a_building_mine_owes_no_application(year):
    year.to("2026-03-02")
    resumed = year.write("county_clerk", "accident_resumption", "county", producing=False)
    assert year.statuses(REAPPLY, "mine") == {}
    year.correct("county_clerk", resumed, "该矿为生产煤矿", producing=True)
    assert year.statuses(REAPPLY, "mine") == {"E2026-04": "due"}
