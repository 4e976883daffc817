"""What moves of alarms set off: over-limits count or no longer do."""

from decimal import Decimal

from kuangan.casework.actions import amend_facts
from kuangan.casework.models import Case, CaseMove
from kuangan.core.models import User
from kuangan.flow.alarms import calibrations, stops  # noqa: F401  # what moves of records set off
from kuangan.flow.alarms.facts import recheck_drawn
from kuangan.flow.alarms.opening import is_unfiled
from kuangan.flow.alarms.react import refresh
from kuangan.flow.cases.opening import revoke_opened
from kuangan.flow.following import consequence


@consequence("gas.count")
def count(actor: User | None, case: Case, moved: CaseMove) -> None:
    """A confirmed (or presumed) over-limit counts: the rules run over every window that contains it."""
    stops.overlimit(case, moved.at)
    stops.recompute(case, moved.at)


@consequence("gas.judge_anew")
def judge_anew(actor: User | None, case: Case, moved: CaseMove) -> None:
    """An alarm no longer counts, or not yet again: what rested on it is recomputed, its follow-up ends."""
    revoke_opened(case, moved.at)
    stops.recompute(case, moved.at)


@consequence("gas.read_by_hand")
def read_by_hand(actor: User | None, case: Case, moved: CaseMove) -> None:
    """The mine has measured by hand what it did not file: at or above the set-point there is gas, whatever the sensor was doing."""
    reading = moved.inputs.get("hand_reading")
    if not is_unfiled(case.facts) or reading in (None, ""):
        return
    if Decimal(str(reading)) >= Decimal(str(case.facts["alarm_limit"])):
        refresh(case, moved.at, {"calibration": "read_high", "hand_reading": str(reading)})
        case.refresh_from_db()


@consequence("gas.judged_not_real")
def judged_not_real(actor: User | None, case: Case, moved: CaseMove) -> None:
    """Two persons have judged it not real: now, and not before, it is drawn whether the city looks again."""
    drawn = recheck_drawn(case.number, moved.at)
    amend_facts(actor=None, case=case, facts={"recheck": drawn}, at=moved.at)
    case.refresh_from_db()
    judge_anew(actor, case, moved)
