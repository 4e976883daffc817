"""Task 18: a rescue team of one's own, an agreement that runs out, and the team that knows the roads."""

from kuangan.casework.models import Finding

FORCE = ("rescue_force_missing",)


def test_an_agreement_counts_to_its_last_day(year):
    year.to("2026-01-12")
    assert year.judged(*FORCE) == {"rescue_force_missing": "unknown"}
    year.write("mine_engineer", "rescue_agreement", "mine")
    year.to("2026-01-12T11:00")
    assert year.said(FORCE) == {"rescue_force_missing": "found"}  # no part-time team of its own
    team = year.write("mine_engineer", "rescue_team", "mine", review_until="2028-01-09")
    year.to("2026-01-12T12:00")
    assert year.said(FORCE) == {"rescue_force_missing": "clear"}
    assert year.statuses("rescue_team_standing", "mine") == {"2026": "met"}
    year.to("2027-01-11T23:59")
    assert year.judged(*FORCE) == {"rescue_force_missing": "clear"}
    year.to("2027-01-12T00:00")
    assert year.judged(*FORCE) == {"rescue_force_missing": "found"}
    assert "救护协议已到期" in Finding.objects.get(rule=FORCE[0], revoked_at=None).reason
    assert year.statuses("rescue_team_standing", "mine") == {"2026": "met", "2027": "met"}
    renewed = {"signed_on": "2027-01-12", "measured_on": "2027-01-11", "valid_until": "2028-01-11"}
    year.write("mine_engineer", "rescue_agreement", "mine", **renewed)
    year.to("2027-01-12T11:00")
    assert year.said(FORCE) == {"rescue_force_missing": "clear"}
    year.correct("mine_engineer", team, "兼职救护队已解散", review_until="2026-12-31")
    assert year.statuses("rescue_team_standing", "mine") == {"2026": "met", "2027": "due"}


def test_the_team_gets_the_maps_and_walks_the_roads(year):
    year.walk("2026-01-05", "2026-03-08")
    year.write("mine_engineer", "map_exchange", "mine")
    year.to("2026-03-31T23:59:59")
    assert year.statuses("map_exchange_quarterly", "mine") == {"2026-Q1": "met"}
    year.to("2026-04-09")
    year.write("mine_engineer", "familiarisation", "mine")
    year.to("2026-07-01T00:00")
    assert year.statuses("map_exchange_quarterly", "mine") == {
        "2026-Q1": "met", "2026-Q2": "overdue", "2026-Q3": "due",
    }  # fmt: skip
    assert year.statuses("familiarisation_halfyear", "mine") == {"2026-H1": "met", "2026-H2": "due"}
    assert year.cell("18.1", "mine", "2026-Q2") == "overdue"
