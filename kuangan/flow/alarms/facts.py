"""From rows to the pure facts that rules and procedures are asked about."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from kuangan.base.clock import civil_date
from kuangan.base.digest import digest_bytes
from kuangan.base.numerals import moment_text
from kuangan.casework.models import Case, CaseEpisode, CaseMove, Reliance
from kuangan.law.content import procedure_by_id
from kuangan.law.local import local, local_decimal
from kuangan.law.topic import DeclarationFacts, GasFacts, Overlimit, Verdict
from kuangan.law.topic import Reliance as RelianceKind
from kuangan.monitor.models import CalibrationFiling, Episode
from kuangan.monitor.queries import calibration_for

LEVEL_TEXT = {"red": "红色", "orange": "橙色", "yellow": "黄色", "blue": "蓝色"}
CALIBRATING = ("unfiled", "filed")
"""A case that is taken for a calibration so far; ``filed``: one of a release in which filed ones were no records yet."""
VERDICTS: dict[str, Verdict] = {
    "confirmed_real": "confirmed",
    "presumed_real": "confirmed",
    "confirmed_not_real": "not_real",
    "merged": "not_real",
    "voided": "not_real",
}
REMEMBERED = timedelta(days=60)
"""How far back and ahead of an alarm others are read: well beyond any window of a week."""


def level_of(episodes: Sequence[Episode], peak: Decimal, on: datetime, *, calibrating: bool) -> str:
    """The level of an alarm case by its highest value; a calibration that nobody filed is blue until a reading says otherwise."""
    day = civil_date(on)
    if any(episode.power_state == "energised" for episode in episodes):
        return "red"
    if calibrating:
        return "blue"
    if peak >= local_decimal("level.red", day):
        return "red"
    return "orange" if peak >= local_decimal("level.orange", day) else "yellow"


def level_reason(episodes: Sequence[Episode], facts: Mapping[str, Any]) -> str:
    """Why the level is what it is, in words."""
    if facts["feed_on"]:
        return "达到断电浓度后馈电状态仍显示带电"
    return f"瓦斯浓度升至{facts['peak']}%"


def alarm_facts(episodes: Sequence[Episode], known: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of an alarm case, from its episodes that stand, the earliest first, and what is ``known`` of it already."""
    first = min(episodes, key=lambda episode: episode.started_at)
    top = max(episodes, key=lambda episode: episode.peak)
    calibration = _calibration(episodes, known)
    peak = Decimal(str(known["hand_reading"])) if calibration == "read_high" else top.peak
    level = level_of(episodes, peak, first.started_at, calibrating=calibration in CALIBRATING)
    return {
        "level": level,
        "level_text": LEVEL_TEXT[level],
        "place": place_of(top),
        "started_at": first.started_at.isoformat(),
        "started_at_text": moment_text(first.started_at),
        "peak": number_text(peak),
        "alarm_limit": number_text(top.limit_alarm),
        "basis": top.limit_basis,
        "cuts": any(_cuts(episode) for episode in episodes),
        "cut_at": _first_cut(episodes),
        "points": [_point_row(episode) for episode in episodes],
        "episodes_open": sum(1 for episode in episodes if episode.final_at is None),
        "feed_on": feeds_on(episodes),
        "calibration": calibration,
        "calibration_filed": all(_filed(episode) for episode in episodes),
    }


def _cuts(episode: Episode) -> bool:
    """Whether power is cut at its place; where the place is not known, it is taken for one where it is."""
    return episode.limit_power_off is not None or not episode.limit_place


def _first_cut(episodes: Sequence[Episode]) -> str:
    """When the power-off set-point was reached first; "" for never."""
    reached = [episode.power_off_at for episode in episodes if episode.power_off_at]
    return min(reached).isoformat() if reached else ""


def feeds_on(episodes: Sequence[Episode]) -> list[str]:
    """The places whose feed was still on after the power-off set-point."""
    return [place_of(episode) for episode in episodes if episode.power_state == "energised"]


def _calibration(episodes: Sequence[Episode], known: Mapping[str, Any]) -> str:
    """What is to be thought of the case as a calibration; what a comparison or a reading has shown stays."""
    if known.get("calibration") in ("misfit", "read_high"):
        return str(known["calibration"])
    if not all(episode.proposed == "calibration" for episode in episodes):
        return ""
    return "filed" if all(_filed(episode) for episode in episodes) else "unfiled"


def _filed(episode: Episode) -> bool:
    """Whether a filing covers the episode and names a gas that it fits."""
    filing = calibration_for(episode)
    return filing is not None and fits_gas(episode.peak, filing)


def fits_gas(value: Decimal, filing: CalibrationFiling) -> bool:
    """Whether a value is that of the standard gas of a filing, within the local tolerance."""
    share = local_decimal("calibration.gas_tolerance", civil_date(filing.from_at)) / 100
    return abs(value - filing.gas_value) <= filing.gas_value * share


def _point_row(episode: Episode) -> dict[str, str]:
    return {
        "point": episode.point.native_code,
        "place": place_of(episode),
        "started_at": moment_text(episode.started_at),
        "ended_at": moment_text(episode.ended_at) if episode.ended_at else "",
        "peak": number_text(episode.peak),
    }


def place_of(episode: Episode) -> str:
    """The place as the mine names it."""
    return episode.point.place_text or episode.point.native_code


def number_text(value: Decimal) -> str:
    """Two decimals, the step of methane sensors."""
    return f"{value:.2f}"


def recheck_drawn(case_number: str, on: datetime) -> bool:
    """Whether a case judged not real is drawn for the city's re-check.

    A share by a digest of its number under the installation's secret: nobody can know before judging, the draw can be
    proved afterwards.
    """
    drawn = int(digest_bytes(f"{settings.SECRET_KEY}{case_number}".encode())[:8], 16)
    return drawn % 100 < int(local("alarm_handling.recheck_share", civil_date(on)).value)


def gas_facts(confirmed: Case) -> GasFacts:
    """The alarm cases of the mine around the confirmed one, as the week rule sees them; three queries."""
    near = Q(opened_at__gte=confirmed.opened_at - REMEMBERED, opened_at__lte=confirmed.opened_at + REMEMBERED)
    alarms = list(_with_moments(Case.objects.filter(near, mine=confirmed.mine_id, procedure=confirmed.procedure)))
    relied = _relied_on([alarm.pk for alarm in alarms])
    return GasFacts(
        confirmed.the_mine.name,
        str(confirmed.pk),
        tuple(_overlimit(alarm, relied.get(alarm.pk, "")) for alarm in alarms),
    )


def declaration_facts(episode: Episode, at: datetime, *, grace_over: bool) -> DeclarationFacts:
    """Whether the mine declared this episode."""
    return DeclarationFacts(
        str(episode.pk),
        place_of(episode),
        episode.started_at,
        episode.ended_at,
        declared=episode.declared_id is not None,
        grace_over=grace_over,
        calibrating=episode.excluded,
    )


def standing_episodes(case: Case) -> list[Episode]:
    """The case's episodes that late data has not withdrawn."""
    links = CaseEpisode.objects.filter(case=case, episode__withdrawn=False).select_related("episode__point")
    return [link.episode for link in links.order_by("episode__started_at")]


def is_presumed(case: Case) -> bool:
    """Whether the case counts only because nobody verified it in time."""
    return bool(case.facts.get("presumed"))


def verdict_of(case: Case) -> Verdict:
    """What has been decided about an alarm.

    A closed case keeps the verdict it was closed with; a presumed one stays real until two persons have judged it.
    """
    if case.state == "closed":
        return "confirmed" if case.facts.get("verdict") == "confirmed" else "not_real"
    if case.state in VERDICTS:
        return VERDICTS[case.state]
    return "confirmed" if is_presumed(case) else "pending"


def _overlimit(case: Case, relied_on: RelianceKind) -> Overlimit:
    return Overlimit(
        key=str(case.pk),
        started_at=datetime.fromisoformat(case.facts["started_at"]),
        peak=Decimal(case.facts["peak"]),
        place=case.facts["place"],
        verdict=verdict_of(case),
        relied_on=relied_on,
        planned=bool(case.facts.get("planned")),
        presumed=is_presumed(case),
        confirmed_at=case.presumed_at or case.verified_at,  # type: ignore[attr-defined]  # annotated by _with_moments
        presumed_first=case.presumed_at is not None,  # type: ignore[attr-defined]
        cut_at=case.cut_at,  # type: ignore[attr-defined]
        uncut=case.cut_at is None and case.cuts,  # type: ignore[attr-defined]
    )


def _with_moments(alarms: QuerySet[Case]) -> QuerySet[Any]:
    """Alarms with when they were verified (``verified_at``) or presumed real (``presumed_at``), as the moves into these states say.

    What counted since its presumption counts from then on when it is proven; a judgement that was taken back takes the presumption with it.
    ``cut_at``: when the power-off set-point was reached first; ``cuts``: whether all of their points have one.
    """
    verified = CaseMove.objects.filter(case=OuterRef("pk"), target="confirmed_real").exclude(source="confirmed_real")
    taken_back = CaseMove.objects.filter(case=OuterRef("case"), move="rejudge", pk__gt=OuterRef("pk"))
    presumed = CaseMove.objects.filter(~Exists(taken_back), case=OuterRef("pk"), target="presumed_real")
    standing = CaseEpisode.objects.filter(case=OuterRef("pk"), episode__withdrawn=False)
    reached = standing.filter(episode__power_off_at__isnull=False).order_by("episode__power_off_at")
    return alarms.annotate(
        verified_at=Subquery(verified.order_by("-at").values("at")[:1]),
        presumed_at=Subquery(presumed.exclude(source="presumed_real").order_by("at").values("at")[:1]),
        cut_at=Subquery(reached.values("episode__power_off_at")[:1]),
        cuts=Exists(standing) & ~Exists(standing.filter(episode__limit_power_off=None)),
    )


def _relied_on(alarm_ids: list[int]) -> dict[int, RelianceKind]:
    reliances = Reliance.objects.filter(alarm__in=alarm_ids).select_related("stop")
    kinds: dict[int, RelianceKind] = {}
    for reliance in reliances:
        state = procedure_by_id(reliance.stop.procedure).state(reliance.stop.state)
        if state.outcome != "undone":
            kinds[reliance.alarm_id] = "closed" if state.over else "open"
    return kinds
