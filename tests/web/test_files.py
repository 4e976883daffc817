"""Stored bytes: what one person may upload, and what happens to bytes that nothing names."""

import os
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kuangan.core.actions import save_attachment
from kuangan.core.actions.file_room import sweep_content
from kuangan.core.actions.form_marks import keep_upload
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment
from kuangan.core.store import content_path
from kuangan.flow.upkeep.files import NAMED_BY
from kuangan.law import local
from tests.web import office_world

DAYS_LATER = 2 * 86_400


def test_bytes_that_no_row_names_are_removed_after_a_day_and_all_others_stay(world, as_user):
    user = world.users["county_section"]
    kept = save_attachment(actor=user, name="a.txt", content=b"kept")
    lost = save_attachment(actor=user, name="b.txt", content=b"lost")
    Attachment.objects.filter(pk=lost.pk).delete()
    papers = [link.paper for link in world.alarm.papers.all()]
    assert sweep_content(NAMED_BY, time.time() + 3600) == 0
    sweep_content(NAMED_BY, time.time() + DAYS_LATER)
    assert content_path(kept.sha256).exists()
    assert all(content_path(paper.pdf_sha256).exists() for paper in papers)
    assert not content_path(lost.sha256).exists()


def test_bytes_stored_again_are_young_again(world):
    user = world.users["county_section"]
    first = save_attachment(actor=user, name="a.txt", content=b"again")
    path = content_path(first.sha256)
    os.utime(path, (1, 1))
    save_attachment(actor=user, name="b.txt", content=b"again")
    assert path.stat().st_mtime > 1


def test_uploads_of_a_day_have_an_end_told_in_words(world, monkeypatch):
    user = world.users["county_section"]
    most = int(local.local("files.per_day", world.script.at.date()).value)
    facts = {"sha256": "0" * 64, "name": "a.txt", "media_type": "text/plain", "size": 1, "uploaded_by": user}
    Attachment.objects.bulk_create([Attachment(**facts, at=world.script.at) for _ in range(most)])
    with pytest.raises(Refused, match=f"24小时内已上传{most}个文件"):
        save_attachment(actor=user, name="a.txt", content=b"x")
    with pytest.raises(Refused, match="24小时内"):
        keep_upload(user=user, mark="m" * 20, field="files", name="a.txt", content=SimpleUploadedFile("a.txt", b"x"))
    save_attachment(actor=world.users["county_clerk"], name="a.txt", content=b"x")


def test_too_many_files_of_one_request_are_refused_in_words(world, as_user):
    made = office_world.circular(world)
    files = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(21)]
    before = Attachment.objects.count()
    answer = as_user("mine_director").post(reverse("circular", args=[made.pk]), {"do": "feedback", "files": files})
    assert answer.status_code == 400
    assert "一次最多附20个文件" in answer.content.decode()
    assert Attachment.objects.count() == before
