"""抽查 (双随机): publish a pool with its commitment, draw before a witness, show both."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Unit, UnitKind
from kuangan.draw.actions import SHORTEST_WITNESS, cancel_draw, make_draw, publish_draw
from kuangan.draw.models import Draw
from kuangan.draw.queries import Choice, drawing_units, draws_visible_to, mine_pool, officer_pool, whole_record
from kuangan.law.role import Role
from kuangan.mine.models import GasGrade, Mine, MineStatus
from kuangan.mine.queries import mines_visible_to
from kuangan.web.addresses import DayField
from kuangan.web.doors import DRAWS, HEADS, door
from kuangan.web.draw_rows import chosen_of, record_response
from kuangan.web.lists import Column, Filters, export, listing, wants_export
from kuangan.web.page import show
from kuangan.web.request import Request
from kuangan.web.sight import trail_in_sight

DRAWERS = (Role.section_head, *HEADS)
CLASSES = (("", "全部"), ("A", "A 类"), ("B", "B 类"), ("C", "C 类"), ("D", "D 类"))
ANY = ("", "全部")
COLUMNS = (
    Column("名称", lambda draw: draw.title, 30),
    Column("组织单位", lambda draw: draw.unit.name, 24),
    Column("公布时间", lambda draw: draw.published_at, 20),
    Column("煤矿名单", lambda draw: len(draw.record["pools"]["mines"])),
    Column("抽取煤矿", lambda draw: draw.record["wanted"]["mines"]),
    Column("抽取人员", lambda draw: draw.record["wanted"]["officers"]),
    Column("抽取时间", lambda draw: draw.drawn_at, 20),
    Column("承诺摘要", lambda draw: draw.commitment, 66),
)


class PoolFilters(Filters):
    """Which mines go into the pool."""

    county = forms.ChoiceField(label="县（区）", choices=())
    mine_class = forms.ChoiceField(label="分类类别", choices=CLASSES)
    gas_grade = forms.ChoiceField(label="瓦斯等级", choices=(ANY, *GasGrade.choices))
    status = forms.ChoiceField(label="状态", choices=(ANY, *MineStatus.choices))

    def __init__(self, request: Request, unit: Unit) -> None:
        super().__init__(request)
        counties = Unit.objects.filter(kind=UnitKind.county, path__startswith=unit.scope_path).order_by("code")
        field = self.fields["county"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [ANY, *counties.values_list("code", "name")]

    def choice(self) -> Choice:
        """The filters as the pool takes them."""
        return Choice(**{name: self.chosen(name) or "" for name in self.fields})


class NewDrawForm(forms.Form):
    """Title, purpose, numbers, and a reason for each officer who is left out."""

    title = forms.CharField(label="名称", max_length=100)
    purpose = forms.CharField(label="检查事项", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    mines = forms.IntegerField(label="抽取煤矿数", min_value=1)
    officers = forms.IntegerField(label="抽取人员数", min_value=1)

    def __init__(self, *args: Any, people: list[Person]) -> None:
        super().__init__(*args)
        self.people = people
        for person in people:
            self.fields[f"recusal_{person.pk}"] = forms.CharField(
                label=f"{person.name}回避理由", max_length=200, required=False
            )
        _style(self)

    def recusals(self) -> dict[int, str]:
        """Reasons by person."""
        given = {person.pk: self.cleaned_data[f"recusal_{person.pk}"].strip() for person in self.people}
        return {key: reason for key, reason in given.items() if reason}

    @property
    def officer_rows(self) -> list[tuple[Person, forms.BoundField]]:
        """Each officer with the field for his recusal."""
        return [(person, self[f"recusal_{person.pk}"]) for person in self.people]


class MakeForm(forms.Form):
    """What is given at the moment of the draw."""

    witness = forms.CharField(label="见证人", max_length=40, help_text="不得为抽取人本人")
    witness_text = forms.CharField(
        label="见证内容",
        max_length=200,
        min_length=SHORTEST_WITNESS,
        help_text="由见证人当场说出的一句话或当日公开的数字，与种子一起决定结果，使任何人都无法事先选定",
    )
    public_on = DayField(
        label="结果公开日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="检查前公开会使被抽取煤矿提前知情，可定在检查结束之日",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)


class CancelForm(forms.Form):
    """Why a draw is given up."""

    reason = forms.CharField(label="作废原因", max_length=300, help_text="作废后仍向社会公开")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        _style(self)


def _style(form: forms.Form) -> None:
    for field in form.fields.values():
        field.widget.attrs.setdefault("class", "form-control")
        field.error_messages["required"] = f"请填写“{field.label}”"


@door(*DRAWS)
def draws(request: Request) -> HttpResponse:
    """All draws in sight."""
    rows = draws_visible_to(request.user)
    if wants_export(request):
        return export("随机抽查", COLUMNS, rows)
    return show(request, "web/draws.html", list=listing(request, rows), may_draw=bool(drawing_units(request.user)))


@door(*DRAWERS, methods=("GET", "POST"))
def new_draw(request: Request) -> HttpResponse:
    """Choose the pool by filters, name who is left out, and publish."""
    units = drawing_units(request.user)
    if not units:
        raise Http404
    unit = next((one for one in units if one.code == request.GET.get("unit")), units[0])
    moment = clock.now()
    filters = PoolFilters(request, unit)
    mines = mine_pool(unit, filters.choice(), moment)
    form = NewDrawForm(request.POST or None, people=officer_pool(unit, moment))
    if request.method == "POST" and form.is_valid():
        draw = _published(request, unit, mines, form)
        if draw is not None:
            return redirect("draw", pk=draw.pk)
    return show(request, "web/new_draw.html", form=form, filters=filters, mines=mines, unit=unit, units=units)


def _published(request: Request, unit: Unit, mines: list[Mine], form: NewDrawForm) -> Draw | None:
    given = form.cleaned_data
    try:
        draw = publish_draw(
            actor=request.user,
            unit=unit,
            title=given["title"],
            purpose=given["purpose"],
            mines=mines,
            officers=form.people,
            recusals=form.recusals(),
            wanted={"mines": given["mines"], "officers": given["officers"]},
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, "名单和承诺摘要已公布，可以请见证人到场抽取。")
    return draw


@door(*DRAWS)
def draw(request: Request, pk: int) -> HttpResponse:
    """One draw: what was published before, what was drawn, its record."""
    return _shown(request, _in_sight(request, pk))


@door(*DRAWERS, methods=("POST",))
def make(request: Request, pk: int) -> HttpResponse:
    """Draw."""
    found = _in_sight(request, pk)
    form = MakeForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, make_form=form)
    try:
        make_draw(actor=request.user, draw=found, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _shown(request, found, make_form=form)
    messages.success(request, "已抽取，种子随结果公开。")
    return redirect("draw", pk=pk)


@door(*DRAWERS, methods=("POST",))
def cancel(request: Request, pk: int) -> HttpResponse:
    """Give a draw up."""
    found = _in_sight(request, pk)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, cancel_form=form)
    try:
        cancel_draw(actor=request.user, draw=found, reason=form.cleaned_data["reason"])
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("draw", pk=pk)


@door(*DRAWS)
def draw_record(request: Request, pk: int) -> HttpResponse:
    """The record that `kuangan draw verify` reads, as a file."""
    found = _in_sight(request, pk)
    return record_response(found, whole_record(found))


def _in_sight(request: Request, pk: int) -> Draw:
    return get_object_or_404(draws_visible_to(request.user), pk=pk)


def _shown(
    request: Request, draw: Draw, make_form: forms.Form | None = None, cancel_form: forms.Form | None = None
) -> HttpResponse:
    chosen = chosen_of(draw)
    today = clock.civil_date(clock.now())
    codes = [row.key for row in chosen["mines"]] if chosen else []
    context: dict[str, Any] = {
        "draw": draw,
        "record": draw.record,
        "chosen": chosen,
        "today": today,
        "sighted": set(mines_visible_to(request.user).filter(code__in=codes).values_list("code", flat=True)),
        "may_draw": draw.unit in drawing_units(request.user),
        "make_form": make_form or MakeForm(initial={"public_on": today}),
        "cancel_form": cancel_form or CancelForm(),
        "events": trail_in_sight(request, draw, draw.unit),
    }
    return show(request, "web/draw.html", **context)
