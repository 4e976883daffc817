"""Writing an export into a folder: list by list and paper by paper, each file with its digest in the manifest, bounded in memory."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from kuangan import __version__
from kuangan.base import clock
from kuangan.base.text import clean_text
from kuangan.city.out.lists import ExportList, export_lists, paper_file, papers_of_reader
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.queries import unit_in_sight
from kuangan.paper.queries import pdf_bytes

MOST_OF_A_SHEET: Final = 1_000_000
"""Rows that one sheet takes; further ones begin another."""
LONGEST_CELL: Final = 32_000
MANIFEST: Final = "manifest.json"
LEFT_OUT: Final = (
    "本人无权查看的单位、台账、办件和文书",
    "未定稿的文书草稿",
    "密封栏目和外单位人员的完整个人信息",
    "密码、密钥、动态口令，以及附件、监测历史和操作记录（由备份命令保存）",
)
Tell = Callable[[str, int], None]
"""The title of what is being written, files done."""


@dataclass
class ExportManifest:
    """What an export holds: each file with its rows, bytes and digest."""

    files: list[dict[str, Any]] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def add(self, folder: Path, name: str, count: int) -> None:
        """A file that is written."""
        digest, size = hashlib.sha256(), 0
        with (folder / name).open("rb") as content:
            while part := content.read(1 << 20):
                digest.update(part)
                size += len(part)
        self.files.append({"path": name, "rows": count, "bytes": size, "sha256": digest.hexdigest()})


def export_to(
    folder: Path, *, reader: User, unit_code: str = "", tell: Tell = lambda title, done: None
) -> Mapping[str, Any]:
    """Write what the reader may see, of one unit where its code is given; returns the manifest.

    Refused for a folder that holds something, and for a unit out of sight.
    """
    unit = _unit(reader, unit_code)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Refused(f"{folder} 不是空文件夹，请另选一个，以免与其他文件混在一起。")
    manifest = ExportManifest()
    for listed in export_lists(reader, unit):
        tell(listed.title, len(manifest.files))
        _write_list(folder, listed, manifest)
    _write_papers(folder, reader, unit, manifest, tell)
    told = _manifest(reader, unit, manifest)
    (folder / MANIFEST).write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    data = {"unit": unit.code if unit else "", "files": len(manifest.files), "digest": told["digest"]}
    record(actor=reader, action="data_exported", subject=reader, data=data)
    return told


def _unit(reader: User, code: str) -> Unit | None:
    if not code:
        return None
    unit = unit_in_sight(reader, code)
    if unit is None:
        raise Refused(f"账号“{reader.username}”的管辖范围内没有编码为“{code}”的单位，请核对编码。")
    return unit


def _manifest(reader: User, unit: Unit | None, manifest: ExportManifest) -> dict[str, Any]:
    digests = "\n".join(f"{known['sha256']} {known['path']}" for known in manifest.files)
    return {
        "product": "kuangan",
        "practice": settings.PRACTICE,
        "version": __version__,
        "exported_at": clock.now().isoformat(),
        "exported_as": f"{reader.username} {reader.display_name}",
        "unit": {"code": unit.code, "name": unit.name} if unit else None,
        "left_out": list(LEFT_OUT),
        "trouble": manifest.trouble,
        "files": manifest.files,
        "digest": hashlib.sha256(digests.encode()).hexdigest(),
    }


def _write_list(folder: Path, listed: ExportList, manifest: ExportManifest) -> None:
    """JSON Lines and a workbook in one go over the rows."""
    lines_name, book_name = f"{listed.name}.jsonl", f"{listed.name}.xlsx"
    (folder / lines_name).parent.mkdir(parents=True, exist_ok=True)
    count, book = 0, Workbook(write_only=True)
    sheet = _sheet(book, listed, 1)
    with (folder / lines_name).open("w", encoding="utf-8") as out:
        for values, cells in listed.lines():
            if count and count % MOST_OF_A_SHEET == 0:
                sheet = _sheet(book, listed, count // MOST_OF_A_SHEET + 1)
            count += 1
            out.write(json.dumps(values, ensure_ascii=False, default=_plain) + "\n")
            sheet.append([_cell(sheet, value) for value in cells])
    book.save(folder / book_name)
    manifest.add(folder, lines_name, count)
    manifest.add(folder, book_name, count)


def _sheet(book: Workbook, listed: ExportList, number: int) -> Any:
    sheet = book.create_sheet(f"第{number}表")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, heading) for heading in listed.headings])
    return sheet


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _cell(sheet: Any, value: Any) -> Any:
    """A cell; a text stays text, whatever it begins with."""
    if isinstance(value, datetime):
        return clock.civil(value).replace(tzinfo=None)
    if value is None or isinstance(value, bool | int | float | Decimal | date):
        return value
    cell = WriteOnlyCell(sheet, value=clean_text(str(value))[:LONGEST_CELL])
    cell.data_type = "s"
    return cell


def _write_papers(folder: Path, reader: User, unit: Unit | None, manifest: ExportManifest, tell: Tell) -> None:
    """Papers as they were frozen; one whose file is gone or changed is said and keeps no other out."""
    (folder / "papers").mkdir(exist_ok=True)
    for paper in papers_of_reader(reader, unit).iterator(200):
        tell("文书", len(manifest.files))
        try:
            content = pdf_bytes(paper)
        except (FileNotFoundError, ValueError):
            manifest.trouble.append(
                f"文书{paper.number or paper.pk}的文件缺失或与摘要不符，未能导出，请运行 kuangan verify 核查。"
            )
            continue
        name = paper_file(paper)
        (folder / name).write_bytes(content)
        manifest.add(folder, name, 1)


def checked(folder: Path) -> Iterator[str]:
    """What of an export is not as its manifest says; nothing for a whole one."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for known in manifest["files"]:
        path = folder / known["path"]
        if not path.is_file():
            yield f"{known['path']} 缺失"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != known["sha256"]:
            yield f"{known['path']} 与清单不符"
