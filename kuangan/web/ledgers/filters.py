"""Filters of a ledger's list, built from the ledger itself, and pages whose count has an end."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import F, Func, JSONField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.functional import cached_property

from kuangan.base import clock
from kuangan.core.models import Unit, UnitKind
from kuangan.core.queries import units_visible_to
from kuangan.core.values.shown import YES_NO
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT, units_read_by, versions_visible_to
from kuangan.ledger.shown import own_units
from kuangan.web.frame.lists import PAGE_SIZE, Filters, Listing
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import DayField

COUNTED = 10_000
"""A list says “more than” beyond this; nobody leafs through 200 pages, and counting millions would keep everybody waiting."""
DEFAULT_DAYS = 365
CHOSEN = "v_"
"""Before a field's name in the address, so that no field hides a filter of the list's own."""
WORDS = ("text", "longtext", "lines", "person", "face", "phone")


class _Without(Func):
    """A JSON object without some of its keys."""

    template = "(%(expressions)s::text[])"
    arg_joiner = " - "
    output_field = JSONField()


class EntryFilters(Filters):
    """Days (the last year unless said otherwise), unit or county, the ledger's own choices, words."""

    since = DayField(label="起始日期", widget=forms.DateInput(attrs={"type": "date"}))
    until = DayField(label="截止日期", widget=forms.DateInput(attrs={"type": "date"}))
    where = forms.ChoiceField(label="县（区）或单位", choices=())
    mine = forms.ChoiceField(label="煤矿", choices=())
    q = forms.CharField(label="内容包含", max_length=60)
    state = forms.ChoiceField(label="条目", choices=(("", "现行"), ("voided", "已作废")))

    def __init__(self, request: Request, ledger: Ledger) -> None:
        super().__init__(request)
        self.ledger = ledger
        self.given = any(request.GET.get(name) for name in self._names(ledger))
        self.data = request.GET.copy()
        if "since" not in self.data:
            self.data["since"] = (clock.civil_date(clock.now()) - timedelta(days=DEFAULT_DAYS)).isoformat()
        self._offer_units(request)
        for field in ledger.fields:
            if field.filter and field.kind in ("choice", "flag"):
                self._offer_choice(field)

    def _names(self, ledger: Ledger) -> list[str]:
        return [*self.base_fields, *(CHOSEN + field.name for field in ledger.fields)]

    def _offer_units(self, request: Request) -> None:
        """Counties and keeping units in sight; mines apart where others keep the ledger about them."""
        kinds = {UnitKind.county.value, *self.ledger.keepers}
        about = [field for field in self.ledger.fields if field.name == "mine" and field.kind == "mine"]
        others = bool(about) and self.ledger.keepers != ("mine",)
        if others:
            kinds.add(UnitKind.mine.value)
        units = _units(request, self.ledger, kinds)
        mines = [unit for unit in units if unit.kind == UnitKind.mine]
        keepers = [unit for unit in units if unit.kind in self.ledger.keepers or unit.kind == UnitKind.county]
        self._offer("where", keepers)
        self._offer("mine", mines if others else [])

    def _offer(self, name: str, units: list[Unit]) -> None:
        if len(units) < 2:
            del self.fields[name]
            return
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全部"), *((str(unit.pk), unit.name) for unit in units)]
        self.units = {**getattr(self, "units", {}), **{str(unit.pk): unit for unit in units}}

    def _offer_choice(self, ledger_field: Field) -> None:
        choices = ledger_field.choices or tuple((str(key).lower(), label) for key, label in YES_NO.items())
        field = forms.ChoiceField(label=ledger_field.label, choices=(("", "全部"), *choices), required=False)
        field.widget.attrs["class"] = "form-select"
        self.fields[CHOSEN + ledger_field.name] = field

    def applied(self, request: Request) -> QuerySet[Entry]:
        """The entries in sight that the filters leave, newest first."""
        entries = versions_visible_to(request.user, self.ledger.id)
        voided = Q(superseded_at=None, voided=True)
        entries = entries.filter(voided if self.chosen("state") == "voided" else CURRENT)
        if since := self.chosen("since"):
            entries = entries.filter(on__gte=since)
        if until := self.chosen("until"):
            entries = entries.filter(on__lte=until)
        entries = self._by_unit(entries)
        for field in self.ledger.fields:
            value = self.chosen(CHOSEN + field.name)
            if value:
                wanted = value == "true" if field.kind == "flag" else value
                entries = entries.filter(**{f"values__{field.name}": wanted})
        if words := self.chosen("q"):
            entries = self._with_words(request, entries, words)
        return entries.order_by("-on", "-pk")

    def _with_words(self, request: Request, entries: QuerySet[Entry], words: str) -> QuerySet[Entry]:
        """The rows that hold the words; what is masked for the reader is not searched either."""
        whole = entries.annotate(as_text=Cast("values", TextField()))
        personal = [field.name for field in self.ledger.fields if field.personal]
        if not personal:
            return whole.filter(as_text__contains=words)
        open_part = whole.annotate(open_text=Cast(_Without(F("values"), Value(personal)), TextField()))
        own = Q(unit__in=own_units(request.user), as_text__contains=words)
        return open_part.filter(own | Q(open_text__contains=words))

    def _by_unit(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        where, mine = self.chosen("where"), self.chosen("mine")
        if where:
            unit = self.units[where]
            entries = (
                entries.filter(path__startswith=unit.path)
                if unit.kind == UnitKind.county
                else _of_keeper(entries, unit)
            )
        return entries.filter(mine=int(mine), path=self.units[mine].path) if mine else entries


def _of_keeper(entries: QuerySet[Entry], unit: Unit) -> QuerySet[Entry]:
    """A mine's own entries all lie at its path, which the index knows."""
    entries = entries.filter(unit=unit)
    return entries.filter(path=unit.path) if unit.kind == UnitKind.mine else entries


def _units(request: Request, ledger: Ledger, kinds: set[str]) -> list[Unit]:
    if ledger.confidential:
        return units_read_by(request.user, ledger)
    return list(units_visible_to(request.user, kinds))


class CountedPages(Paginator):  # type: ignore[type-arg]  # generic for the type checker only
    """Counts no further than ``COUNTED``; pages end there too."""

    object_list: QuerySet[Entry]

    @cached_property
    def count(self) -> int:
        """Rows of the list, at most ``COUNTED``."""
        return self.object_list[:COUNTED].count()


class EntryListing(Listing):
    @property
    def filtered(self) -> bool:
        """Whether the reader set a filter; the default days are none."""
        return bool(getattr(self.filters, "given", False))

    @property
    def capped(self) -> bool:
        """Whether there are more rows than counted."""
        return self.total >= COUNTED


def entry_listing(request: Request, entries: Any, filters: EntryFilters) -> EntryListing:
    """The page the address asks for."""
    return EntryListing(CountedPages(entries, PAGE_SIZE).get_page(request.GET.get("page")), filters)
