"""An update of the calendar from the publisher's desk to processes that count by it, and back."""

import os
import subprocess
import sys

import pytest

from kuangan.cli.main import main
from kuangan.core.errors import Refused
from kuangan.core.models import Event, Incident, LawUpdate
from kuangan.core.queries.upkeep.law_updates import update_in_force
from kuangan.flow.proof.rows import compare_rows
from kuangan.flow.upkeep.law import look_after_update
from tests import answers, updates

READ = """
from kuangan.cli.main import _take_up_law
_take_up_law()
from kuangan.law.content import corpus_digest, packaged_digest
from kuangan.law.time.calendar import workdays
print(workdays().years[2027].provisional, packaged_digest())
"""


@pytest.fixture
def town(script, tmp_path, monkeypatch):
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    monkeypatch.setenv("KUANGAN_LAW", "")
    answers.with_head(script.city)
    return script


def started(root) -> list[str]:
    """What a process says that starts now."""
    ran = subprocess.run(
        [sys.executable, "-c", READ],
        env={**os.environ, "KUANGAN_DATA": str(root), "KUANGAN_LAW": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return [*ran.stdout.split(), ran.stderr]


def test_an_update_is_shown_signed_by_two_worked_by_after_a_start_and_taken_back(town, tmp_path, capsys):
    before = started(tmp_path)
    assert before[0] == "True"
    first = updates.written(tmp_path)
    assert updates.offer(first) == 0
    shown = capsys.readouterr().out
    assert "变更 年历 2027" in shown
    assert "上班 2027-02-20" in shown
    updates.sign(town.city, answers.HEAD)
    assert started(tmp_path) == before
    update = updates.sign(town.city, answers.SECOND)
    provisional, corpus, trouble = started(tmp_path)
    assert (provisional, trouble) == ("False", "")
    assert corpus != before[1]
    assert [event.action for event in Event.objects.filter(subject_kind="core.lawupdate").order_by("seq")] == [
        "law_update_offered",
        "law_update_decided",
        "law_update_confirmed",
    ]
    assert compare_rows().broken is None

    assert updates.offer(first) == 1
    assert "旧的更新不能代替新的" in capsys.readouterr().err
    assert main(["law", "status"]) == 0
    assert "法规更新第 1 号" in capsys.readouterr().out

    assert main(["law", "undo", "--head", answers.HEAD, "--second", answers.SECOND]) == 0
    updates.sign(town.city)
    assert update_in_force() is None
    assert started(tmp_path) == before
    update.refresh_from_db()
    assert update.ended_at is not None
    LawUpdate.objects.filter(pk=update.pk).update(text=update.text + " ")
    assert "法规更新与签署时不同" in str(compare_rows().broken)


def test_what_lawcheck_objects_to_is_neither_packed_nor_offered(town, tmp_path, capsys):
    wrong, pack = updates.NOTICE.replace("2027-02-20", "2027-02-22"), tmp_path / "1.lawpack"
    with pytest.raises(AssertionError):
        updates.written(tmp_path, text=wrong)
    assert "calendar/2027.yaml" in capsys.readouterr().err
    assert not pack.exists()
    updates.trust(tmp_path, updates.PUBLISHER.public_key())
    raw = updates.made(updates.PUBLISHER, files={updates.YEAR: wrong})
    pack.write_bytes(raw)
    assert updates.offer(pack) == 1
    assert "法规库检查未通过" in capsys.readouterr().err
    pack.write_bytes(raw[:-1])
    assert updates.offer(pack) == 1
    assert "签名不符" in capsys.readouterr().err
    assert not LawUpdate.objects.exists()


def test_a_copy_that_was_lost_or_changed_is_put_back_and_a_lost_key_is_said(town, tmp_path):
    updates.laid(town.city, tmp_path)
    updates.sign(town.city)
    kept = tmp_path / "law" / "in_force.lawpack"
    whole = kept.read_bytes()
    kept.write_bytes(whole[:100])
    assert "按本版本自带的法规库运行" in started(tmp_path)[2]
    assert look_after_update(town.at) == 1
    assert kept.read_bytes() == whole
    assert started(tmp_path)[0] == "False"
    key = tmp_path / "law" / "publisher.pem"
    trusted = key.read_bytes()
    key.unlink()
    look_after_update(town.at)
    assert "尚未设定发布单位的公钥" in Incident.objects.get(kind="law_update", ended_at=None).text
    assert started(tmp_path)[0] == "True"
    key.write_bytes(trusted)
    look_after_update(town.at)
    assert not Incident.objects.filter(kind="law_update", ended_at=None).exists()


def test_nobody_signs_for_another_and_nothing_that_is_no_longer_as_it_was_shown(town, tmp_path):
    updates.laid(town.city, tmp_path)
    with pytest.raises(Refused, match="现由"):
        updates.sign(town.city, answers.SECOND)
    updates.laid(town.city, tmp_path, number=2)
    waiting = LawUpdate.objects.get(dropped_at=None)
    LawUpdate.objects.filter(pk=waiting.pk).update(base="0" * 64)
    with pytest.raises(Refused, match="已有变化"):
        updates.sign(town.city, answers.HEAD)
