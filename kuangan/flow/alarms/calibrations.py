"""Filed calibrations: a record that closes by itself when time, gas, neighbours and curve fit the filing, else an alarm."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.casework.actions import amend_facts, make_move, open_case
from kuangan.casework.models import Case, CaseCheck, CaseEpisode, CaseMove
from kuangan.core.models import User
from kuangan.flow.alarms.facts import feeds_on, number_text, place_of, standing_episodes
from kuangan.flow.alarms.opening import open_alarm
from kuangan.flow.following import consequence
from kuangan.flow.live import announce_case
from kuangan.law.local import local_decimal, local_span
from kuangan.mine.models import Placement
from kuangan.mine.queries import face_at, standing_at
from kuangan.monitor.curves import values_between
from kuangan.monitor.fixed import to_units
from kuangan.monitor.models import CalibrationFiling, Episode
from kuangan.monitor.queries import calibration_for

CALIBRATION = "sensor_calibration"
CHECK = "calibration"
"""The machine check that looks again: when the filed time is over, and when the curve must be there."""
JUST_AFTER = timedelta(seconds=1)
CURVE_AFTER = timedelta(minutes=10)
"""After an episode is final its readings are in the history by then; without them it fits nothing."""


def filing_of(subject: Episode) -> CalibrationFiling | None:
    """The filing under which the sensor says itself that it is being calibrated; None: there is none, or the bit is not set."""
    return calibration_for(subject) if subject.excluded and not subject.withdrawn else None


def open_record(subject: Episode, filing: CalibrationFiling, at: datetime) -> Case:
    """A filed calibration has reached the set-point: it goes on record, nobody is sent out of the mine."""
    mine = subject.mine
    case = open_case(
        actor=None,
        procedure_id=CALIBRATION,
        unit=mine.unit,
        title=f"{mine.name}{place_of(subject)}标校",
        facts={
            **_facts(subject),
            "point": subject.point.native_code,
            "gas": number_text(filing.gas_value),
            "filed": f"{filing.person_name}，{moment_text(filing.from_at)}至{moment_text(filing.to_at)}",
        },
        at=at,
        level="blue",
    )
    CaseEpisode.objects.create(case=case, episode=subject)
    _look_again(case, subject, filing.to_at + _grace(filing) + JUST_AFTER)
    announce_case(case)
    return follow(case, at)


def follow(case: Case, at: datetime) -> Case:
    """Bring a record up to its episode: void, doubted, settled, or going on."""
    standing = standing_episodes(case)
    if case.closed_at is not None:
        return case
    if not standing:
        make_move(actor=None, case=case, move_id="void", inputs={}, at=at)
        return case
    subject = standing[0]
    case = amend_facts(actor=None, case=case, facts=_facts(subject), at=at)
    doubt = _doubt(subject, at)
    if doubt:
        amended = amend_facts(actor=None, case=case, facts={"doubt": doubt}, at=at)
        moved = make_move(actor=None, case=amended, move_id="turn_to_alarm", inputs={}, at=at)
        doubted(None, amended, moved)
        return amended
    if subject.final_at is not None:
        _settle(case, subject, at)
    return case


def look(check: CaseCheck, at: datetime) -> tuple[str, str]:
    """The filed time is over, or the curve must be there: compare again."""
    follow(Case.objects.select_related("unit", "mine").get(pk=check.case_id), at)
    return "compared", "与标校报备比对"


@consequence("gas.calibration_doubted")
def doubted(actor: User | None, case: Case, moved: CaseMove) -> None:
    """A platform's or a person's doubt: what was read becomes an alarm like any other, by its value."""
    episodes = standing_episodes(case)
    if not episodes:
        return
    doubt = str(moved.inputs.get("reason") or case.facts.get("doubt") or "经人工核对，与标校报备不符")
    open_alarm(episodes[0], moved.at, {"calibration": "misfit", "misfit_reason": doubt}, parent=case)


def _facts(subject: Episode) -> dict[str, Any]:
    return {
        "place": place_of(subject),
        "started_at": subject.started_at.isoformat(),
        "started_at_text": moment_text(subject.started_at),
        "ended_at_text": moment_text(subject.ended_at) if subject.ended_at else "",
        "peak": number_text(subject.peak),
        "feed_on": feeds_on([subject]),
    }


def _settle(case: Case, subject: Episode, at: datetime) -> None:
    """All that can be compared fits: the record closes by itself, once the curve was seen."""
    if _curve_fits(subject):
        make_move(actor=None, case=case, move_id="settle", inputs={}, at=at)
    else:
        assert subject.final_at is not None
        _look_again(case, subject, subject.final_at + CURVE_AFTER)


def _look_again(case: Case, subject: Episode, at: datetime) -> None:
    values = {"case": case, "wakes_at": at, "done_at": None}
    CaseCheck.objects.update_or_create(episode=subject, kind=CHECK, defaults=values)


def _doubt(subject: Episode, at: datetime) -> str:
    """Why an episode is not what was filed, as far as can be said by now; "" while it fits."""
    filing = filing_of(subject)
    if filing is None:
        return "测点已不处于标校状态，或标校报备已撤回"
    doubt = _doubt_so_far(subject, filing, at)
    return doubt or (_doubt_at_the_end(subject, filing, at) if subject.final_at is not None else "")


def _doubt_so_far(subject: Episode, filing: CalibrationFiling, at: datetime) -> str:
    """What shows while it goes on: a value above the gas, a time beyond the filed one, gas beside the sensor."""
    if subject.peak > filing.gas_value * (1 + _tolerance(filing)):
        return f"浓度{number_text(subject.peak)}%高于报备的标准气样{number_text(filing.gas_value)}%"
    if (subject.ended_at or at) > filing.to_at + _grace(filing):
        return f"超过报备的结束时间{moment_text(filing.to_at)}仍在标校状态并达到报警值"
    return "同一工作面其他测点同时超限" if _neighbour_over(subject) else ""


def _doubt_at_the_end(subject: Episode, filing: CalibrationFiling, at: datetime) -> str:
    """What shows when it is over: a value below the gas, a curve that does not stand at it."""
    if subject.peak < filing.gas_value * (1 - _tolerance(filing)):
        return f"浓度最高{number_text(subject.peak)}%，与报备的标准气样{number_text(filing.gas_value)}%不符"
    late = subject.final_at is not None and at >= subject.final_at + CURVE_AFTER
    return "读数曲线不呈标准气样的平台，或读数不全，不能证明是标校" if late and not _curve_fits(subject) else ""


def _neighbour_over(subject: Episode) -> bool:
    """Whether the gas was seen beside it, too: standard gas reaches one sensor."""
    face = face_at(subject.point, subject.started_at)
    if face is None:
        return False
    stood = Placement.objects.filter(standing_at(OuterRef("started_at")), point=OuterRef("point"), face=face)
    near = Episode.objects.filter(Exists(stood), mine=subject.mine_id, excluded=False, withdrawn=False)
    near = near.filter(Q(ended_at=None) | Q(ended_at__gte=subject.started_at))
    if subject.ended_at is not None:
        near = near.filter(started_at__lte=subject.ended_at)
    return near.exclude(point=subject.point_id).exists()


def _curve_fits(subject: Episode) -> bool:
    """Whether the readings stand at the value of the gas for their greater part, as standard gas does and a surge does not."""
    filing = filing_of(subject)
    if filing is None or subject.ended_at is None:
        return False
    values = values_between(subject.point, subject.started_at, subject.ended_at)
    reached = values[values >= to_units(subject.limit_alarm)]
    if len(reached) * 2 < subject.readings:
        return False
    low, high = (to_units(filing.gas_value * (1 + sign * _tolerance(filing))) for sign in (-1, 1))
    share = local_decimal("calibration.plateau_share", civil_date(filing.from_at)) / 100
    return bool(len(reached)) and bool(((reached >= low) & (reached <= high)).sum() >= share * len(reached))


def _tolerance(filing: CalibrationFiling) -> Decimal:
    return local_decimal("calibration.gas_tolerance", civil_date(filing.from_at)) / 100


def _grace(filing: CalibrationFiling) -> timedelta:
    return local_span("calibration.time_grace", civil_date(filing.from_at)).length
