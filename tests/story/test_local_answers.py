"""A city answers open questions of law: what changes is shown, two persons stand for it, everything is judged again; and undone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.base import clock
from kuangan.base.numerals import moment_text
from kuangan.casework.models import CaseClock, Finding
from kuangan.cli.main import main
from kuangan.core.actions.local_answers import confirm_answer
from kuangan.core.errors import Refused
from kuangan.core.models import Event, Incident, LocalAnswer, Notice
from kuangan.duty.models import Duty
from kuangan.flow.alarms.facts import gas_facts
from kuangan.flow.proof.rows import compare_rows
from kuangan.law.content import corpus_digest, packaged_digest, rule_by_id
from kuangan.law.local import adopted, local
from kuangan.law.rule import Clear, Unknown
from kuangan.monitor.models import Episode
from tests import answers
from tests.story.script import Script

SUNDAY = datetime(2026, 3, 15, 2, 0, tzinfo=UTC)
CALENDAR_WEEK = {"week_rule.mode": ("2026-03-01", "calendar", "register 10.4")}
COUNTED_WHEN_CONFIRMED = {"week_rule.counts_from": ("2026-03-01", "confirmed_at", "register 10.4")}
BEGINS_AT_POWER_OFF = {"episode.begins_at": ("2026-03-01", "power_off", "aq1029_2019")}
VERIFY = "alarm_handling.verify.yellow"
SHORTER = {VERIFY: ("2026-03-01", "12 hours", "alarm_handling_measures_2025")}


@pytest.fixture
def town(script, tmp_path, monkeypatch):
    """A city with a head, whose commands work by the story's clock."""
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    answers.with_head(script.city)
    with answers.forgotten():
        yield script


def go_to(script: Script, moment: datetime) -> None:
    script.until(moment)
    clock.move(script.at, rate=1.0)


def signed(script: Script, name: str) -> LocalAnswer:
    """Both sign, and the sweep takes it up a minute later."""
    answer = answers.sign(script.city, name)
    go_to(script, script.at + timedelta(minutes=2))
    answer.refresh_from_db()
    return answer


def test_the_answer_calendar_week_takes_back_a_pair_of_sunday_and_monday_and_undone_brings_it_back(
    town, tmp_path, capsys
):
    go_to(town, SUNDAY)
    town.real_alarm()
    town.wait(hours=26)
    town.real_alarm(point="first-1302-T0")
    stop = town.suspension()
    assert Finding.objects.get(case=stop).revoked_at is None
    go_to(town, town.at)

    answers.write(tmp_path, "week", CALENDAR_WEEK)
    assert answers.apply("week", "--dry-run") == 0
    shown = capsys.readouterr().out
    assert "一周内瓦斯超限2次及以上" in shown
    assert "认定 → 不构成" in shown
    assert "2026-03-01" in shown
    assert "此前已判定的事项将重新判定" in shown
    assert not LocalAnswer.objects.exists()

    assert answers.apply("week") == 0
    waiting = LocalAnswer.objects.get()
    assert Notice.objects.filter(kind="local_answer", person=town.city["city_head"].person).exists()
    town.wait(minutes=1)
    stop.refresh_from_db()
    assert not stop.facts.get("basis_lost")
    with pytest.raises(Refused, match="签署"):
        confirm_answer(actor=town.city["city_section"], answer=waiting, confirmation=None)

    before = corpus_digest()
    answer = signed(town, "week")
    assert answer.settled_at is not None
    assert answer.outcome["findings"] == answer.effect["findings"]
    assert local("week_rule.mode", SUNDAY.date()).value == "calendar"
    assert (corpus_digest() != before, packaged_digest() == before) == (True, True)
    stop.refresh_from_db()
    assert stop.facts["basis_lost"] is True
    assert not Finding.objects.filter(rule="gas_repeat_within_week", revoked_at=None).exists()
    told = list(
        Event.objects.filter(subject_kind="core.localanswer").order_by("pk").values_list("action", "actor__username")
    )
    assert told == [
        ("local_answer_proposed", None),
        ("local_answer_decided", "city_head"),
        ("local_answer_confirmed", "city_section"),
        ("local_answer_settled", None),
    ]

    assert answers.apply("week", "--undo") == 1
    assert "文号" in capsys.readouterr().err
    paper = ("--document", "示应急〔2026〕13号", "--file", str(tmp_path / "local" / answers.SCAN))
    assert answers.apply("week", "--undo", *paper) == 0
    assert "不构成 → 认定" in capsys.readouterr().out
    undone = signed(town, "week")
    answer.refresh_from_db()
    assert (undone.undoes, answer.ended_at) == (answer, undone.confirmed_at)
    assert local("week_rule.mode", SUNDAY.date()).value == "rolling"
    assert Finding.objects.get(rule="gas_repeat_within_week", revoked_at=None).case == stop
    stop.refresh_from_db()
    assert stop.facts["basis_lost"] is False
    assert corpus_digest() == packaged_digest()


@pytest.mark.parametrize(("later", "falls"), [(timedelta(minutes=50), False), (timedelta(hours=2), True)])
def test_counted_by_their_confirmation_two_that_began_within_a_week_are_no_pair(town, tmp_path, capsys, later, falls):
    go_to(town, SUNDAY)
    town.real_alarm()
    town.wait(hours=167)
    second = town.alarm(point="first-1302-T0")
    town.until(town.at + later)
    town.confirm(second)
    stop = town.suspension()
    assert Finding.objects.get(case=stop).revoked_at is None
    go_to(town, town.at)
    answers.write(tmp_path, "counting", COUNTED_WHEN_CONFIRMED)
    assert answers.apply("counting") == 0
    assert ("认定 → 不构成" in capsys.readouterr().out) == falls
    signed(town, "counting")
    stop.refresh_from_db()
    assert bool(stop.facts.get("basis_lost")) == falls
    reason = Finding.objects.get(rule="gas_repeat_within_week").reason
    assert ("按核实确认时间计" in reason) != falls


def test_counted_by_confirmation_a_presumed_one_that_is_proven_keeps_the_moment_of_its_presumption(town, tmp_path):
    go_to(town, SUNDAY)
    answers.write(tmp_path, "counting", COUNTED_WHEN_CONFIRMED)
    answers.apply("counting")
    signed(town, "counting")
    town.real_alarm()
    town.wait(hours=24)
    second = town.alarm(point="first-1302-T0")
    town.wait(hours=24)
    second.refresh_from_db()
    assert second.state == "presumed_real"
    presumed, stop = moment_text(town.at), town.suspension()
    finding = Finding.objects.get(case=stop)
    assert f"于{presumed}推定真实（逾期未核实）" in finding.reason
    assert "确认，逾期" not in finding.reason
    town.wait(hours=170)
    town.confirm(second)
    finding.refresh_from_db()
    stop.refresh_from_db()
    assert (finding.revoked_at, bool(stop.facts.get("basis_lost"))) == (None, False)
    assert f"于{presumed}推定真实，后经核实确认" in finding.reason


def test_counted_by_confirmation_one_whose_judgement_was_taken_back_may_be_verified_now_at_the_earliest(town, tmp_path):
    go_to(town, SUNDAY)
    answers.write(tmp_path, "counting", COUNTED_WHEN_CONFIRMED)
    answers.apply("counting")
    signed(town, "counting")
    first, rule = town.real_alarm(), rule_by_id("gas_repeat_within_week")
    town.wait(hours=170)
    second = town.real_alarm(point="first-1302-T0")
    assert isinstance(rule.say(gas_facts(second), town.at), Clear)
    town.do("city_officer", first, "rejudge", reason="读数存疑")
    assert isinstance(rule.say(gas_facts(second), town.at), Unknown)


def test_a_power_off_set_point_reached_after_the_alarm_counts_is_judged_at_once(town, tmp_path):
    go_to(town, SUNDAY)
    answers.write(tmp_path, "beginning", BEGINS_AT_POWER_OFF)
    answers.apply("beginning")
    signed(town, "beginning")
    town.real_alarm(peak="1.60", power_off_at=town.at + timedelta(minutes=2))
    town.wait(hours=26)
    second = town.alarm(point="first-1302-T0", peak="1.60", open_=True)
    town.confirm(second)
    assert not Finding.objects.filter(rule="gas_repeat_within_week").exists()
    late = {"power_off_at": town.at + timedelta(minutes=1), "reacted_at": None}
    Episode.objects.filter(case_link__case=second).update(**late)
    town.wait(minutes=3)
    assert Finding.objects.get(rule="gas_repeat_within_week").case == town.suspension()


@pytest.mark.parametrize("reached", [1, 2])
def test_from_the_power_off_set_point_on_what_never_reached_it_does_not_count(town, tmp_path, capsys, reached):
    go_to(town, SUNDAY)
    town.real_alarm(peak="1.60", power_off_at=town.at + timedelta(minutes=2))
    town.wait(hours=26)
    second = {"peak": "1.60", "power_off_at": town.at + timedelta(minutes=2)} if reached == 2 else {"peak": "1.20"}
    alarm = town.real_alarm(point="first-1302-T0", **second)
    stop = town.suspension()
    go_to(town, town.at)
    answers.write(tmp_path, "beginning", BEGINS_AT_POWER_OFF)
    assert answers.apply("beginning") == 0
    assert ("认定 → 不构成" in capsys.readouterr().out) == (reached == 1)
    signed(town, "beginning")
    stop.refresh_from_db()
    assert bool(stop.facts.get("basis_lost")) == (reached == 1)
    alarm.refresh_from_db()
    assert alarm.state == "confirmed_real", "it is dealt with as an alarm all the same"


def test_within_one_calendar_week_nothing_changes_and_the_command_says_so(town, tmp_path, capsys):
    go_to(town, SUNDAY + timedelta(days=1))
    town.real_alarm()
    town.wait(hours=26)
    town.real_alarm(point="first-1302-T0")
    go_to(town, town.at)
    answers.write(tmp_path, "week", CALENDAR_WEEK)
    assert answers.apply("week", "--dry-run") == 0
    assert "认定的变化：0 项" in capsys.readouterr().out


def test_an_answer_for_a_day_to_come_leaves_what_was_before_it(town, tmp_path):
    go_to(town, SUNDAY)
    town.real_alarm()
    town.wait(hours=26)
    town.real_alarm(point="first-1302-T0")
    go_to(town, town.at)
    answers.write(tmp_path, "week", {"week_rule.mode": ("2026-03-17", "calendar", "register 10.4")})
    answers.apply("week")
    answer = signed(town, "week")
    assert (answer.effect["findings"], answer.effect["back_to"]) == ([], "")
    assert Finding.objects.get(rule="gas_repeat_within_week").revoked_at is None
    assert local("week_rule.mode", date(2026, 3, 16)).value == "rolling"
    assert local("week_rule.mode", date(2026, 3, 17)).value == "calendar"


def test_an_open_clock_moves_and_the_preview_named_it(town, tmp_path, capsys):
    go_to(town, town.at)
    alarm = town.alarm(peak="1.12")
    running = CaseClock.objects.get(case=alarm, clock="verify", stopped_at=None)
    answers.write(tmp_path, "verify", SHORTER)
    assert answers.apply("verify", "--dry-run") == 0
    assert alarm.number in capsys.readouterr().out
    answers.apply("verify")
    signed(town, "verify")
    due_before = running.due_at
    running.refresh_from_db()
    assert running.due_at == due_before - timedelta(hours=12)
    assert Event.objects.filter(action="clock_recomputed", subject_id=str(alarm.pk)).exists()


def test_open_duties_are_recomputed_and_the_preview_named_them(town, tmp_path, capsys):
    go_to(town, town.at)
    duty = Duty.objects.filter(obligation="county_coal_meeting", done_at=None).first()
    assert duty is not None
    answers.write(tmp_path, "grace", {"duty.grace": ("2026-03-01", "7 workdays", "register")})
    assert answers.apply("grace", "--dry-run") == 0
    assert f"{duty.title} {duty.unit.name}" in capsys.readouterr().out
    answers.apply("grace")
    answer = signed(town, "grace")
    before = duty.grace_at
    duty.refresh_from_db()
    assert duty.grace_at > before
    shown = [line for line in answer.outcome["duties"] if line["duty"] == duty.title]
    assert {line["record_after"] for line in shown} == {duty.grace_at.isoformat()}


def test_a_bad_file_is_refused_with_words_its_neighbour_holds_and_the_operator_hears_of_it(town, tmp_path, capsys):
    go_to(town, town.at)
    answers.write(tmp_path, "week", CALENDAR_WEEK)
    answers.apply("week")
    signed(town, "week")
    bad = answers.write(tmp_path, "bad", {VERIFY: ("2026-03-01", "twelve hours", "register 99.9")})
    capsys.readouterr()
    assert answers.apply("bad") == 1
    said = capsys.readouterr().err
    assert f"local/bad.yaml {VERIFY}" in said
    assert "应为期限" in said
    (tmp_path / "local" / "week.yaml").write_text("answer: [\n", encoding="utf-8")
    bad.unlink()
    assert answers.apply("week") == 1
    assert "week.yaml:2" in capsys.readouterr().err
    town.wait(minutes=1)
    assert "已生效的答复继续有效" in Incident.objects.get(kind="local_answer", key="week.yaml", ended_at=None).text
    assert local("week_rule.mode", SUNDAY.date()).value == "calendar"
    answers.write(tmp_path, "week", CALENDAR_WEEK)
    town.wait(minutes=1)
    assert not Incident.objects.filter(kind="local_answer", ended_at=None).exists()


def test_who_may_stand_for_it(town, tmp_path, capsys):
    go_to(town, town.at)
    answers.write(tmp_path, "week", CALENDAR_WEEK)
    for head, second, why in (
        ("city_head", "city_head", "不得为同一人"),
        ("city_section", "city_officer", "不是市局负责人"),
        ("county_head", "city_section", "不是市局负责人"),
        ("city_head", "county_head", "不是市局有签署权的人员"),
        ("city_head", "nobody", "须写在用账号的用户名"),
    ):
        assert main(["local", "apply", "week", "--head", head, "--second", second]) == 1
        assert why in capsys.readouterr().err
    assert not LocalAnswer.objects.exists()


def test_a_row_that_was_rewritten_beside_the_trail_is_seen(town, tmp_path):
    go_to(town, town.at)
    answers.write(tmp_path, "week", CALENDAR_WEEK)
    answers.apply("week")
    answer = signed(town, "week")
    assert compare_rows().broken is None
    LocalAnswer.objects.filter(pk=answer.pk).update(text=answer.text.replace("calendar", "rolling"))
    broken = compare_rows().broken
    assert broken is not None
    assert broken.kind == "core.localanswer"
    assert adopted().values["week_rule.mode"].values[0].value == "calendar"
