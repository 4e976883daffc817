"""Task 4: every worker's list, coaching after a violation, and the month's assessment."""

from kuangan.casework.models import Finding
from tests.story.year import moment

LISTS = ("post_list_coverage",)
LEADER = "mine_leader"


def test_coverage_of_responsibility_lists_follows_who_comes_and_leaves(year):
    year.to("2026-02-28")
    assert year.judged(*LISTS) == {"post_list_coverage": "unknown"}
    people = {"total": 2, "underground": 1, "managers": 1, "joined": 0, "left": 0}
    year.write("mine_clerk", "staff_count", "mine", counted_on="2026-02-28", **people)
    year.write("mine_clerk", "post_responsibility", "mine", signed_on="2026-01-16")
    year.to("2026-02-28T11:00")
    assert year.said(LISTS) == {"post_list_coverage": "found"}
    reason = Finding.objects.get(rule="post_list_coverage", revoked_at=None).reason
    assert reason == "在册从业人员2人，签订岗位责任清单1人，覆盖率50%，缺1人"
    worker = {"employee_number": "YS0002", "name": "安例平", "post": "支架工", "tier": "worker"}
    signed = year.write(LEADER, "post_responsibility", "mine", signed_on="2026-02-28", **worker)
    year.to("2026-02-28T12:00")
    assert year.said(LISTS) == {"post_list_coverage": "clear"}
    year.correct(LEADER, signed, "离岗", left_on="2026-03-10")
    year.to("2026-03-09T23:59")
    assert year.judged(*LISTS) == {"post_list_coverage": "clear"}
    year.to("2026-03-10T00:00")
    assert year.judged(*LISTS) == {"post_list_coverage": "found"}


def test_a_violation_is_coached_in_time_and_the_month_is_assessed(year):
    year.to("2026-03-12")
    bare = {"coached_on": None, "coach": None, "coaching": None}
    violation = year.write(LEADER, "violation", "mine", **bare)
    year.to("2026-03-27T23:59")
    assert year.judged("violation_uncoached") == {"violation_uncoached": "clear"}
    year.to("2026-03-28T00:00")
    assert year.judged("violation_uncoached") == {"violation_uncoached": "found"}
    coached = {"coached_on": "2026-03-28", "coach": "喻例真", "coaching": "观看案例，考试92分。"}
    year.correct(LEADER, violation, "已帮教", **coached)
    year.to("2026-03-28T11:00")
    assert year.said(["violation_uncoached"]) == {"violation_uncoached": "clear"}

    assessment = year.duty("post_assessment_month", "mine")
    assert (assessment.period, assessment.due_at) == ("2026-03", moment("2026-04-11T00:00"))
    year.to("2026-04-10T23:59:59")
    year.write(LEADER, "post_assessment", "mine")
    year.to("2026-05-02")
    assert year.statuses("post_assessment_month", "mine") == {"2026-03": "met", "2026-04": "due", "2026-05": "due"}
    assert year.statuses("staff_count_month", "mine")["2026-03"] == "overdue"
