"""Credibility (自报可信度): how much of what a unit reported was found true, with the number it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from kuangan.base.clock import civil_date
from kuangan.law.local import local_decimal
from kuangan.sample.models import Verdict, Verification
from kuangan.sample.pool import rolling_start


@dataclass(frozen=True)
class Credibility:
    """Outcomes of a unit's verifications in the rolling months; ``least`` of them are needed for a figure."""

    true: int = 0
    untrue: int = 0
    unshown: int = 0
    least: int = 1

    @property
    def checked(self) -> int:
        """How many were verified, those that could not be shown among them."""
        return self.true + self.untrue + self.unshown

    @property
    def percent(self) -> int | None:
        """True of verified in percent, rounded down; None below the least number."""
        return self.true * 100 // self.checked if self.checked >= max(self.least, 1) else None

    @property
    def words(self) -> str:
        """The figure with its sample size."""
        counts = f"核实属实{self.true}项/已核实{self.checked}项"
        if self.percent is None:
            return f"样本不足（{counts}，满{self.least}项后显示）"
        parts = [
            f"{word}{number}项" for word, number in (("不属实", self.untrue), ("无法证实", self.unshown)) if number
        ]
        return f"{self.percent}%（{'，'.join([counts, *parts])}）"


def credibility_of(units: Iterable[int], at: datetime) -> dict[int, Credibility]:
    """The figures by the unit's key, of every unit asked for. One query."""
    least = int(local_decimal("sample.credibility_least", civil_date(at)))
    wanted = set(units)
    counts: dict[int, dict[str, int]] = {}
    verifications = Verification.objects.filter(
        unit__in=wanted, confirmed_at__gt=rolling_start(at), confirmed_at__lte=at
    )
    for unit_id, outcome, number in verifications.order_by().values_list("unit_id", "outcome").annotate(Count("pk")):
        counts.setdefault(unit_id, {})[Verdict(outcome).value] = number
    return {key: Credibility(**counts.get(key, {}), least=least) for key in wanted}


def together(figures: Iterable[Credibility]) -> Credibility:
    """The figure of several units as one."""
    known = list(figures)
    return Credibility(
        true=sum(credibility.true for credibility in known),
        untrue=sum(credibility.untrue for credibility in known),
        unshown=sum(credibility.unshown for credibility in known),
        least=max((credibility.least for credibility in known), default=1),
    )
