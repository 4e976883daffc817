"""Shared reads of papers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from kuangan.core.models import Unit, UnitKind, User
from kuangan.core.queries import is_supervised, roles_of, units_concerned, visible_to
from kuangan.core.store import read_content
from kuangan.law.content import case_papers, internal_papers, office_papers, served_papers
from kuangan.paper.models import NumberSeries, OutsideNumbers, Paper, PaperState, Publication, Service
from kuangan.paper.number import has_organ_mark, marks_of, organ_mark

NUMBERING: Final = (
    UnitKind.city_bureau,
    UnitKind.city_government,
    UnitKind.county_bureau,
    UnitKind.county_government,
)
"""Offices that give numbers by the mark of their area."""


@dataclass(frozen=True)
class SeriesUsed:
    """A series of numbers of an office's area: the last one given, and those of them that were given outside the platform."""

    unit: Unit
    series: NumberSeries
    outside: Sequence[OutsideNumbers]


def papers_visible_to(user: object) -> QuerySet[Paper]:
    """Papers whose scope the user sees, newest first.

    The supervised see neither drafts nor internal opinions, and a decision only from its service on. So it is for an office with the
    papers of a case about itself, or about another of its area, that it does not deal with.
    """
    papers = visible_to(user, Paper.objects.select_related("unit")).order_by("-created_at", "-pk")
    if is_supervised(user):
        return papers.exclude(_withheld())
    return papers.exclude((_about_the_reader(user) | _of_another_office(user)) & _withheld())


def _about_the_reader(user: object) -> Q:
    """Papers of cases about the reader's own office or its area, made by another."""
    own = Q(unit=person.unit_id) if (person := getattr(user, "person", None)) else Q(pk__in=[])
    return Q(template__in=case_papers(), path__in=[unit.path for unit in units_concerned(user)]) & ~own


def _of_another_office(user: object) -> Q:
    """Papers whose drafts are for the office that makes them alone, and that is not the reader's."""
    own = [hold.unit.pk for hold in roles_of(user)] if isinstance(user, User) else []
    return Q(template__in=office_papers()) & ~Q(unit__in=own)


def _withheld() -> Q:
    """Drafts, papers of internal steps, and what binds whom it concerns only from its service on."""
    unserved = Q(~Exists(Service.objects.filter(paper=OuterRef("pk"))), template__in=served_papers())
    return Q(state=PaperState.draft) | Q(template__in=internal_papers()) | unserved


def locked_paper(user: object, pk: int) -> Paper:
    """A paper in sight read anew, its row locked until the transaction ends. Raises ``Paper.DoesNotExist``."""
    return papers_visible_to(user).select_for_update(of=("self",)).get(pk=pk)


def pdf_bytes(paper: Paper) -> bytes:
    """The frozen PDF, checked against its digest. ValueError for a draft or a changed file, FileNotFoundError for a lost one."""
    if not paper.pdf_sha256:
        raise ValueError(f"paper {paper.pk} is a draft and has no PDF; freeze it first")
    return read_content(paper.pdf_sha256)


def service_of(paper: Paper) -> Service | None:
    """The first serving of the paper: clocks run from it."""
    return paper.services.order_by("at", "pk").first()


def services_of(user: object, paper: Paper) -> QuerySet[Service]:
    """Every serving of a paper in sight, the first first."""
    services = Service.objects.filter(paper=paper).select_related("receipt", "receipt_paper", "served_by__person")
    return visible_to(user, services, "paper__path").order_by("at")


def publications_of(user: object, paper: Paper) -> QuerySet[Publication]:
    """When a paper in sight was, or is to be, made public, the newest first."""
    return visible_to(user, Publication.objects.filter(paper=paper), "paper__path").order_by("-pk")


def number_series(reader: User, on: date) -> list[SeriesUsed]:
    """Of the offices in sight: every series of the year of a day, with its last number and those given outside the platform."""
    units = visible_to(reader, Unit.objects.filter(kind__in=NUMBERING)).order_by("path")
    marks = {organ_mark(*marks_of(unit, on)): unit for unit in reversed(units) if has_organ_mark(unit, on)}
    outside: dict[tuple[str, str], list[OutsideNumbers]] = defaultdict(list)
    taken = OutsideNumbers.objects.filter(organ__in=marks, year=on.year, withdrawn_at=None).order_by("first")
    for numbers in taken:
        outside[numbers.organ, numbers.character].append(numbers)
    series = NumberSeries.objects.filter(organ__in=marks, year=on.year).order_by("organ", "character")
    return [SeriesUsed(marks[used.organ], used, tuple(outside[used.organ, used.character])) for used in series]


def published_papers() -> QuerySet[Publication]:
    """What the public sees: published and not withdrawn, newest first."""
    shown = Publication.objects.filter(published_at__isnull=False, withdrawn_at__isnull=True)
    return shown.select_related("paper__unit").order_by("-published_at", "-pk")
