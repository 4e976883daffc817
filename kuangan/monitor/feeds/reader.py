"""What all family A parsers share: header, records to fields, and the rule that refuses a file with too many bad records."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from kuangan.monitor.feeds.errors import BadRecord, FeedError, RecordError
from kuangan.monitor.feeds.fields import CONVERT, CUT, Field
from kuangan.monitor.feeds.layouts import Layout
from kuangan.monitor.feeds.records import Header
from kuangan.monitor.feeds.segments import records_of, strip_wrapping
from kuangan.monitor.times import parse_beijing

MAX_BAD_SHARE: Final = 0.2
_MINE_CODE: Final = re.compile(r"[0-9A-Za-z]{6,20}", re.ASCII)
_QUOTED: Final = 120
"""Characters of a bad record that are kept for the operator."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file taken apart: its header and the text of each record."""

    header: Header
    records: tuple[str, ...]
    notes: tuple[str, ...]


def open_file(data: bytes, layout: Layout, mine_codes: Collection[str] | None) -> Opened:
    """Header and records of a file. Raises FeedError; `mine_codes` are the codes the sender may use (None: any)."""
    plain = strip_wrapping(data)
    segments = [segment.decode() for segment in records_of(plain.body)]
    header = read_header(segments[0] if segments else "", layout.header, mine_codes)
    return Opened(header, tuple(segments[1:]), plain.notes)


def read_header(text: str, lengths: Sequence[int], mine_codes: Collection[str] | None) -> Header:
    """The first segment: mine code first, mine name second, the file's time last."""
    fields = tuple(part.strip() for part in split_fields(text, lengths[0]))
    if len(fields) not in lengths:
        raise _bad_header(f"文件头应有 {lengths[0]} 个字段，实际 {len(fields)} 个", text)
    if not _MINE_CODE.fullmatch(fields[0]):
        raise _bad_header(f"煤矿编码“{fields[0][:24]}”不正确", text)
    if mine_codes is not None and fields[0] not in mine_codes:
        raise FeedError(
            "mine_mismatch",
            f"文件头的煤矿编码 {fields[0]} 与上传单位 {'、'.join(sorted(mine_codes))} 不一致",
            "文件头第 1 个字段",
            "请核对上传程序中的煤矿编码；若该矿另有编码，请在该矿档案中办理“登记其他编码”。",
        )
    try:
        at = parse_beijing(fields[-1])
    except ValueError:
        raise _bad_header(f"数据上传时间“{fields[-1][:24]}”不正确", text) from None
    return Header(fields[0], fields[1], at, fields)


def _bad_header(what: str, text: str) -> FeedError:
    return FeedError("bad_header", what, f"文件头“{text[:60]}”", "请按 MT/T 1201 核对文件头的字段和时间格式。")


def split_fields(text: str, count: int) -> list[str]:
    """Fields of a record. Full-width semicolons separate only when the ASCII ones do not give `count` fields."""
    fields = _without_trailing(text.split(";"), count)
    if len(fields) != count and "；" in text:
        fields = _without_trailing(text.replace("；", ";").split(";"), count)
    return fields


def _without_trailing(fields: list[str], count: int) -> list[str]:
    # some writers end a record with one more separator
    return fields[:-1] if len(fields) == count + 1 and not fields[-1].strip() else fields


def read_record(text: str, layout: Layout) -> list[Field]:
    """Converted fields in layout order. Raises RecordError with the field's place."""
    fields = split_fields(text, len(layout.fields))
    if len(fields) != len(layout.fields):
        raise RecordError(f"应有 {len(layout.fields)} 个字段，实际 {len(fields)} 个")
    converted: list[Field] = []
    for place, (field, kind) in enumerate(zip(fields, layout.kinds, strict=True), 1):
        try:
            converted.append(CONVERT[kind](field))
        except RecordError as error:
            reason = f"第 {place} 个字段：{error}"
            raise RecordError(reason, spoils=error.spoils, code=error.code) from None
    return converted


def bad_record(number: int, error: RecordError, text: str) -> BadRecord:
    """The report of a record that could not be used."""
    return BadRecord(number, str(error), text[:_QUOTED], error.spoils and CUT not in text, error.code)


def refuse_if_mostly_bad(bad: Sequence[BadRecord], records: int, layout: Layout) -> None:
    """More than 20 % records that do not follow the layout: the file as a whole cannot be trusted."""
    spoiling = [bad_record for bad_record in bad if bad_record.spoils]
    if len(spoiling) > records * MAX_BAD_SHARE:
        first = spoiling[0]
        raise FeedError(
            "too_many_bad",
            f"{records} 条记录中有 {len(spoiling)} 条无法识别，超过 20%，整个文件不予采用",
            f"第 {first.record} 条记录起，{first.reason}",
            f"请按 MT/T 1201 核对{layout.title}（{layout.type}）的字段顺序和格式。",
        )


def read_all(opened: Opened, layout: Layout) -> tuple[list[list[Field]], tuple[BadRecord, ...]]:
    """All good records converted, all bad ones reported. Raises FeedError when too many are bad."""
    good: list[list[Field]] = []
    bad: list[BadRecord] = []
    for number, text in enumerate(opened.records, 1):
        try:
            good.append(read_record(text, layout))
        except RecordError as error:
            bad.append(bad_record(number, error, text))
    refuse_if_mostly_bad(bad, len(opened.records), layout)
    return good, tuple(bad)
