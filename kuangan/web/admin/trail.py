"""操作记录: who did what, when and from where, for the audit administrator; the nightly seals for those who keep them."""

from django import forms
from django.http import HttpResponse

from kuangan.base import clock
from kuangan.core.queries.trail import ended_seals, newest_events
from kuangan.core.trail.sealing import anchor_line, restorations, spoken
from kuangan.law.role import Role
from kuangan.web.admin.lists import SEALS, TRAIL
from kuangan.web.admin.trail_words import ACTIONS_BY_WORD
from kuangan.web.frame.doors import INSPECTORATE, door, has_role
from kuangan.web.frame.lists import Filters, export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.gate.addresses import DayField

AUDITORS = (Role.audit_admin,)
SEALS_SHOWN = 31


class TrailFilters(Filters):
    """By day, person, action and address."""

    from_on = DayField(label="自", widget=forms.DateInput(attrs={"type": "date"}))
    to_on = DayField(label="至", widget=forms.DateInput(attrs={"type": "date"}))
    person = forms.CharField(label="操作人", max_length=40)
    action = forms.ChoiceField(label="操作", choices=[("", "全部"), *((word, word) for word in ACTIONS_BY_WORD)])
    source = forms.CharField(label="来源地址", max_length=45)


@door(*AUDITORS)
def trail(request: Request) -> HttpResponse:
    """The events of all accounts, newest first; what they contain stays with those whose business it is."""
    filters = TrailFilters(request)
    names = ("from_on", "to_on", "person", "source")
    chosen = filters.chosen("action")
    actions = ACTIONS_BY_WORD[chosen] if chosen else None
    events = newest_events(at=clock.now(), actions=actions, **{name: filters.chosen(name) for name in names})
    if wants_export(request):
        return export("操作记录", TRAIL, events.iterator(chunk_size=2000))
    listed = table(request, TRAIL, events, filters, nothing="没有符合条件的记录", hint="请放宽筛选条件。")
    return show(request, "admin/trail.html", table=listed)


@door(*AUDITORS, *INSPECTORATE)
def seals(request: Request) -> HttpResponse:
    """The nightly seals with their check digits, to be compared with what was written down."""
    seals = Table(
        SEALS,
        [(seal, spoken(seal)) for seal in ended_seals(clock.now())[:SEALS_SHOWN]],
        nothing="尚无封存",
        hint="每夜零时后对前一日的操作记录封存一次。",
    )
    return show(request, "admin/seals.html", seals=seals, audits=has_role(request, *AUDITORS))


@door(*AUDITORS, *INSPECTORATE)
def anchors(request: Request) -> HttpResponse:
    """All signed seals as a file to be kept elsewhere, for `kuangan verify --anchor`."""
    breaks = restorations()
    lines = [anchor_line(seal, breaks) for seal in ended_seals(clock.now()).exclude(signature="").order_by("day")]
    name = f"kuangan-seals-{clock.civil_date(clock.now()):%Y%m%d}.jsonl"
    return HttpResponse(
        "".join(f"{line}\n" for line in lines),
        content_type="application/x-ndjson; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
