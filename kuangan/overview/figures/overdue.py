"""What a unit has overdue, as a letter names it: duties and deadlines of cases in the writer's sight."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from kuangan.base.numerals import deadline_text
from kuangan.casework.queries import overdue_clocks
from kuangan.core.models import Unit, User
from kuangan.duty.models import Duty
from kuangan.duty.proof.standing import partly_shown
from kuangan.overview.queries.ledgers import overdue_duties, units_by_key

SHOWN = 50
"""Matters a letter names at most; who owes more is written to again."""

LACKING = "应当持续保持，至今没有有效材料"
TOO_LITTLE = "应当持续保持，有效材料不足"
"""What is said of a standing duty within its year: of which nothing holds, or less than it needs."""


@dataclass(frozen=True)
class Overdue:
    """One overdue matter; ``duty`` where it is one."""

    key: str
    text: str
    duty: Duty | None = None


def overdue_units(user: User, at: datetime) -> list[tuple[Unit, int]]:
    """Units with overdue duties and how many, the most first."""
    overdue = overdue_duties(user, at).order_by().values("unit").annotate(count=Count("pk")).order_by("-count", "unit")
    counts = {of_unit["unit"]: of_unit["count"] for of_unit in overdue}
    units = units_by_key(user, counts)
    return [(units[pk], count) for pk, count in counts.items()]


def overdue_of(user: User, unit: Unit, at: datetime) -> list[Overdue]:
    """What one unit has overdue: the terms of cases, which no list of duties may crowd out, then duties, the oldest first."""
    return [*_clocks(user, unit, at), *_duties(user, unit, at)][:SHOWN]


def _duties(user: User, unit: Unit, at: datetime) -> Iterator[Overdue]:
    duties = list(overdue_duties(user, at).filter(unit=unit).order_by("due_at", "pk")[:SHOWN])
    shown = partly_shown(duties, at)
    for duty in duties:
        about = f"（{duty.mine.name}）" if duty.mine and duty.mine.pk != unit.pk else ""
        lacking = TOO_LITTLE if duty.pk in shown else LACKING
        late = f"应于{deadline_text(duty.due_at)}前完成，至今未完成" if duty.due_at <= at else lacking
        yield Overdue(f"duty-{duty.pk}", f"“{duty.title}”{about}{late}", duty)


def _clocks(user: User, unit: Unit, at: datetime) -> Iterator[Overdue]:
    for lapsed in overdue_clocks(user, at).filter(case__unit=unit)[:SHOWN]:
        case = lapsed.case
        yield Overdue(
            f"clock-{lapsed.pk}",
            f"{case.title}（{case.number}）“{lapsed.label}”应于{deadline_text(lapsed.due_at)}前办理，至今未办结",
        )
