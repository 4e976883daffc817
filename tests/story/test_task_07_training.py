"""Task 7: education of key persons by quarter, training by month, hours and certificates."""

from tests.story.year import moment

KEY = "key_person_education_county"


def test_key_persons_are_taught_each_quarter_and_workers_each_month(year):
    year.walk("2026-02-02", "2026-03-19")
    year.write("county_clerk", "key_person_education", "county")
    assert year.statuses(KEY, "county") == {"2026-Q1": "met"}
    photos = year.city.evidence("mine_clerk")
    bare = year.write("mine_clerk", "training_session", "mine")
    month = {"2026-02": "overdue", "2026-03": "due"}
    assert year.statuses("mine_training_monthly", "mine") == month  # no photographs: it counts for nothing
    year.correct("mine_clerk", bare, "补充现场照片", photos=photos)
    assert year.statuses("mine_training_monthly", "mine") == month | {"2026-03": "met"}
    year.to("2026-07-01T00:00")
    assert year.statuses(KEY, "county") == {"2026-Q1": "met", "2026-Q2": "overdue", "2026-Q3": "due"}
    assert year.statuses("key_person_education_city", "section") == {"2026-H1": "overdue", "2026-H2": "due"}
    assert year.cell("7.1", "section", "2026-H1") == "overdue"


def test_hours_and_certificates_are_judged_by_their_last_day(year):
    rules = ("certificate_expired", "training_hours_short")
    year.to("2026-03-06")
    assert year.judged(*rules) == {"certificate_expired": "unknown", "training_hours_short": "unknown"}
    year.write("mine_clerk", "certificate", "mine")
    short = year.write("mine_clerk", "training_record", "mine", initial_hours="71")
    year.to("2026-03-06T11:00")
    assert year.said(rules) == {"certificate_expired": "clear", "training_hours_short": "found"}
    year.correct("mine_clerk", short, "学时统计遗漏一课时", initial_hours="72")
    year.to("2026-06-11T23:59")
    assert year.judged(*rules) == {"certificate_expired": "clear", "training_hours_short": "clear"}
    year.to("2026-06-12T00:00")
    assert year.judged(*rules) == {"certificate_expired": "found", "training_hours_short": "clear"}
    renewed = {"issued_on": "2026-06-12", "review_due_on": "2029-06-11", "valid_until": "2032-06-11"}
    year.write("mine_clerk", "certificate", "mine", **renewed)
    year.to("2026-06-12T11:00")
    assert year.said(rules) == {"certificate_expired": "clear", "training_hours_short": "clear"}
    assert year.at == moment("2026-06-12T11:00")
