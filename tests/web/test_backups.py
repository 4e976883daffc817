"""运行状态 shows the way back: the newest backup, the next one, the last trial to restore one, and what went wrong."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.actions.backups import note_backup, note_removed, note_trial
from kuangan.core.models import Incident, Notice
from kuangan.flow.upkeep.queries import kept_backups

pytestmark = pytest.mark.django_db


def note(folder: str, fault: str = "", **facts):
    facts = {"is_taken": True, "files": 3, "size": 5 << 20, "new_size": 1 << 20, **facts}
    return note_backup(
        folder=folder, kind="daily", began_at=clock.wall_now() - timedelta(minutes=2), fault=fault, **facts
    )


def test_with_none_it_says_so_and_when_the_next_one_begins(world, as_user):
    page = as_user("operator").get(reverse("status")).content.decode()
    assert "尚无备份" in page
    assert "02:30" in page


def test_the_newest_one_its_trial_and_a_failure_are_shown_to_the_operator_alone(world, as_user):
    note("/disk/20270102-023000", has_keys=True)
    note("/disk/20270101-023000")
    note_removed(["/disk/20270101-023000"])
    note_trial(folder="/disk/20270102-023000", backed_up_at=clock.now(), seconds=41, fault="")
    page = as_user("operator").get(reverse("status")).content.decode()
    assert "/disk/20270102-023000" in page
    assert "/disk/20270101-023000" not in page
    assert "通过，41 秒" in page
    note("/disk", fault="备份未完成：磁盘空间不足", is_taken=False)
    page = as_user("operator").get(reverse("status")).content.decode()
    assert "备份未完成：磁盘空间不足" in page
    assert Incident.objects.get(kind="backup_failed").ended_at is None
    note("/disk/20270103-023000")
    assert Incident.objects.get(kind="backup_failed").ended_at is not None
    assert not kept_backups(world.users["city_clerk"]).exists()


def test_that_no_backup_has_the_keys_is_told_once_and_shown_until_one_has(world, as_user):
    note("/disk/20270102-023000")
    note("/disk/20270103-023000")
    told = Notice.objects.filter(title__contains="密钥未备份")
    assert told.count() == 1
    assert "KUANGAN_BACKUP_PASSPHRASE_FILE" in told.get().body
    page = as_user("operator").get(reverse("status")).content.decode()
    assert "；<b>密钥未备份</b>" in page
    assert "所有人须重新绑定动态口令" in page
    assert "密钥备份" in as_user("operator").get(reverse("start")).content.decode()
    note("/disk/20270104-023000", has_keys=True)
    note("/disk/20270105-023000")
    assert Incident.objects.get(kind="backup_keyless").ended_at is not None
    assert "；<b>密钥未备份</b>" not in as_user("operator").get(reverse("status")).content.decode()
    note_removed(["/disk/20270104-023000"])
    note("/disk/20270106-023000")
    assert told.count() == 2
