"""Ledgers, their entries, versions and imports in lists: the columns of pages and prints."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter, itemgetter
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.law.field import Field
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.law.register import Measure, tasks
from kuangan.ledger.confirming import term_of
from kuangan.ledger.models import Entry, EntryConfirmation
from kuangan.ledger.renewal import renewal_text
from kuangan.ledger.shown import EntryWords
from kuangan.web.duties.lists import status_badge
from kuangan.web.duties.words import DutyRow
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column

LISTED = 60
"""Characters of a field that a list shows."""
PREVIEWED = 80
"""Characters of a field that the preview of an import shows."""
NUMBERS = ("number", "decimal", "money", "reading")


@dataclass(frozen=True)
class LedgerLine:
    """One ledger of the list: how many entries, the newest day, whether this period's is missing, whether the reader keeps it."""

    ledger: Ledger
    measure: Measure
    entries: int
    newest: date | None
    due: bool
    kept: bool

    @property
    def task_title(self) -> str:
        return tasks()[self.measure.task - 1].title

    @property
    def renewal(self) -> str:
        """How often it must be renewed."""
        return renewal_text(self.ledger)


def task_of(line: LedgerLine) -> str:
    return f"任务{line.measure.task} {line.task_title}"


def _ledger(line: LedgerLine) -> SafeString:
    link = shown.link(reverse("ledger", args=[line.ledger.id]), line.ledger.title, "strong")
    return shown.joined(link, shown.state("限定人员可见") if line.ledger.confidential else None, by=" ")


def _renewal(line: LedgerLine) -> SafeString:
    missing = shown.state("本期未更新", waits=True) if line.due else None
    return shown.joined(missing, shown.small(line.renewal or "随事登记"), by=" ")


def _keeping(line: LedgerLine) -> Any:
    if line.kept:
        return shown.link(reverse("new_entry", args=[line.ledger.id]), "登记", "btn btn-sm")
    return shown.small("查看")


LEDGERS = (
    Column("任务措施", attrgetter("measure.code"), style="nowrap", label="措施"),
    Column("台账", _ledger),
    Column("条目", attrgetter("entries"), style="num"),
    Column("最近日期", attrgetter("newest"), style="nowrap"),
    Column("更新", _renewal),
    Column("登记", _keeping, style="nowrap"),
)


def _text(kept: EntryWords, field: Field, length: int) -> Callable[[Entry], Any]:
    """The cell of a field; — in grey for what was not filled in."""

    def cell(entry: Entry) -> Any:
        text = kept.brief(entry, field)
        return shown.cut(text, length) if text else shown.NONE

    return cell


def entry_columns(law: Ledger, kept: EntryWords, fields: Sequence[Field]) -> tuple[Column, ...]:
    """The entries of one ledger: number, day, the fields that a list shows, who keeps it, until when."""

    def number(entry: Entry) -> SafeString:
        version = shown.small(f"第{entry.version}版") if entry.version > 1 else None
        return shown.joined(shown.link(reverse("entry", args=[law.id, entry.serial]), entry.serial), version, by=" ")

    dated = next((field.label for field in law.fields if field.name == law.dated), "")
    return (
        Column("条目", number, style="nowrap"),
        Column(dated, attrgetter("on"), style="nowrap", label="日期"),
        *(
            Column(field.label, _text(kept, field, LISTED), style="num" if field.kind in NUMBERS else "")
            for field in fields
        ),
        Column("记录单位", attrgetter("unit.name"), style="small"),
        Column(
            "有效期至",
            lambda entry: shown.state("已作废", terminal=True) if entry.voided else entry.until,
            style="nowrap",
        ),
    )


def print_columns(kept: EntryWords, fields: Sequence[Field]) -> tuple[Column, ...]:
    """Entries on paper, whole; a row is the number on the paper with the entry."""

    def heading(field: Field) -> str:
        return format_html("{}<br><small>{}</small>", field.label, field.suffix) if field.suffix else field.label

    def cell(field: Field) -> Callable[[tuple[int, Entry]], Any]:
        return lambda line: kept.text(line[1], field) or shown.EMPTY

    return (
        Column("序号", itemgetter(0), style="num"),
        *(Column(heading(field), cell(field), style="prewrap") for field in fields),
        Column("记录单位", lambda line: line[1].unit.name),
    )


def confirmation_columns(law: Ledger) -> tuple[Column, ...]:
    """What others than the keeper wrote into an entry or sent back: which part, by whom, having looked at what."""
    titles = {part.id: part.title for part in law.confirmations}

    def part(act: EntryConfirmation) -> SafeString:
        title = titles.get(act.part, act.part)
        return shown.joined(title, None if act.accepted else shown.state("退回", waits=True), by=" ")

    def opinion(act: EntryConfirmation) -> SafeString:
        name = act.by.display_name if act.by else "平台"
        by = f"{act.unit.name} {name} · {shown.minute(act.at)} · 查看{act.get_sight_display()}"
        return shown.joined(act.opinion, shown.under(by))

    return (Column("事项", part, style="nowrap"), Column("意见", opinion))


def _waiting_part(entry: Entry) -> Any:
    title = ledger_by_id(entry.ledger).part(entry.waits_for).title
    return shown.link(reverse("confirm_part", args=[entry.ledger, entry.serial, entry.waits_for]), title, "strong")


def _waiting_entry(entry: Entry) -> SafeString:
    number = shown.link(reverse("entry", args=[entry.ledger, entry.serial]), f"第{entry.serial}号")
    return shown.joined(ledger_by_id(entry.ledger).title, number, by=" ")


def _waiting_until(entry: Entry) -> Any:
    return term_of(ledger_by_id(entry.ledger).part(entry.waits_for), entry.recorded_at)


WAITING = (
    Column("待办", _waiting_part),
    Column("台账条目", _waiting_entry),
    Column("登记单位", attrgetter("unit.name")),
    Column("提交时间", attrgetter("recorded_at"), style="nowrap"),
    Column(
        "期限", lambda entry: shown.deadline(until) if (until := _waiting_until(entry)) else shown.NONE, style="nowrap"
    ),
)


WAITING_CREDITS = (
    Column("待核实", lambda credit: shown.link(reverse("duty", args=[credit.duty_id]), credit.duty.title, "strong")),
    Column("责任单位", attrgetter("duty.unit.name")),
    Column("依据", lambda credit: credit.get_source_display()),
    Column("提交时间", attrgetter("recorded_at"), style="nowrap"),
)


def _busiest(line: dict[str, Any]) -> str:
    return f"{line['busiest']} 件"


CONFIRMERS = (
    Column("人员", lambda line: line["by__person__name"] or "平台"),
    Column("单位", itemgetter("unit__name")),
    Column("确认", itemgetter("confirmed"), style="num"),
    Column("退回", itemgetter("returned"), style="num"),
    Column(
        "退回比例", lambda line: f"{100 * line['returned'] // (line['confirmed'] + line['returned'])}%", style="num"
    ),
    Column("一小时内最多", _busiest, style="num"),
)


CHANGES = (
    Column("栏目", itemgetter(0)),
    Column("更正前", lambda change: change[1] or "（空）", style="prewrap"),
    Column("更正后", lambda change: change[2] or "（空）", style="prewrap"),
)


def _duty(duty_row: DutyRow) -> SafeString:
    duty = duty_row.duty
    link = shown.link(reverse("duty", args=[duty.pk]), duty.title)
    return shown.joined(link, shown.under(f"{duty.unit.name} · 期限 {shown.deadline(duty.due_at)}"))


DUTIES = (Column("事项", _duty), Column("状态", status_badge, style="num"))


def answer_columns(entry: Entry) -> tuple[Column, ...]:
    """What other units answered to an entry, with their files and how far it is proven."""

    def files(given: Any) -> SafeString:
        pages = (
            shown.link(reverse("entry_file", args=[entry.ledger, entry.serial, file.pk]), file.name)
            for file in given.files
        )
        return shown.under(shown.joined(*pages, by="、"))

    return (
        Column(
            "答复单位", lambda given: shown.joined(given.duty.unit.name, shown.under(shown.minute(given.recorded_at)))
        ),
        Column("答复意见", lambda given: shown.joined(linebreaksbr(given.note), files(given))),
        Column("证明程度", lambda given: given.get_grade_display(), style="nowrap"),
    )


def import_columns(law: Ledger) -> tuple[Column, ...]:
    """One's own imports of a ledger."""
    return (
        Column("上传时间", attrgetter("at"), style="nowrap"),
        Column("文件", lambda made: shown.link(reverse("import", args=[law.id, made.pk]), made.name)),
        Column("行数", attrgetter("total"), style="num"),
        Column("状态", lambda made: made.get_state_display()),
    )


REFUSED = (
    Column("行号", itemgetter("row"), style="num"),
    Column("栏目", lambda refusal: refusal["label"] or "整行"),
    Column("填写内容", lambda refusal: refusal["given"] or "（空）", label="内容"),
    Column("原因", itemgetter("reason")),
)


def _previewed(kept: EntryWords, entry: Entry, field: Field) -> Any:
    text = kept.text(entry, field)
    if not text:
        return shown.NONE
    is_table = isinstance(entry.values.get(field.name), list) and field.kind == "rows"
    count = shown.under(kept.brief(entry, field)) if is_table else shown.EMPTY
    return format_html('<div><div class="prewrap">{}</div>{}</div>', shown.cut(text, PREVIEWED), count)


def preview_columns(kept: EntryWords, fields: Sequence[Field]) -> tuple[Column, ...]:
    """What an import would add, tables with how many rows they have; a row is the line of the sheet with its entry."""

    def cell(field: Field) -> Callable[[tuple[int, Entry]], Any]:
        return lambda line: _previewed(kept, line[1], field)

    return (
        Column("行号", itemgetter(0), style="num"),
        *(Column(field.label, cell(field)) for field in fields),
    )
