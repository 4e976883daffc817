"""A backup of a working platform: what is in it, what it costs the second time, and what is said of what is not."""

import subprocess

import psycopg
import pytest

from kuangan.backup.drafts import draft_folder
from kuangan.backup.making import Made
from kuangan.backup.manifest import backups_in, read_listing, read_manifest
from kuangan.core.models import Backup, LoginSession
from kuangan.core.store import content_path
from kuangan.host.database.binaries import shipped_binaries
from kuangan.host.errors import CannotStart
from kuangan.monitor.models import Cursor, HistoryPart
from kuangan.paper.models import Paper


def names(made: Made) -> set[str]:
    return set(read_listing(made.folder, made.manifest))


def test_everything_is_in_it_and_a_second_one_copies_only_what_is_new(works, attachment):
    first = works.back_up()
    assert first.manifest.faults == []
    inside = names(first)
    assert {"database.dump", "data/journal/identity"} <= inside
    assert {f"data/content/{sha[:2]}/{sha}" for sha in (attachment.sha256, Paper.objects.get().pdf_sha256)} <= inside
    assert {f"data/history/{part.mine.code}/{part.day}/{part.name}" for part in HistoryPart.objects.all()} <= inside
    assert any(name.startswith("data/seals/") for name in inside)
    assert not [name for name in inside if "key" in name]
    assert subprocess.run(["sha256sum", "-c", "--quiet", "files.sha256"], cwd=first.folder, check=False).returncode == 0
    second = works.back_up()
    shared = f"data/content/{attachment.sha256[:2]}/{attachment.sha256}"
    assert (second.folder / shared).stat().st_ino == (first.folder / shared).stat().st_ino
    dump = (second.folder / "database.dump").stat().st_size
    small = sum(path.stat().st_size for path in (second.folder / "data" / "seals").iterdir()) + 400
    assert second.manifest.new_size <= dump + small
    assert [folder for folder, _ in backups_in(works.place)] == [first.folder, second.folder]


def test_it_says_how_far_the_journal_and_the_trail_had_come(works):
    manifest = works.back_up().manifest
    cursor = Cursor.objects.get(ended_at=None)
    assert [(journal.identity, journal.seq) for journal in manifest.journals] == [(cursor.identity, cursor.journal_seq)]
    assert cursor.journal_seq == 30
    assert manifest.trail.last_id == manifest.counts["events"]
    assert read_manifest(works.place / manifest.name) == manifest


def test_who_is_logged_in_is_in_no_backup(works):
    made = works.back_up()
    listed = subprocess.run(
        [str(shipped_binaries() / "pg_restore"), "--list", str(made.folder / "database.dump")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    table = LoginSession._meta.db_table
    assert f"TABLE public {table} " in listed
    assert f"TABLE DATA public {table} " not in listed
    assert "TABLE DATA public core_event " in listed


def test_a_missing_and_a_changed_original_are_said_and_the_others_are_taken(works, attachment):
    paper = Paper.objects.get()
    content_path(attachment.sha256).unlink()
    content_path(paper.pdf_sha256).write_bytes(b"changed")
    made = works.back_up()
    assert len(made.manifest.faults) == 2
    assert attachment.sha256 in "".join(made.manifest.faults)
    assert "内容与登记的摘要不符" in "".join(made.manifest.faults)
    assert "database.dump" in names(made)
    assert not [name for name in names(made) if name.startswith("data/content/")]


def test_what_was_not_finished_is_no_backup_and_is_removed_by_the_next(works):
    left = works.place / ".draft-20260101-000000"
    left.mkdir(parents=True)
    (left / "manifest.json").write_text("{}")
    assert list(backups_in(works.place)) == []
    made = works.back_up()
    assert [folder for folder, _ in backups_in(works.place)] == [made.folder]
    assert not left.exists()


def test_a_database_that_can_not_be_read_leaves_nothing_and_is_said(works, monkeypatch):
    monkeypatch.setattr("kuangan.backup.database.LEFT_EMPTY", ("x" * 2000 + "..*",))
    with pytest.raises(CannotStart, match="数据库不能导出"):
        works.back_up()
    assert [path.name for path in works.place.iterdir()] == ["lock"]


def test_two_at_once_in_one_folder_are_refused(works):
    with draft_folder(works.place, "running"), pytest.raises(CannotStart, match="已有一次备份正在进行"):
        works.back_up()


def test_a_folder_that_can_not_be_made_is_said(works):
    (works.place.parent / "file").write_text("")
    with pytest.raises(CannotStart, match="不能使用"):
        works.back_up(place=works.place.parent / "file" / "backups")


def test_keys_are_apart_behind_the_passphrase_without_the_seal_key(works):
    from kuangan.backup.keys import keys_path, read_keys

    made = works.back_up(passphrase="correct horse battery")
    archive = keys_path(works.place, made.manifest.name)
    assert set(read_keys(archive, "correct horse battery")) == {"keys/secrets.key", "secret.key"}
    with pytest.raises(CannotStart, match="口令不对"):
        read_keys(archive, "wrong horse battery")
    assert (works.data.root / "keys" / "seal.key").exists()


def test_an_encrypted_one_shows_nothing_and_links_to_its_like(works, attachment):
    first = works.back_up(passphrase="correct horse battery", encrypt=True)
    stored = first.folder / f"data/content/{attachment.sha256[:2]}/{attachment.sha256}"
    assert b"PNG" not in stored.read_bytes()
    assert not (first.folder / "database.dump").read_bytes().startswith(b"PGDMP")
    second = works.back_up(passphrase="correct horse battery", encrypt=True)
    assert stored.stat().st_ino == (second.folder / stored.relative_to(first.folder)).stat().st_ino
    plain = works.back_up()
    assert plain.manifest.new_size == plain.manifest.size


def test_a_file_that_is_being_written_is_taken_up_to_its_last_whole_frame(works):
    from kuangan.monitor.journal import damages
    from kuangan.monitor.journal.segments import last_frame, segments

    (segment,) = segments(works.data.root / "journal")
    whole = segment.stat().st_size
    with segment.open("ab") as file:
        file.write(b"KJF1 half a frame")
    made = works.back_up()
    copied = made.folder / "data/journal" / segment.name
    assert copied.stat().st_size == whole
    assert damages(copied) == []
    assert last_frame(copied).seq == 30


def test_no_row_of_a_run_is_made_by_making_alone(works):
    works.back_up()
    assert not Backup.objects.exists()
    with psycopg.connect(works.address.url()) as connection:
        assert connection.execute("SELECT count(*) FROM core_backup").fetchone() == (0,)
