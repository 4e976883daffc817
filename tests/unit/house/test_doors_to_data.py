"""The one door to data: pages, the interface for programs and the overview get rows from queries that take the reader."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from django.apps import apps
from django.db.models import QuerySet

from tests.unit.house.tree import PACKAGE, modules, templates

FENCED = ("web/", "api/", "overview/")
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404"}
METHODS = {name for name in dir(QuerySet) if not name.startswith("_")} | {"add", "remove", "set", "clear"}

EXEMPT: tuple[str, ...] = (
    "api/ledgers.py: Unit.objects",
    "overview/board/command.py: Unit.objects",
    "overview/board/rows.py: Case.objects",
    "overview/board/rows.py: Case.objects",
    "overview/board/rows.py: CaseClock.objects",
    "overview/board/rows.py: Finding.objects",
    "overview/board/rows.py: RuleState.objects",
    "overview/board/scope.py: Mine.objects",
    "overview/board/scope.py: Unit.objects",
    "overview/figures/commissioners.py: Entry.objects",
    "overview/figures/commissioners.py: Entry.objects",
    "overview/figures/commissioners.py: Entry.objects",
    "overview/figures/commissioners.py: Entry.objects",
    "overview/figures/commissioners.py: Post.objects",
    "overview/figures/commissioners.py: Post.objects",
    "overview/figures/commissioners.py: Tenure.objects",
    "overview/figures/commissioners.py: Tenure.objects",
    "overview/figures/day_report.py: Case.objects",
    "overview/figures/day_report.py: Case.objects",
    "overview/figures/day_report.py: Duty.objects",
    "overview/figures/day_report.py: Episode.objects",
    "overview/figures/day_report.py: Episode.objects",
    "overview/figures/day_report.py: Finding.objects",
    "overview/figures/day_report.py: Silence.objects",
    "overview/figures/day_report.py: Silence.objects",
    "overview/figures/mine_sheet.py: Duty.objects",
    "overview/figures/mine_sheet.py: Episode.objects",
    "overview/figures/mine_sheet.py: Finding.objects",
    "overview/figures/mine_sheet.py: Tenure.objects",
    "overview/figures/mine_sheet.py: mine.faces.filter",
    "overview/figures/mine_sheet.py: mine.key_people.filter",
    "overview/figures/overdue.py: Duty.objects",
    "overview/figures/overdue.py: Unit.objects",
    "overview/figures/oversight.py: Duty.objects",
    "overview/figures/oversight.py: Entry.objects",
    "overview/figures/oversight.py: Unit.objects",
    "overview/figures/posted.py: Entry.objects",
    "overview/figures/posted.py: Entry.objects",
    "overview/figures/posted.py: Roster.objects",
    "overview/figures/report_figures.py: Duty.objects",
    "overview/figures/report_figures.py: Duty.objects",
    "overview/figures/report_figures.py: Unit.objects",
    "overview/figures/report_figures.py: Unit.objects",
    "overview/figures/watch.py: Case.objects",
    "overview/figures/watch.py: Silence.objects",
    "web/alarms/desk.py: chosen.clocks.filter",
    "web/alarms/desk.py: chosen.episodes.select_related",
    "web/alarms/desk.py: chosen.moves.all",
    "web/board/cell.py: Entry.objects",
    "web/board/frame.py: Unit.objects",
    "web/briefs/briefs.py: Brief.objects",
    "web/briefs/briefs.py: Brief.objects",
    "web/cases/cases.py: CaseMove.attachments.through.objects",
    "web/cases/cases.py: found.checks.select_related",
    "web/cases/cases.py: found.children.select_related",
    "web/cases/cases.py: found.episodes.select_related",
    "web/cases/cases.py: found.findings.order_by",
    "web/cases/cases.py: found.papers.filter",
    "web/cases/cases.py: found.regroupings.filter",
    "web/cases/cases.py: found.reliances.select_related",
    "web/cases/cases.py: found.relied_on_by.select_related",
    "web/cases/cases.py: get_object_or_404(Attachment, pk=attachment_id, pk__in=added)",
    "web/cases/measures.py: alarm.children.filter",
    "web/cases/measures.py: alarm.episodes.select_related",
    "web/cases/measures.py: alarm.moves.filter",
    "web/cases/measures.py: followup.moves.filter",
    "web/cases/papers.py: CasePaper.objects",
    "web/cases/papers.py: found.publications.order_by",
    "web/cases/papers.py: found.services.select_related",
    "web/cases/record.py: row.attachments.all",
    "web/cases/regroup.py: Case.objects",
    "web/cases/regroup.py: Case.objects",
    "web/cases/regroup.py: Episode.objects",
    "web/cases/regroup.py: Episode.objects",
    "web/cases/regroup.py: get_object_or_404(found.regroupings, pk=regrouping_id)",
    "web/cases/sight.py: Unit.objects",
    "web/duties/duties.py: Unit.objects",
    "web/duties/duties.py: Unit.objects",
    "web/duties/duties.py: Unit.objects",
    "web/duties/duty.py: Attachment.objects",
    "web/duties/duty.py: Fulfilment.objects",
    "web/duties/duty.py: Fulfilment.objects",
    "web/duties/duty.py: found.excuses.select_related",
    "web/duties/duty.py: found.urges.select_related",
    "web/duties/duty.py: get_object_or_404(files, pk=attachment_id)",
    "web/duties/duty.py: get_object_or_404(found.excuses, state=ExcuseState.asked)",
    "web/duties/links.py: Duty.objects",
    "web/duties/links.py: Fulfilment.objects",
    "web/duties/reports.py: Paper.objects",
    "web/ledgers/filters.py: Unit.objects",
    "web/ledgers/forms.py: Attachment.objects",
    "web/ledgers/forms.py: EntryFile.objects",
    "web/ledgers/ledgers.py: EntryFile.objects",
    "web/ledgers/ledgers.py: Tally.objects",
    "web/ledgers/ledgers.py: Tally.objects",
    "web/office/circulars.py: Circular.objects",
    "web/office/circulars.py: Circular.objects",
    "web/office/circulars.py: Unit.objects",
    "web/office/circulars.py: found.attachments.all",
    "web/office/circulars.py: found.receipts.filter",
    "web/office/circulars.py: found.receipts.filter",
    "web/office/circulars.py: made.receipts.count",
    "web/office/circulars.py: made.receipts.count",
    "web/office/collections.py: found.returns.filter",
    "web/office/collections.py: found.returns.filter",
    "web/office/designing.py: Unit.objects",
    "web/office/designing.py: Unit.objects",
    "web/office/designing.py: made.returns.count",
    "web/office/drafting.py: Letter.objects",
    "web/office/drafting.py: Unit.objects",
    "web/office/drafting.py: Unit.objects",
    "web/office/drafting.py: Unit.objects",
    "web/office/drafting.py: letter.duties.all",
    "web/office/files.py: Attachment.objects",
    "web/office/files.py: Attachment.objects",
    "web/office/files.py: Attachment.objects",
    "web/office/files.py: found.attachments.values",
    "web/office/files.py: found.attachments.values",
    "web/office/files.py: found.attachments.values",
    "web/office/files.py: found.minutes.values",
    "web/office/files.py: found.steps.order_by",
    "web/office/files.py: get_object_or_404(letter_queries.letters_visible_to(request.user), pk=pk).files.all",
    "web/office/incoming.py: Person.objects",
    "web/office/incoming.py: Person.objects",
    "web/office/incoming.py: Unit.objects",
    "web/office/incoming.py: Unit.objects",
    "web/office/incoming.py: found.steps.select_related",
    "web/office/letters.py: found.duties.select_related",
    "web/office/meetings.py: Unit.objects",
    "web/office/meetings.py: Unit.objects",
    "web/office/meetings.py: found.invitations.filter",
    "web/office/meetings.py: made.invitations.count",
    "web/office/sending.py: Unit.objects",
    "web/office/sheets.py: Collection.objects",
    "web/supervision/commissioners.py: Duty.objects",
    "web/supervision/commissioners.py: Entry.objects",
    "web/supervision/draw_forms.py: Unit.objects",
    "web/supervision/rule_states.py: Unit.objects",
    "web/templates/duties/duty.html: one.attachments.all",
    "web/templates/office/circulars/circular.html: one.files.all",
    "web/templates/office/circulars/circular.html: one.files.all",
    "web/templates/office/incoming/incoming.html: incoming.attachments.all",
    "web/templates/office/incoming/incoming.html: incoming.attachments.all",
    "web/templates/office/incoming/incoming.html: one.files.all",
    "web/templates/office/letters/letter.html: letter.files.all",
    "web/templates/office/meetings/meeting.html: meeting.attachments.all",
    "web/templates/office/meetings/meeting.html: meeting.attachments.all",
    "web/templates/office/meetings/meeting.html: meeting.minutes.all",
    "web/today/duty_today.py: Excuse.objects",
    "web/watch/holidays.py: HolidayPlan.objects",
    "web/watch/holidays.py: HolidayPlan.objects",
    "web/watch/holidays.py: Person.objects",
    "web/watch/holidays.py: Person.objects",
    "web/watch/holidays.py: Person.objects",
    "web/watch/holidays.py: Unit.objects",
    "web/watch/holidays.py: Unit.objects",
    "web/watch/holidays.py: one.days.all",
    "web/watch/holidays.py: plan.days.all",
    "web/watch/presence.py: Unit.objects",
    "web/watch/presence.py: Unit.objects",
    "web/watch/watch.py: HandOver.objects",
    "web/watch/watch.py: Roster.objects",
    "web/watch/watch.py: Unit.objects",
    "web/watch/watch.py: Unit.objects",
)
"""What is not mended yet; it may only shrink, so a place that is mended must leave it."""


@cache
def models() -> set[str]:
    """Names of our models' classes."""
    return {model.__name__ for model in apps.get_models() if model.__module__.startswith("kuangan.")}


@cache
def related() -> set[str]:
    """Names at which an object of a model has a manager of other rows: reverse keys and many-to-many fields."""
    names: set[str] = set()
    for model in apps.get_models():
        if not model.__module__.startswith("kuangan."):
            continue
        names |= {
            name
            for relation in model._meta.related_objects
            if (relation.one_to_many or relation.many_to_many) and (name := relation.get_accessor_name())
        }
        names |= {field.name for field in model._meta.many_to_many}
    return names


def reached(node: ast.AST) -> bool:
    """Whether this expression reaches rows by itself: a manager, a related manager's method, a shortcut on a model."""
    if isinstance(node, ast.Attribute):
        related_rows = isinstance(node.value, ast.Attribute) and node.value.attr in related()
        return node.attr in MANAGERS or (related_rows and node.attr in METHODS)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SHORTCUTS and node.args):
        return False
    source = node.args[0]
    named = {ast.Name: "id", ast.Attribute: "attr"}.get(type(source), "")
    return getattr(source, named, "") in models() | related()


def in_code() -> Iterator[str]:
    """Every place in the fenced modules at which rows are reached past the queries."""
    for path, tree in modules():
        if path.startswith(FENCED) and not {"queries", "queries.py"} & set(path.split("/")):
            yield from (f"{path}: {ast.unparse(node)}" for node in ast.walk(tree) if reached(node))


def in_pages() -> Iterator[str]:
    """Every place in the templates at which a page asks an object for rows of its own."""
    names = "|".join(sorted(related(), key=len, reverse=True))
    asked = re.compile(rf"\b[\w.]+\.(?:{names})\.(?:{'|'.join(sorted(METHODS))})\b")
    for path in templates():
        inside = f"web/templates/{path.relative_to(PACKAGE / 'web' / 'templates').as_posix()}"
        yield from (f"{inside}: {place}" for place in asked.findall(path.read_text("utf-8")))


def test_pages_programs_and_the_overview_reach_rows_through_queries_alone():
    assert sorted([*in_code(), *in_pages()]) == sorted(EXEMPT)


@pytest.mark.parametrize(
    "source",
    [
        "Unit.objects.filter(pk=1)",
        "model._default_manager.all()",
        "case.papers.filter(pk=1)",
        "unit.letters.all()",
        "found.services.select_related('by')",
        "fulfilment.attachments.all()",
        "get_object_or_404(Unit, pk=1)",
        "get_object_or_404(case.papers, pk=1)",
    ],
)
def test_the_fence_sees(source):
    assert any(reached(node) for node in ast.walk(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    ["papers_of(reader, case).filter(pk=1)", "case.paper.number", "get_object_or_404(papers_visible_to(reader), pk=1)"],
)
def test_the_fence_lets_through(source):
    assert not any(reached(node) for node in ast.walk(ast.parse(source)))
