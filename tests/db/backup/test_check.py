"""`kuangan check` finds each kind of damage and names the thing."""

import psycopg
import pytest

from kuangan.backup.check_command import run
from kuangan.backup.checking import check_all
from kuangan.cli.parser import Arguments
from kuangan.core.store import content_path
from kuangan.host.database.address import database_address
from kuangan.monitor.history.layout import day_folder
from kuangan.monitor.journal.segments import segments
from kuangan.monitor.models import HistoryPart
from kuangan.paper.models import Paper


@pytest.fixture(autouse=True)
def no_idling(monkeypatch):
    """This process goes on after the command."""
    monkeypatch.setattr("kuangan.backup.check_command.be_idle", lambda: None)
    monkeypatch.setattr("kuangan.backup.checking.LISTED_WITHIN", 0)


def faults(works) -> dict[str, list[str]]:
    return {part.name: part.faults for part in check_all(works.data.root) if part.faults}


def history_file(works):
    part = HistoryPart.objects.select_related("mine").first()
    return day_folder(works.data.root / "history", part.mine.code, part.day) / part.name


def flip(path, at: int = -40) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def test_a_whole_platform_is_whole(works, capsys):
    assert run(Arguments(json=False)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "全部完好。"


def test_a_changed_attachment_and_a_missing_paper_are_named(works, attachment, capsys):
    content_path(attachment.sha256).write_bytes(b"changed")
    content_path(Paper.objects.get().pdf_sha256).unlink()
    assert {"附件", "文书"} <= set(faults(works))
    assert run(Arguments(json=False)) == 1
    said = capsys.readouterr().out
    assert "“照片.png”的原件内容已改变" in said
    assert "文书 （某）煤安〔2026〕1号的原件不存在" in said


def test_a_flipped_bit_of_history_and_a_file_that_no_list_knows_are_named(works):
    path = history_file(works)
    (path.parent / "part-00000000-1-2-00000000.parquet").write_bytes(b"")
    flip(path)
    assert [fault.split("：")[0] for fault in faults(works)["监测历史"]] == ["内容已改变", "未登记"]
    path.unlink()
    assert any(fault.startswith(f"不存在：{path}") for fault in faults(works)["监测历史"])


def test_a_journal_that_is_shorter_than_the_database_knows_is_named(works):
    (segment,) = segments(works.data.root / "journal")
    flip(segment)
    assert faults(works)["接收日志"] == ["只到流水号 29，数据库已记到 30"]
    segment.unlink()
    assert faults(works)["接收日志"] == ["只到流水号 0，数据库已记到 30"]


def test_damage_inside_a_sealed_segment_is_named_with_its_numbers(works):
    (segment,) = segments(works.data.root / "journal")
    size = segment.stat().st_size
    flip(segment, size // 2)
    (segment.parent / f"{31:020d}.journal").write_bytes(b"")
    said = faults(works)["接收日志"]
    assert any("字节损坏" in fault for fault in said)
    assert any(fault.startswith("缺少流水号 1") for fault in said)


def test_another_journal_in_the_place_is_named(works):
    (works.data.root / "journal" / "identity").write_text("0" * 32)
    assert "不是同一日志" in faults(works)["接收日志"][0]


def test_a_changed_event_is_named(works):
    with psycopg.connect(database_address(owner=True).named(works.address.name).url()) as owner:
        owner.execute("ALTER TABLE core_event DISABLE TRIGGER USER")
        owner.execute("UPDATE core_event SET action = 'other' WHERE id = 1")
    assert "记录被改动" in faults(works)["操作记录"][0]
