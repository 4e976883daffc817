"""How much one key may send: noise is not kept again and again, and nobody fills the disk."""

import pytest

from kuangan.base import clock
from kuangan.monitor.door import quota as listener_quota
from kuangan.monitor.door.quota import DAY_BYTES, DAY_FILES, DAY_REFUSED, Quota
from kuangan.monitor.models import FeedFile
from tests.db.monitor.door import Door
from tests.db.monitor.feedtext import CORNER, cdss, moment, name_of

TODAY, TOMORROW = moment("08:00:00").date(), moment("08:00:00").replace(day=3).date()


@pytest.fixture
def door(works, mine):
    clock.move(moment("08:00:05"))
    return Door(works, mine)


def test_the_same_refused_file_is_kept_once(door):
    noise = b"\xff" * 4000
    answers = [door.post(name_of("CDSS", "08:00:00"), noise) for _ in range(3)]
    assert [(answer.status_code, answer.json()["seq"]) for answer in answers] == [(422, 1)] * 3
    assert FeedFile.objects.count() == 1
    assert door.post(name_of("CDSS", "08:00:00"), cdss("08:00:00", {CORNER: ("0.3", 0)})).status_code == 202


def test_more_noise_than_a_day_may_have_is_not_kept_and_good_files_are(door, monkeypatch):
    monkeypatch.setattr(listener_quota, "DAY_REFUSED", 2)
    statuses = [door.post(name_of("CDSS", "08:00:00"), b"\xff" * (50 + n)).status_code for n in range(4)]
    assert statuses == [422, 422, 429, 429]
    assert FeedFile.objects.count() == 2
    assert door.post(name_of("CDSS", "08:00:00"), cdss("08:00:00", {CORNER: ("0.3", 0)})).status_code == 202


def test_a_key_that_used_up_its_day_waits_for_the_next(door, monkeypatch):
    monkeypatch.setattr(listener_quota, "DAY_FILES", 1)
    name, body = name_of("CDSS", "08:00:00"), cdss("08:00:00", {CORNER: ("0.3", 0)})
    assert door.post(name, body).status_code == 202
    refused = door.post(name, body)
    assert (refused.status_code, refused.json()["error"], refused.headers["retry-after"]) == (429, "quota", "5")
    assert FeedFile.objects.count() == 1


def test_counts_are_by_key_and_day():
    quota = Quota()
    for _ in range(DAY_REFUSED):
        quota.count_refused("a", "digest", 1, TODAY)
    quota.count("a", DAY_BYTES, TODAY)
    assert quota.is_noisy("a", TODAY)
    assert "GB" in quota.excess("a", TODAY)
    assert (quota.is_noisy("b", TODAY), quota.excess("b", TODAY)) == (False, "")
    assert (quota.is_noisy("a", TOMORROW), quota.excess("a", TOMORROW)) == (False, "")
    for _ in range(DAY_FILES):
        quota.count("a", 1, TOMORROW)
    assert str(DAY_FILES) in quota.excess("a", TOMORROW)
