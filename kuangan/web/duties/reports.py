"""月报与排名: computed duty reports whose every figure opens its rows; drafted, edited, issued, given out as PDF and Word."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.base.numerals import date_text
from kuangan.base.period import Period, next_period, parse_period, period_of, previous_period
from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.core.queries import areas_visible_to, events_of
from kuangan.flow.reports import (
    DRAFTERS,
    ISSUERS,
    KINDS_OF_REPORT,
    TEMPLATES,
    ReportKind,
    draft_report,
    edit_report,
    issue_acts,
    issue_report,
    office_of,
    title_of,
)
from kuangan.law.paper import load_template
from kuangan.overview.board.counts import Counts
from kuangan.overview.figures.report_figures import FigureLine, rate_text
from kuangan.paper.models import Paper, PaperState
from kuangan.paper.queries import locked_paper, papers_visible_to, pdf_bytes
from kuangan.paper.render import render_pdf
from kuangan.paper.word import DOCX, Block, blocks_of, word_file
from kuangan.web.duties.figures import (
    BREACHES,
    DRAFTS,
    MINES,
    NEWEST,
    bulletin_columns,
    county_columns,
    measure_columns,
)
from kuangan.web.frame.doors import OVERSEERS, door, holds_of
from kuangan.web.frame.editing import Overtaken, overtaken, version_of
from kuangan.web.frame.lists import Column
from kuangan.web.frame.page import show
from kuangan.web.frame.preview import draft_of
from kuangan.web.frame.request import Request
from kuangan.web.frame.signing import signed, signing_of
from kuangan.web.frame.tables import Table, bare, table


@door(*OVERSEERS)
def reports(request: Request) -> HttpResponse:
    """The newest reports to look into, and the papers that were drafted or issued."""
    today = clock.civil_date(clock.now())
    areas = areas_visible_to(request.user)
    newest = [
        (kind, area, previous_period(period_of(kind.period, today)))
        for area in areas
        for kind in KINDS_OF_REPORT.values()
    ]
    papers = papers_visible_to(request.user).filter(template__in=TEMPLATES)
    context: dict[str, Any] = {
        "newest": bare(NEWEST, newest, "您的管辖范围不含县（区）或市，不编制月报和排名。"),
        "drafts": table(
            request, DRAFTS, papers, nothing="还没有起草过月报或排名。打开一期报告后可以起草。", unexported=True
        ),
    }
    return show(request, "duties/reports/list.html", **context)


def _chosen(request: Request, kind_id: str, code: str, key: str) -> tuple[ReportKind, Unit, Period]:
    """What an address names. 404 for an unknown kind, an area out of sight, or another kind of period."""
    kind = KINDS_OF_REPORT.get(kind_id)
    area = next((area for area in areas_visible_to(request.user) if area.code == code), None)
    try:
        period = parse_period(key)
    except ValueError as unread:
        raise Http404 from unread
    if kind is None or area is None or period.kind != kind.period:
        raise Http404
    return kind, area, period


@dataclass(frozen=True)
class Doored:
    """A line of a report with the address of the rows behind it."""

    line: FigureLine
    address: str

    @property
    def parts(self) -> list[str]:
        return [rate_text(part) for part in self.line.parts]


@door(*OVERSEERS)
def report(request: Request, kind_id: str, code: str, key: str) -> HttpResponse:
    """One report as its figures stand now; as PDF or Word where the address asks for it."""
    kind, area, period = _chosen(request, kind_id, code, key)
    moment = clock.now()
    figures = kind.figures(area, period, moment)
    wanted = request.GET.get("format", "")
    if wanted in ("pdf", "docx"):
        fields, title = kind.fields(figures), title_of(kind, area, period)
        return _as_file(wanted, kind.template, fields, title, _office_name(area))
    lines: dict[str, Any] = {
        name: Table(columns, [_doored(line, by, area, period) for line in getattr(figures, name)])
        for name, (by, columns) in _lists_of(kind, area, period).items()
    }
    breaches = bare(BREACHES, getattr(figures, "breaches", ()), "本期没有。")
    base, total = _duties(area, period), getattr(figures, "total", Counts())
    return show(
        request,
        f"duties/reports/{kind.id}.html",
        kind=kind,
        area=area,
        period=period,
        breaches=breaches,
        title=title_of(kind, area, period),
        total=total,
        total_rate=rate_text(total),
        total_fallen=total.due - total.open,
        base=base,
        before=previous_period(period),
        after=next_period(period),
        may_draft=office_of(request.user, area, DRAFTERS, moment) is not None,
        ended=clock.civil_date(moment) > period.last,
        **lines,
    )


def _lists_of(kind: ReportKind, area: Unit, period: Period) -> dict[str, tuple[str, tuple[Column, ...]]]:
    """The lists of a report: by what their lines narrow the duties behind them, and their columns."""
    if kind.id == "bulletin":
        return {
            "tiers": ("tier", bulletin_columns("层级")),
            "units": ("unit", bulletin_columns("单位")),
            "measures": ("measure", measure_columns(area, period)),
        }
    return {"counties": ("area", county_columns(kind.id, period)), "mines": ("unit", MINES)}


def _duties(area: Unit, period: Period, more: Mapping[str, str] | None = None) -> str:
    """The address of the duties of an area that fell due in a period."""
    chosen = {"tab": "area", "area": area.code, "since": period.first, "until": period.last, **(more or {})}
    return f"{reverse('duties')}?{urlencode(chosen)}"


def _doored(line: FigureLine, by: str, area: Unit, period: Period) -> Doored:
    return Doored(line, _duties(area, period, {by: line.key}))


def _office_name(area: Unit) -> str:
    return f"{area.name}应急管理局"


def _as_file(wanted: str, template: str, fields: dict[str, Any], title: str, unit: str) -> HttpResponse:
    if wanted == "docx":
        content = _word(template, fields, title, unit)
        media = DOCX
    else:
        content, media = render_pdf(template, fields, clock.now(), unit=unit, title=title), "application/pdf"
    name = quote(f"{title}.{wanted}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return HttpResponse(content, content_type=media, headers=headers)


def _word(template: str, fields: dict[str, Any], title: str, unit: str) -> bytes:
    blocks = [*blocks_of(load_template(template), fields, title=title)]
    day = date_text(clock.civil_date(clock.now()))
    return word_file([*blocks, Block("signature", [unit, day])])


@door(*OVERSEERS, methods=("POST",))
def report_draft(request: Request, kind_id: str, code: str, key: str) -> HttpResponse:
    kind, area, period = _chosen(request, kind_id, code, key)
    try:
        paper = draft_report(actor=request.user, kind=kind, area=area, period=period, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("report", kind_id=kind_id, code=code, key=key)
    messages.success(request, "已按当前数据起草，请补充工作要求后报科（股）长签发。")
    return redirect("report_paper", pk=paper.pk)


class WordsForm(forms.Form):
    """The words of a draft that people may change."""

    summary = forms.CharField(
        label="总体情况",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control"}),
        error_messages={"required": "请填写总体情况"},
    )
    demands = forms.CharField(
        label="工作要求",
        required=False,
        max_length=4000,
        help_text="每行一项，可不填",
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control"}),
    )


def _paper(request: Request, pk: int) -> Paper:
    return get_object_or_404(papers_visible_to(request.user).filter(template__in=TEMPLATES), pk=pk)


@door(*OVERSEERS, methods=("GET", "POST"))
def report_paper(request: Request, pk: int) -> HttpResponse:
    """A drafted report: its words can be changed until it is issued."""
    paper = _paper(request, pk)
    if paper.state != PaperState.draft:
        return redirect("paper", pk=pk)
    given = {"summary": paper.data.get("summary", ""), "demands": "\n".join(paper.data.get("demands", ()))}
    form = WordsForm(request.POST or None, initial=given)
    changed: Overtaken | None = None
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            locked_paper(request.user, pk)
            changed = overtaken(request, form.fields, given, events_of(paper).order_by("-seq"))
            if changed is None and _edited(request, paper, form):
                messages.success(request, "已保存。")
                return redirect("report_paper", pk=pk)
    moment = clock.now()
    context: dict[str, Any] = {
        "paper": paper,
        "form": form,
        "draft": draft_of(paper, moment),
        "overtaken": changed,
        "version": version_of(given),
        "may_edit": _acts(request, paper, DRAFTERS),
        "may_issue": _acts(request, paper, ISSUERS),
    }
    if context["may_issue"]:
        acts = issue_acts(request.user, paper, moment)
        context["signing"] = signing_of(request.user, acts, moment, pictures=False)
    return show(request, "duties/reports/paper.html", **context)


def _acts(request: Request, paper: Paper, roles: tuple[Any, ...]) -> bool:
    return any(hold.unit.pk == paper.unit_id and hold.role in roles for hold in holds_of(request))


def _edited(request: Request, paper: Paper, form: WordsForm) -> bool:
    demands = [line.strip() for line in form.cleaned_data["demands"].splitlines() if line.strip()]
    try:
        edit_report(
            actor=request.user, paper=paper, summary=form.cleaned_data["summary"], demands=demands, at=clock.now()
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True


@door(*OVERSEERS, methods=("POST",))
def report_issue(request: Request, pk: int) -> HttpResponse:
    """Sign and issue a drafted report."""
    paper = _paper(request, pk)
    try:
        with signed(request, lambda at: issue_acts(request.user, paper, at)) as confirmation:
            issue_report(actor=request.user, paper=paper, confirmation=confirmation, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("report_paper", pk=pk)
    messages.success(request, "已签发。")
    return redirect("paper", pk=pk)


@door(*OVERSEERS)
def report_file(request: Request, pk: int, form: str) -> HttpResponse:
    """A drafted or issued report as Word or PDF; issued, the PDF is the signed one."""
    paper = _paper(request, pk)
    if form not in ("pdf", "docx"):
        raise Http404
    if form == "pdf" and paper.pdf_sha256:
        name = quote(f"{paper.title}.pdf")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return HttpResponse(pdf_bytes(paper), content_type="application/pdf", headers=headers)
    return _as_file(form, paper.template, paper.data, paper.title, paper.unit.name)
