"""What a city's answers must not do: make anybody late, lie over one another, be signed unread or be judged beside an import."""

import threading
from datetime import date, timedelta

import pytest

from kuangan.base import clock
from kuangan.base.clock import beijing_midnight
from kuangan.cli.main import main
from kuangan.core.actions import appoint, create_person, create_post, create_user
from kuangan.core.actions.local_answers import answer_acts, confirm_answer, decide_answer
from kuangan.core.errors import Refused
from kuangan.core.models import LocalAnswer, Notice
from kuangan.duty.models import Duty
from kuangan.duty.status import Status, status_of
from kuangan.flow.credit import imports
from kuangan.law.role import Role
from tests import answers
from tests.city import PASSWORD
from tests.db.flow.records import add
from tests.story.script import Script
from tests.story.test_local_answers import CALENDAR_WEEK, SHORTER, SUNDAY, go_to, signed

SPAN = "classification.adjust_span"
SIGN_FOR = {"rectification.sign_for": ("2026-03-01", "2 workdays", "register 3.1")}


@pytest.fixture
def town(script, tmp_path, monkeypatch):
    """A city with a head, whose commands work by the story's clock."""
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    answers.with_head(script.city)
    with answers.forgotten():
        go_to(script, script.at)
        yield script


def undo(root, name: str) -> int:
    paper = ("--document", "示应急〔2026〕13号", "--file", str(root / "local" / answers.SCAN))
    return answers.apply(name, "--undo", *paper)


def test_an_answer_makes_no_duty_late_and_the_page_lists_it_as_kept(town: Script, tmp_path, capsys):
    add(town.city, "mine_class_fact", "county", town.at, happened_on=str(town.at.date()), ended_on=None)
    town.wait(minutes=1)
    duty = Duty.objects.get(obligation="mine_reclassification")
    due_at = duty.due_at
    go_to(town, due_at - timedelta(hours=1))
    answers.write(tmp_path, "span", {SPAN: ("2026-01-01", "5 days", "classification_measures_2020")})
    assert answers.apply("span", "--dry-run") == 0
    assert "按原期限（新期限已过）" in capsys.readouterr().out
    answers.apply("span")
    answer = signed(town, "span")
    duty.refresh_from_db()
    assert (duty.due_at, status_of(duty, town.at)) == (due_at, Status.due)
    assert [line["after"] for line in answer.outcome["duties"] if line["duty"] == duty.title] == [""]
    town.wait(hours=2)
    assert status_of(duty, town.at) is Status.overdue


def test_of_two_answers_to_one_question_the_later_cannot_be_signed_whatever_its_file_is_called(town, tmp_path, capsys):
    first = answers.write(tmp_path, "zone", CALENDAR_WEEK)
    assert answers.apply("zone") == 0
    first.unlink()
    answers.write(tmp_path, "area", CALENDAR_WEEK)
    assert answers.apply("area") == 0
    late = answers.decide(town.city, "area")
    signed(town, "zone")
    with pytest.raises(Refused, match=r"week_rule\.mode 已由另一份生效的答复（zone，示应急〔2026〕12号）规定"):
        answers.sign(town.city, "area")
    late.refresh_from_db()
    assert (late.waits, LocalAnswer.objects.get(name="zone").holds) == (True, True)
    assert answers.apply("area") == 1
    assert "请先撤回该答复" in capsys.readouterr().err


def test_nobody_signs_an_effect_that_was_computed_over_other_answers(town, tmp_path):
    answers.write(tmp_path, "week", CALENDAR_WEEK)
    answers.write(tmp_path, "verify", SHORTER)
    answers.apply("week")
    answers.apply("verify")
    answers.decide(town.city, "verify")
    signed(town, "week")
    with pytest.raises(Refused, match="请由平台运行单位重新提请"):
        answers.sign(town.city, "verify")
    assert undo(tmp_path, "week") == 0
    signed(town, "week")
    answers.sign(town.city, "verify")
    assert LocalAnswer.objects.get(name="verify").holds


def test_an_undoing_that_waits_does_not_end_another_version_of_the_file(town, tmp_path):
    answers.write(tmp_path, "week", CALENDAR_WEEK)
    answers.apply("week")
    signed(town, "week")
    assert undo(tmp_path, "week") == 0
    stale = answers.waiting("week")
    answers.write(tmp_path, "week", {**CALENDAR_WEEK, **SIGN_FOR})
    answers.apply("week")
    stale.refresh_from_db()
    assert stale.dropped_at is not None
    signed(town, "week")
    with pytest.raises(Refused, match="无需签署"):
        decide_answer(actor=town.city[answers.HEAD], answer=stale, confirmation=None)


def test_nobody_decides_in_the_name_of_the_head(town, tmp_path):
    answers.write(tmp_path, "week", CALENDAR_WEEK)
    answers.apply("week")
    waiting, second = answers.waiting("week"), town.city[answers.SECOND]
    asked = Notice.objects.filter(kind="local_answer", ended_at=None)
    assert [notice.person for notice in asked] == [town.city[answers.HEAD].person]
    for sign in (decide_answer, confirm_answer):
        with pytest.raises(Refused, match="尚待丙九签署决定"):
            sign(actor=second, answer=waiting, confirmation=None)
    with pytest.raises(Refused, match="动态口令"):
        decide_answer(actor=town.city[answers.HEAD], answer=waiting, confirmation=None)
    decided = answers.decide(town.city, "week")
    assert [notice.person for notice in asked.all()] == [second.person]
    with pytest.raises(Refused, match="复核签署"):
        answer_acts(town.city[answers.HEAD], decided, clock.now())
    with pytest.raises(Refused, match="已由决定人签署"):
        decide_answer(actor=town.city[answers.HEAD], answer=decided, confirmation=None)
    answers.sign(town.city, "week")


def test_a_file_without_its_paper_is_named_before_anything_is_proposed(town, tmp_path, capsys):
    answers.write(tmp_path, "week", CALENDAR_WEEK)
    (tmp_path / "local" / answers.SCAN).unlink()
    assert answers.apply("week", "--dry-run") == 1
    assert f"local/week.yaml file：local 目录下没有决定文件 {answers.SCAN}" in capsys.readouterr().err


def test_a_commissioner_who_cannot_open_the_page_is_no_second_person(town, tmp_path, capsys):
    unit = town.city.units["city"]
    person = create_person(actor=None, name="丁七", unit=unit, phone="000-0003", at=town.at)
    post = create_post(actor=None, unit=unit, title="监管专员", role=Role.supervision_commissioner, at=town.at)
    appoint(actor=None, post=post, person=person, at=town.at)
    create_user(actor=None, username="city_commissioner", person=person, password=PASSWORD)
    answers.write(tmp_path, "week", CALENDAR_WEEK)
    assert main(["local", "apply", "week", "--head", answers.HEAD, "--second", "city_commissioner"]) == 1
    assert "不是市局有签署权的人员" in capsys.readouterr().err


def test_no_answer_is_judged_while_a_sheet_is_written_and_no_sheet_begins_before_it(town, tmp_path, monkeypatch):
    go_to(town, SUNDAY)
    answers.write(tmp_path, "week", CALENDAR_WEEK)
    answers.apply("week")
    answer = answers.sign(town.city, "week")
    written = threading.Event()
    sheet = threading.Thread(target=written.wait, daemon=True)
    monkeypatch.setattr(imports, "_worker", sheet)
    sheet.start()
    town.wait(minutes=1)
    answer.refresh_from_db()
    assert (answer.settled_at, imports._held_off) == (None, True)
    written.set()
    sheet.join()
    town.wait(minutes=1)
    answer.refresh_from_db()
    assert (answer.settled_at, imports._held_off) == (town.at, False)


def test_an_answer_that_ended_leaves_open_cases_with_the_term_of_the_package(town, tmp_path):
    """A clock that begins after the trial is counted by the package, where it had stopped the step with an error."""
    path = answers.write(tmp_path, "trial", SIGN_FOR)
    path.write_text(path.read_text(encoding="utf-8").replace("value: 2", "valid_to: 2026-03-16\n    value: 2"))
    assert answers.apply("trial") == 0
    signed(town, "trial")
    go_to(town, beijing_midnight(date(2026, 3, 16)))
    entry = add(town.city, "five_person_visit", "county", town.at, visited_on="2026-03-16", due_on="2026-03-25")
    case = entry.cases.get()
    assert case.clocks.get(clock="sign_for").span == "1个工作日"
