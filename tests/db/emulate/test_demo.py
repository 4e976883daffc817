"""`kuangan demo seed`: once it has run, the pages find a city in the middle of its work, made by real actions."""

import json
from datetime import timedelta

from kuangan.base import clock
from kuangan.casework.models import Case, Finding
from kuangan.core.actions import create_unit
from kuangan.core.models import Event
from kuangan.core.queries import events_of
from kuangan.emulate.plan.remembered import remembered
from kuangan.monitor.models import Declaration, Episode, FeedFile, LiveRow, Silence
from kuangan.paper.models import Paper
from tests.db.emulate.seeding import seed


def states(procedure: str) -> dict[str, list[str]]:
    """The states of a procedure's cases by the last digit of the mine."""
    found: dict[str, list[str]] = {}
    for case in Case.objects.filter(procedure=procedure).select_related("mine").order_by("opened_at"):
        found.setdefault(case.mine.code[-1], []).append(case.state)
    return found


def test_the_story_leaves_alarms_in_every_state_and_an_order_at_the_heads_desk(empty, capsys) -> None:
    before = clock.wall_now()
    assert seed("--mines", "8", "--without-past", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert {"county_duty", "city_head", "mine_dispatcher"} <= {account["username"] for account in told["accounts"]}

    assert states("alarm_handling") == {
        "1": ["closed", "confirmed_real"],
        "2": ["closed", "confirmed_real"],
        "3": ["closed", "received"],
        "4": ["closed", "reported"],
        "5": ["presumed_real"],
        "6": ["notified"],
        "7": ["found_real"],
    }
    assert states("sensor_calibration") == {"3": ["fitted"]}, "a filed calibration is a record that closes by itself"
    assert states("suspension") == {"1": ["legally_reviewed"], "2": ["served"]}
    week = Finding.objects.filter(rule="gas_repeat_within_week", revoked_at=None)
    assert {finding.mine.code[-1] for finding in week} == {"1", "2"}
    served = Case.objects.get(procedure="suspension", state="served")
    assert served.clocks.get(clock="floor").due_at > clock.now()
    signed = Paper.objects.filter(template="onsite_decision").exclude(frozen_at=None)
    assert [bool(paper.number) for paper in signed] == [True], "one order is signed, the other waits"

    running = Case.objects.get(procedure="alarm_handling", state="notified")
    assert running.clocks.filter(stopped_at=None, lapsed_at=None).exists(), "its clocks still run"
    assert not Episode.objects.filter(declared=None, mine__code__endswith="1").exists()
    assert Declaration.objects.exists()
    assert {proposed for (proposed,) in Episode.objects.values_list("proposed")} == {"", "calibration"}
    assert set(FeedFile.objects.values_list("status", flat=True)) == {"done"}
    assert not Silence.objects.exists()

    assert LiveRow.objects.count() == 8, "every mine has newest values"
    assert min(LiveRow.objects.values_list("at", flat=True)) > before - timedelta(minutes=1)
    assert abs(clock.now() - clock.wall_now()) < timedelta(seconds=1), "the clock is released"
    moves = events_of(served).values_list("actor__username", flat=True)
    assert {"county_officer", "county_section", "county_legal", "county_head"} <= set(moves)

    events = Event.objects.count()
    assert seed("--json") == 0
    assert json.loads(capsys.readouterr().out) == told
    assert Event.objects.count() == events, "the second time it only lists the accounts"


def test_only_the_city_when_no_story_is_asked_for(empty) -> None:
    assert seed("--mines", "1", "--without-past", "--without-story") == 0
    kept = remembered()
    assert kept is not None
    assert not kept.complete
    assert len(kept.feed_tokens) == 1
    assert not Case.objects.exists()


def test_a_database_that_is_not_empty_is_left_alone(empty, capsys) -> None:
    create_unit(actor=None, kind="city", code="9999", name="某市")
    assert seed("--without-story") == 2
    assert "不是空库" in capsys.readouterr().err
    assert remembered() is None


def test_too_few_mines_for_the_story_and_unknown_cities_are_named(empty, capsys) -> None:
    assert seed("--mines", "3") == 2
    assert seed("--city", "990000", "--without-story") == 2
    errors = capsys.readouterr().err
    assert "--without-story" in errors
    assert "990000" in errors
