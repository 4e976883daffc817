"""Files of a city's answers: what is wrong is said with file, key and remedy, and a bad file leaves its neighbour alone."""

from datetime import date

import pytest

from kuangan.law.answers.check import check_answers
from kuangan.law.answers.file import parse_answer, read_answer
from kuangan.law.answers.questions import LOCAL, questions
from kuangan.law.answers.resting import dependants
from kuangan.law.content import corpus_digest
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.local import Answers, adopted, local, settled, trying
from kuangan.law.source import CorpusError

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
    assert dependants("desk.alarms_an_hour").count == 0


def test_the_lawyers_question_stands_first_then_those_on_which_most_rests():
    first, *others = questions()
    assert (first.key, first.ask) == ("suspension.power", "市局法律顾问")
    counts = [question.rests.count for question in others]
    assert counts == sorted(counts, reverse=True)
    assert all(question.text and question.ask for question in questions() if question.kind == LOCAL)
