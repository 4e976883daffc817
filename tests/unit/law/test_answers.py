"""Files of a city's answers: what is wrong is said with file, key and remedy, and a bad file leaves its neighbour alone."""

import re
from dataclasses import replace
from datetime import date

import pytest

from kuangan.corpus.procedures.rectification.clocks import CLOCKS
from kuangan.law.answers.check import check_answers
from kuangan.law.answers.file import parse_answer, read_answer
from kuangan.law.answers.questions import LOCAL, questions
from kuangan.law.answers.resting import SETTLED, dependants
from kuangan.law.content import corpus_digest
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.local import Answers, adopted, local, packaged, serving_city, settled, trying
from kuangan.law.source import CORPUS, CorpusError
from kuangan.law.time.span import parse_span

REINSPECTION = "rectification.reinspection"
TEXT = """
answer: {{document: 示应急〔2026〕12号, decided_on: 2026-03-01, decided_by: 局长办公会, file: a.pdf}}
values:
  - key: {key}
    values: [{{valid_from: {day}, value: {value}, cite: {cite}}}]
"""


def answer(key="week_rule.mode", day="2026-03-01", value="calendar", cite="register 10.4", name="week"):
    return parse_answer(TEXT.format(key=key, day=day, value=value, cite=cite), name)


def test_a_sound_file_has_no_problem_and_holds_from_its_day_on():
    file = answer()
    assert check_answers([file]) == {"week": []}
    digest = corpus_digest()
    with trying(Answers(file.values, file.digest)):
        assert local("week_rule.mode", date(2026, 2, 28)).value == "rolling"
        assert local("week_rule.mode", date(2026, 3, 1)).value == "calendar"
        assert local("week_rule.mode", date(2026, 3, 1), "140500").value == "rolling"
        assert corpus_digest() != digest
    assert (adopted().values, corpus_digest()) == ({}, digest)


def test_an_answer_by_a_key_of_an_earlier_version_holds_for_the_key_of_now():
    file = answer(key="suspension.court", value="示例铁路运输法院", cite="administrative_litigation_law")
    assert check_answers([file]) == {"week": []}
    with trying(Answers(file.values, file.digest)):
        assert local("remedy.court", date(2026, 3, 1)).value == "示例铁路运输法院"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": "week_rule.mod"}, "最接近的是 week_rule.mode"),
        ({"value": "calender"}, "不在可选范围：rolling、calendar"),
        ({"key": "week_rule.causes", "value": "[real, other]"}, "取值 other 不在可选范围"),
        ({"key": "week_rule.window", "value": "'168'"}, "应为期限"),
        ({"key": "week_rule.window", "value": "5 workdays"}, "须以分钟、小时、日计"),
        ({"key": "high_value.include_equal", "value": "1"}, "应为true 或者 false"),
        ({"day": "2023-12-31"}, "早于所依据规定施行之日 2024-01-01"),
        ({"cite": "register 99.9"}, "请核对条、款、项"),
        ({"cite": "nothing 1"}, "没有法规"),
        ({"key": "suspension.floor", "value": "4 days"}, "不是待明确事项"),
        ({"key": "duty.grace", "value": "7 workdays", "cite": "register", "day": "2026-03-02"}, "对全部日期一并适用"),
        ({"key": "duty.ladder", "value": "[-3 days owner, soon above]", "cite": "register"}, "每级写作"),
        ({"key": "duty.standing_within", "value": "30 workdays", "cite": "register 1.1"}, "须以分钟、小时、日计"),
        ({"key": "checks.maximum.A", "value": "5", "cite": "register 2.1", "day": "2025-12-31"}, "2026-01-01 起的取值"),
        ({"key": REINSPECTION, "value": "5 workdays", "cite": "register 3.1"}, "2024-01-01 起、2026-02-01 以前的取值"),
    ],
)
def test_what_is_wrong_is_said_with_file_key_and_remedy(change, said):
    problems = check_answers([answer(**change)])["week"]
    assert any(said in problem.message for problem in problems), problems
    assert all(problem.where.startswith("local/week.yaml ") for problem in problems)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("answer: [\n", r"week\.yaml:2: .*不是可读的 YAML"),
        ("answers: {}\n", r"week\.yaml:1: 没有栏目 'answers'，此处可写：answer、values"),
        ("answer: {document: a, file: b.pdf}\nvalues: []\n", "缺少栏目 decided_on"),
        (TEXT.format(key="a", day="soon", value=1, cite="register").lstrip(), "valid_from 应为日期"),
        (TEXT.format(key="''", day="2026-03-01", value=1, cite="register").lstrip(), "key 不得为空"),
        (
            TEXT.format(key="a", day="2026-03-01", value="1, assumed: why", cite="register").lstrip(),
            "答复是定论，不得再写 assumed",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_line_and_remedy(tmp_path, text, said):
    file = tmp_path / "week.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=said):
        read_answer(file)


def test_a_file_that_is_no_text_is_refused_in_words(tmp_path):
    file = tmp_path / "week.yaml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(CorpusError, match="UTF-8"):
        read_answer(file)


def test_a_bad_file_leaves_its_neighbour_alone_and_of_two_that_answer_alike_the_later_is_refused():
    bad, good = answer(value="calender", name="bad"), answer("week_rule.after_stop", value="used_up", name="good")
    again = answer("week_rule.after_stop", value="counts", name="late")
    problems = check_answers([bad, good, again])
    assert [bool(problems[name]) for name in ("bad", "good", "late")] == [True, False, True]
    assert "good.yaml" in problems["late"][0].message


TRIAL = """
answer: {document: 示应急〔2026〕12号, decided_on: 2026-03-01, decided_by: 局长办公会, file: a.pdf}
values:
  - key: rectification.sign_for
    values:
      - {valid_from: 2026-03-01, valid_to: 2027-01-01, value: 2 workdays, cite: register 3.1}
"""
MORE = "      - {valid_from: 2027-%s, value: 3 workdays, cite: register 3.1}\n"


def test_an_answer_for_a_time_only_leaves_the_package_in_force_from_its_last_day_on():
    file = parse_answer(TRIAL, "trial")
    assert check_answers([file]) == {"trial": []}
    with trying(Answers(file.values, file.digest)):
        assert local("rectification.sign_for", date(2026, 12, 31)).value == "2 workdays"
        assert local("rectification.sign_for", date(2027, 1, 1)).value == "1 workdays"
        assert local("rectification.sign_for", date(2026, 2, 28)).value == "1 workdays"


def test_no_day_between_two_values_is_left_out_unsaid():
    assert check_answers([parse_answer(TRIAL + MORE % "01-01", "trial")])["trial"] == []
    [problem] = check_answers([parse_answer(TRIAL + MORE % "01-02", "trial")])["trial"]
    assert "不相衔接" in problem.message


def test_a_value_that_ends_before_it_begins_is_refused():
    told = check_answers([parse_answer(TRIAL.replace("2027-01-01", "2026-03-01"), "trial")])["trial"]
    assert any("应晚于" in problem.message for problem in told)


def test_what_duties_take_for_all_days_is_what_the_check_knows_of():
    """An answer to such a value that began later would hold at once."""
    read = set()
    for path in CORPUS.parent.rglob("*.py"):
        read |= set(re.findall(r'\bsettled\("([a-z_.]+)"\)', path.read_text(encoding="utf-8")))
    assert read == set(SETTLED)


def test_every_question_that_stands_open_can_be_answered_for_the_days_on_which_it_is():
    """Also those that an article has settled since: their past days stay open."""
    values = {question.key: as_assumed(question.key) for question in questions() if question.kind == LOCAL}
    file = replace(answer(), values=values, decided_on=date(2026, 11, 1))
    assert check_answers([file]) == {"week": []}


def as_assumed(key):
    """An answer that says of a key what is assumed, for as long as it is."""
    known = packaged(key)
    index = max(number for number, value in enumerate(known.values) if value.assumed)
    following = known.values[index + 1 : index + 2]
    until = following[0].valid_from if following else None
    said = replace(known.values[index], assumed="", valid_to=until)
    return replace(known, city=serving_city(), values=(said,))


def test_an_answer_for_problems_without_a_paper_leaves_those_that_law_orders():
    file = answer("rectification.reinspection_without_paper", value="5 workdays", cite="register 3.1")
    assert check_answers([file]) == {"week": []}
    reinspect = next(clock for clock in CLOCKS if clock.id == "reinspect")
    with trying(Answers(file.values, file.digest)):
        assert str(reinspect.length(date(2026, 3, 2), {"paper": "示煤安责改〔2026〕1号"})) == str(
            parse_span("10 workdays")
        )
        assert str(reinspect.length(date(2026, 3, 2), {})) == str(parse_span("5 workdays"))


def test_what_was_read_with_an_older_value_is_read_again():
    before = obligations()["county_coal_meeting"].grace
    file = answer("duty.grace", value="7 workdays", cite="register")
    with trying(Answers(file.values, file.digest)):
        assert settled("duty.grace") == "7 workdays"
        assert obligations()["county_coal_meeting"].grace != before
    assert obligations()["county_coal_meeting"].grace == before


def test_what_rests_on_a_value_is_counted_from_the_corpus():
    assert dependants("week_rule.mode").rules == ("gas_repeat_within_week",)
    assert dependants("alarm_handling.verify.red").procedures == ("alarm_handling",)
    assert dependants("penalty.late_base").papers == ("case_closing_report",)
    assert len(dependants("duty.grace").obligations) == len(obligations())
    assert dependants("own_deadline.longest").ledgers
    assert dependants("emergency_plan.filing_answer").ledgers
    assert "rectification" in dependants("rectification.reinspection_without_paper").procedures
    assert dependants("desk.alarms_an_hour").count == 0


def test_the_lawyers_question_stands_first_then_those_on_which_most_rests():
    first, *others = questions()
    assert (first.key, first.ask) == ("suspension.power", "市局法律顾问")
    counts = [question.rests.count for question in others]
    assert counts == sorted(counts, reverse=True)
    assert all(question.text and question.ask for question in questions() if question.kind == LOCAL)
