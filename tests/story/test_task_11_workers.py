"""Task 11: workers report hazards and are answered; who was unfit for work is known to a small circle only."""

import pytest

from kuangan.core.errors import Refused
from kuangan.ledger.queries import entries_visible_to

FITNESS = "fitness_for_work"


def test_fitness_for_work_is_seen_by_its_circle_only(year):
    year.to("2026-03-18")
    entry = year.write("mine_leader", FITNESS, "mine")
    entry = year.correct("mine_clerk", entry, "复查后返岗", returned_on="2026-03-21", return_basis="医院复查单")
    seers = {name for name, user in year.city.users.items() if entry in entries_visible_to(user, FITNESS)}
    assert seers == {"mine_director", "mine_leader", "mine_clerk"}
    for name in ("mine_engineer", "mine_dispatcher", "county_officer"):
        with pytest.raises(Refused):
            year.write(name, FITNESS, "mine", person="金秋", number="A1108")


def test_a_report_is_answered_and_rewarded_in_time(year):
    year.to("2026-03-20")
    bare = {"answer": None, "answered_on": None, "real": None, "reward": None, "rewarded_on": None}
    report = year.write("mine_dispatcher", "worker_hazard_report", "mine", **bare)
    monthly = "worker_hazard_reports_monthly"
    assert year.statuses(monthly, "mine") == {"2026-03": "due"}  # a report without answer counts for nothing
    assert year.judged("worker_report_unanswered") == {"worker_report_unanswered": "clear"}
    year.to("2026-05-20")
    assert year.judged("worker_report_unanswered") == {"worker_report_unanswered": "found"}
    report = year.correct(
        "mine_dispatcher", report, "已答复", answer="道岔已紧固", answered_on="2026-05-20", real=False
    )
    year.to("2026-05-20T11:00")
    assert year.said(["worker_report_unanswered"]) == {"worker_report_unanswered": "clear"}
    assert year.statuses(monthly, "mine") == {"2026-03": "late", "2026-04": "overdue", "2026-05": "due"}
