"""Rows rewritten beside the actions, as the application's own database role can: the trail stays whole, the proof does not."""

import json
import shutil
from argparse import ArgumentParser

import pytest
from django.db import connection
from django.urls import reverse

from kuangan.core import actions
from kuangan.core.actions import appoint, create_post
from kuangan.core.models import Event, EventHead, TrailCheck
from kuangan.core.trail.sealing import anchor_line
from kuangan.flow.proof import verify
from kuangan.flow.proof.rows import compare_rows
from kuangan.flow.samples import answer_objection, confirm_verdict
from kuangan.monitor.actions import mark_reacted
from kuangan.monitor.models import Episode
from kuangan.sample.actions import object_to_verdict
from tests.city import START
from tests.web import sampled
from tests.web.world import NOW


@pytest.fixture(autouse=True)
def no_files_of_other_tests(world, settings):
    """The world's folder outlives what other tests did and undid."""
    shutil.rmtree(settings.DATA.root / "seals", ignore_errors=True)


def sealed() -> EventHead:
    """The seal of the day before."""
    return actions.seal_ended_day(NOW) or EventHead.objects.latest("day")


def parsed(*given):
    parser = ArgumentParser()
    verify.add_arguments(parser)
    return parser.parse_args(given)


def change(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0, statement


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ('UPDATE ledger_entry SET values = values || \'{"place": "forged"}\' WHERE serial IS NOT NULL', "ledger.entry"),
        ("UPDATE casework_casemove SET inputs = '{\"forged\": 1}'", "casework.case"),
        ("UPDATE casework_casemove SET target = 'forged'", "casework.case"),
        ('UPDATE casework_case SET facts = facts || \'{"peak": "0.10"}\'', "casework.case"),
        ("UPDATE casework_case SET state = 'closed' WHERE state <> 'closed'", "casework.case"),
        ("UPDATE core_attachment SET sha256 = repeat('0', 64)", "core.attachment"),
    ],
)
def test_a_row_changed_beside_the_actions_is_named(world, statement, kind):
    assert compare_rows().broken is None
    change(statement)
    assert compare_rows().broken.kind == kind


@pytest.fixture
def verified(world):
    """A verdict that was confirmed, objected to and upheld."""
    item, head = sampled.judged(world), world.users["county_head"]
    confirm_verdict(actor=head, verification=item, seen=item.judged_at, at=NOW)
    object_to_verdict(actor=world.users["mine_director"], verification=item, reason="监控时间有误", at=NOW)
    answer_objection(actor=world.users["city_section"], verification=item, follow=False, opinion="维持结论", at=NOW)
    item.refresh_from_db()
    return item


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ('UPDATE sample_sample SET record = record || \'{"title": "forged"}\'', "sample.sample"),
        ("UPDATE sample_sample SET pool = jsonb_set(pool, '{strata,0,share}', '9')", "sample.sample"),
        (
            "UPDATE sample_sample SET result = jsonb_set(result, '{drawn}', '[[]]') WHERE drawn_at IS NOT NULL",
            "sample.sample",
        ),
        (
            "UPDATE sample_sample SET result = jsonb_set(result, '{seed}', '\"00\"') WHERE drawn_at IS NOT NULL",
            "sample.sample",
        ),
        ("UPDATE sample_verification SET verdict = 'true'", "sample.verification"),
        ("UPDATE sample_verification SET outcome = 'true'", "sample.verification"),
        ("UPDATE sample_verification SET account = 'forged'", "sample.verification"),
        ("UPDATE sample_verification SET place = 'forged'", "sample.verification"),
        ("UPDATE sample_verification SET looked_at = '[\"file\"]'", "sample.verification"),
        ("UPDATE sample_verification SET confirmed_by_id = judged_by_id", "sample.verification"),
        ("UPDATE sample_verification SET objection = ''", "sample.verification"),
        ("UPDATE sample_verification SET answer = 'forged'", "sample.verification"),
        ("DELETE FROM sample_verification_attachments", "sample.verification"),
    ],
)
def test_a_sample_or_a_verdict_changed_beside_the_actions_is_named(verified, statement, kind):
    assert compare_rows().broken is None
    change(statement)
    assert compare_rows().broken.kind == kind


def test_a_verification_taken_away_or_put_in_is_named(world):
    item = sampled.drawn(world)
    assert compare_rows().broken is None
    change("DELETE FROM sample_verification WHERE id = %s", item.pk)
    assert (compare_rows().broken.kind, compare_rows().broken.id) == ("sample.sample", str(item.sample_id))


def test_an_objection_that_was_followed_is_what_the_trail_says(world):
    item, head = sampled.judged(world), world.users["county_head"]
    confirm_verdict(actor=head, verification=item, seen=item.judged_at, at=NOW)
    object_to_verdict(actor=world.users["mine_director"], verification=item, reason="监控时间有误", at=NOW)
    answer_objection(actor=world.users["city_section"], verification=item, follow=True, opinion="采纳", at=NOW)
    assert compare_rows().broken is None
    change("UPDATE sample_verification SET outcome = 'untrue'")
    assert compare_rows().broken.kind == "sample.verification"


def test_the_peak_of_an_ended_over_limit_is_kept_by_the_trail(world):
    episode = Episode.objects.first()
    Episode.objects.filter(pk=episode.pk).update(ended_at=NOW, final_at=NOW, reacted_at=None)
    episode.refresh_from_db()
    assert mark_reacted(episode=episode, at=NOW)
    assert compare_rows().broken is None
    change("UPDATE monitor_episode SET peak = 0.5 WHERE id = %s", episode.pk)
    assert compare_rows().broken.kind == "monitor.episode"


def test_a_removed_entry_is_named(world):
    serial = Event.objects.filter(subject_kind="ledger.entry").values_list("subject_id", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entryfile")
    change("DELETE FROM ledger_entry WHERE serial = %s", serial)
    assert (compare_rows().broken.kind, compare_rows().broken.id) == ("ledger.entry", serial)


def test_verify_answers_a_machine_and_a_person_and_takes_anchors(world, capsys, tmp_path):
    assert verify.run(parsed("--json")) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["broken"], said["events"], said["rows"] > 0) == (None, Event.objects.count(), True)
    seal = sealed()
    (tmp_path / "kept.jsonl").write_text(anchor_line(seal) + "\n")
    assert verify.run(parsed("--anchor", str(tmp_path / "kept.jsonl"))) == 0
    assert "1个交出的封存" in capsys.readouterr().out
    (tmp_path / "kept.jsonl").write_text("no seal\n")
    assert verify.run(parsed("--anchor", str(tmp_path / "kept.jsonl"))) == 2
    assert "第1行不是封存记录" in capsys.readouterr().out


def test_a_proof_is_asked_for_on_the_page_and_made_beside_the_sweep(world, as_user):
    client = as_user("operator")
    client.post(reverse("verify"))
    client.post(reverse("verify"))
    check = TrailCheck.objects.get()
    assert "正在核验" in client.get(reverse("status")).content.decode()
    actions.end_trail_check(check=check, events=5, days=1, compared=3, broken="")
    assert "5 条记录" in client.get(reverse("status")).content.decode()


def test_every_file_that_leaves_is_recorded_with_its_filters_and_address(world, as_user):
    client = as_user("county_clerk")
    client.get(reverse("mines"), REMOTE_ADDR="192.0.2.9")
    assert not Event.objects.filter(action="file_taken").exists()
    client.get(reverse("mines"), {"export": "xlsx", "q": "甲"}, REMOTE_ADDR="192.0.2.9")
    event = Event.objects.get(action="file_taken")
    assert (event.actor.username, event.source) == ("county_clerk", "192.0.2.9")
    assert event.data["path"] == reverse("mines")
    assert "export=xlsx" in event.data["query"]


def test_the_auditor_sees_who_did_what_from_where_and_nothing_of_what_it_was_about(world, as_user):
    post = create_post(actor=None, unit=world.city.units["city"], title="审计管理员", role="audit_admin", at=START)
    user = world.users["city_clerk"]
    appoint(actor=None, post=post, person=user.person, at=START)
    page = as_user("city_clerk").get(reverse("trail"))
    assert page.status_code == 200
    assert page.context["table"].list.total > 0
    assert "inputs" not in page.content.decode()


def test_the_seals_are_there_to_be_written_down_and_taken_away(world, as_user):
    seal = sealed()
    client = as_user("inspectorate_officer")
    assert "已签名" in client.get(reverse("seals")).content.decode()
    assert client.get(reverse("anchors")).content.decode().endswith(anchor_line(seal) + "\n")
