"""数据报送: a form designed and sent down, returns signed, urged level by level, summed and exported."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.office import columns as designed
from kuangan.office.actions import collections as actions
from kuangan.office.actions.urging import urge_returns
from kuangan.office.models import Collection, Return
from kuangan.office.queries import collections as queries
from kuangan.office.standing import own_offices, own_units
from kuangan.web.cases.sight import trail_in_sight
from kuangan.web.frame import shown
from kuangan.web.frame.doors import door
from kuangan.web.frame.fields.controls import control, control_value
from kuangan.web.frame.lists import XLSX, Filters, listing, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, bare, marked, table
from kuangan.web.gate.addresses import is_key
from kuangan.web.office.collection_lists import DUE_WORDS, OWED, collection_columns, return_columns, roll_columns
from kuangan.web.office.forms import SIGHTED, Step, posted, stepped
from kuangan.web.office.sheets import kept_headings, sheet_of, unmatched

ONLY = (("", "全部"), ("owed", "待本单位报送"), ("open", "进行中"), ("closed", "已结束"))
DESIGNED_HERE = "点击右上角“下发报表”，设计栏目后下发到县局或煤矿。"
RETURNS_SHOWN = 100
NO_RETURNS = SafeString('没有符合的单位。<a href="?#returns">显示全部</a>')


class CollectionFilters(Filters):
    q = forms.CharField(label="标题", max_length=60)
    only = forms.ChoiceField(label="情形", choices=ONLY)


@door(*SIGHTED)
def collections(request: Request) -> HttpResponse:
    """Collections sent by or to units in sight, with what one's own units owe on top."""
    filters = CollectionFilters(request)
    collections_seen = queries.collections_visible_to(request.user)
    owed = queries.returns_owed(request.user)
    if text := filters.chosen("q"):
        collections_seen = collections_seen.filter(title__icontains=text)
    only = filters.chosen("only")
    if only == "owed":
        collections_seen = collections_seen.filter(pk__in=owed.values("collection"))
    if only in ("open", "closed"):
        collections_seen = collections_seen.filter(closed_at__isnull=only == "open")
    issues = bool(own_offices(request.user))
    listed = table(
        request,
        collection_columns(issues=issues),
        collections_seen,
        filters,
        nothing=none_of("数据报送", filters),
        hint=DESIGNED_HERE if issues else "收到后会出现在这里。",
        unexported=True,
    )
    owing = bare(OWED, owed.select_related("collection", "unit").order_by("collection__due_at"))
    return show(request, "office/collections/list.html", table=listed, owed=owing, issues=issues)


class ReturnForm(forms.Form):
    """A unit's figures, with a field for each column. What is typed is checked by the collection, so that page and import refuse the same."""

    use_required_attribute = False

    def __init__(self, columns: list[designed.ReturnColumn], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in columns:
            self.fields[column.field.name] = control(column.field)


def _held(columns: list[designed.ReturnColumn], values: Mapping[str, Any]) -> dict[str, Any]:
    """A return's stored values as the controls hold them."""
    return {column.field.name: control_value(column.field, values.get(column.field.name), {}) for column in columns}


@door(*SIGHTED, methods=("GET", "POST"))
def collection(request: Request, pk: int) -> HttpResponse:
    """One collection: one's own return, who has reported, the roll-up, and the export in the superior's layout."""
    collection = get_object_or_404(queries.collections_visible_to(request.user), pk=pk)
    columns = designed.read(collection.fields)
    form: ReturnForm | None = None
    if request.method == "POST" and request.POST.get("do") == "submit":
        form = ReturnForm(columns, request.POST)
        if _submitted(request, collection, form):
            return redirect("collection", pk=pk)
    elif request.method == "POST":
        return stepped(request, _STEPS, collection, reverse("collection", args=[pk]))
    returns = queries.returns_visible_to(request.user, collection)
    if wants_export(request):
        return _exported(collection, columns, list(returns))
    units = {unit.pk for unit in own_units(request.user)}
    own = list(returns.filter(unit__in=units))
    offices = own_offices(request.user)
    context: dict[str, Any] = {
        "collection": collection,
        "columns": columns,
        "ends": shown.deadline(collection.due_at) if collection.closed_at else shown.due(collection.due_at, DUE_WORDS),
        "own": [
            (
                unit_return,
                form or ReturnForm(columns, initial=_held(columns, unit_return.values)),
                _signed_words(unit_return),
            )
            for unit_return in own
        ],
        **_tables(request, collection, columns, returns),
        "missing": returns.filter(submitted_at=None).count(),
        "issues": any(office.pk == collection.unit_id for office in offices),
        "oversees": bool(offices),
        "unmatched": _unmatched(collection, columns),
        "events": trail_in_sight(request, collection, collection.unit)[:30],
    }
    return show(request, "office/collections/collection.html", **context)


def _tables(
    request: Request, collection: Collection, columns: list[designed.ReturnColumn], returns: QuerySet[Return]
) -> dict[str, Any]:
    """The roll-up, and the units' figures that the address asks for."""
    asked = request.GET.get("show", "")
    returns_shown = (
        returns.filter(submitted_at__isnull=asked == "missing") if asked in ("missing", "reported") else returns
    )
    if county := request.GET.get("county"):
        returns_shown = returns_shown.filter(path__startswith=county)
    lines = listing(request, returns_shown, size=RETURNS_SHOWN)
    shown_columns = return_columns(
        request, collection, columns, sends_back=actions.may_send_back(request.user, collection, clock.now())
    )
    rolls = queries.rolled_up(returns, columns)
    return {
        "list": lines,
        "returns": Table(shown_columns, lines.rows, NO_RETURNS, style=""),
        "rolls": Table(
            roll_columns(columns), rolls, style="", row=lambda roll: marked(style="strong" if roll is rolls[-1] else "")
        ),
    }


def _signed_words(unit_return: Return) -> str:
    """Who reported for a unit, as what and when."""
    if unit_return.submitted_at is None or unit_return.signed_by is None:
        return ""
    return f"{unit_return.signed_by.display_name}（{unit_return.signer_title}）{shown.minute(unit_return.submitted_at)} 签报"


def _unmatched(collection: Collection, columns: list[designed.ReturnColumn]) -> list[str]:
    return unmatched(kept_headings(collection), columns)


def _exported(collection: Collection, columns: list[designed.ReturnColumn], returns: list[Return]) -> HttpResponse:
    stamp = clock.civil(clock.now()).strftime("%Y%m%d-%H%M")
    name = quote(f"{collection.title}-{stamp}.xlsx")
    return HttpResponse(
        sheet_of(collection, columns, returns),
        content_type=XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _own_return(request: Request, collection: Collection) -> Return:
    returns = queries.own_returns(request.user, collection)
    wanted = request.POST.get("return", "")
    unit_return = returns.filter(pk=wanted).first() if is_key(wanted) else None
    if unit_return is None:
        raise Refused("这项报送没有下发给您所在的单位。")
    return unit_return


def _submitted(request: Request, collection: Collection, form: ReturnForm) -> bool:
    """Whether there is nothing left to correct in the form: reported, or not to be reported at all."""
    given = {name: request.POST.get(name, "") for name in form.fields}
    form.is_valid()
    try:
        actions.submit_return(actor=request.user, unit_return=_own_return(request, collection), given=given)
    except actions.ReturnRefused as refused:
        for name, text in refused.errors.items():
            if name not in form.errors:
                form.add_error(name, text)
        return False
    except Refused as refused:
        messages.error(request, str(refused))
        return True
    messages.success(request, "已报送，签报人和时间已记录。")
    return True


def _send_back(request: Request, collection: Collection) -> str:
    wanted = request.POST.get("return", "")
    returns = queries.returns_visible_to(request.user, collection)
    unit_return = returns.filter(pk=wanted).first() if is_key(wanted) else None
    if unit_return is None:
        raise Refused("没有这条报送，请刷新页面后重试。")
    actions.send_back(actor=request.user, unit_return=unit_return, reason=posted(request, "reason"))
    return "已退回，请对方重新报送。"


def _urge(request: Request, collection: Collection) -> str:
    return f"已催报 {urge_returns(actor=request.user, collection=collection)} 个单位。"


def _close(request: Request, collection: Collection) -> str:
    actions.close_collection(actor=request.user, collection=collection)
    return "已结束报送。"


_STEPS: Mapping[str, Step] = {"back": _send_back, "urge": _urge, "close": _close}
