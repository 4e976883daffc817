"""Data that do not come."""

from kuangan.mine.actions import note_dismantled
from kuangan.monitor.models import Silence, SilenceLevel
from kuangan.monitor.queries import feed_health, unreacted_silences
from tests.db.monitor.feedtext import CORNER, RETURN, cdss, moment


def both(clock):
    return cdss(clock, {CORNER: ("0.3", 0), RETURN: ("0.2", 0)})


def test_a_silent_feed_rises_by_level_and_ends_with_the_next_reading(works):
    works.receive("CDSS", "08:00:00", both("08:00:00"))
    works.care.tick(moment("08:05:00"))
    assert not Silence.objects.exists()
    works.care.tick(moment("08:05:01"))
    silence = Silence.objects.get()
    assert (silence.point, silence.started_at, silence.level) == (None, moment("08:00:00"), SilenceLevel.warn)
    Silence.objects.update(reacted_at=moment("08:05:02"))
    works.care.tick(moment("08:29:59"))
    assert unreacted_silences() == []
    works.care.tick(moment("08:30:00"))
    assert [each.level for each in unreacted_silences()] == [SilenceLevel.yellow]
    works.crash()
    works.receive("CDSS", "08:31:00", both("08:31:00"))
    works.care.tick(moment("08:31:01"))
    assert Silence.objects.get().ended_at == moment("08:31:00")


def test_a_silent_point_while_the_others_go_on(works):
    works.receive("CDSS", "08:00:00", both("08:00:00"))
    for minute in range(1, 7):
        works.receive("CDSS", f"08:0{minute}:00", cdss(f"08:0{minute}:00", {CORNER: ("0.3", 0)}))
    works.care.tick(moment("08:06:10"))
    silence = Silence.objects.get()
    assert (silence.point.native_code, silence.started_at) == (RETURN, moment("08:00:00"))


def test_health_of_a_feed(works, mine):
    never = feed_health([mine], moment("08:00:00"))[0]
    assert (never.age_seconds, never.files, never.silence) == (None, 0, None)
    works.receive("CDSS", "08:00:00", both("08:00:00"))
    works.receive("CDSS", "08:00:30", both("08:00:30")[:-2])
    health = feed_health([mine], moment("08:01:00"))[0]
    assert (health.age_seconds, health.files, health.faulty) == (60.0, 2, 1)


def test_a_paused_methane_point_is_silent_in_its_own_way_also_after_a_crash(works):
    for minute in range(7):
        clock = f"08:0{minute}:00"
        works.receive("CDSS", clock, cdss(clock, {CORNER: ("3.10", 64), RETURN: ("0.2", 0)}))
        works.care.tick(moment(f"{clock[:-2]}01"))
        if minute == 5:
            assert not Silence.objects.exists(), "exactly five minutes"
            works.care.checkpoint_all()
            works.crash()
    silence = Silence.objects.get()
    assert (silence.point.native_code, silence.kind) == (CORNER, "paused")
    assert (silence.started_at, silence.ended_at) == (moment("08:00:00"), None)
    works.receive("CDSS", "08:07:00", both("08:07:00"))
    works.care.tick(moment("08:07:01"))
    assert Silence.objects.get().ended_at == moment("08:07:00")


def test_an_emptied_point_that_then_falls_silent_is_both(works):
    for minute in range(7):
        clock = f"08:0{minute}:00"
        works.receive("CDSS", clock, cdss(clock, {CORNER: ("-9999", 0), RETURN: ("0.2", 0)}))
        works.care.tick(moment(f"{clock[:-2]}01"))
    works.care.tick(moment("08:11:01"))
    assert set(Silence.objects.values_list("point__native_code", "kind")) == {(CORNER, "emptied"), (None, "")}


def test_a_point_that_was_found_dismantled_is_watched_again_once_it_sends(works):
    works.receive("CDSS", "08:00:00", both("08:00:00"))
    for minute in range(1, 7):
        works.receive("CDSS", f"08:0{minute}:00", cdss(f"08:0{minute}:00", {CORNER: ("0.3", 0)}))
    works.care.tick(moment("08:06:10"))
    point = Silence.objects.get().point
    note_dismantled(actor=None, point=point, basis="断联〔2026〕1号", at=moment("08:06:20"))
    works.care.tick(moment("08:06:30"))
    assert Silence.objects.get().ended_at is not None
    for minute in range(7, 20):
        clock = f"08:{minute:02d}:00"
        works.receive("CDSS", clock, cdss(clock, {CORNER: ("0.3", 0)}))
        works.care.tick(moment(f"{clock[:-2]}10"))
    assert Silence.objects.count() == 1, "nothing is expected of it"
    works.receive("CDSS", "08:20:00", both("08:20:00"))
    for minute in range(21, 27):
        works.receive("CDSS", f"08:{minute}:00", cdss(f"08:{minute}:00", {CORNER: ("0.3", 0)}))
    works.care.tick(moment("08:26:10"))
    assert Silence.objects.filter(ended_at=None).get().started_at == moment("08:20:00")
