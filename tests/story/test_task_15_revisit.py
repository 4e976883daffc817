"""杀回马枪: a mine that may produce again is visited once more, and only a visit written down as one counts."""

from datetime import date, timedelta

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.duty.models import Duty
from kuangan.flow.credit.entries import record_entry
from tests.story.script import Script

VISIT = {
    "mine": "140423900001",
    "organ_level": "county",
    "counts_toward_cap": False,
    "officers": "乙二\n乙三",
    "places": "1301综采工作面",
    "problems": 0,
    "major_hazards": 0,
}


def visited(script: Script, on: date, **changes: object) -> None:
    values = {**VISIT, "checked_on": on.isoformat(), **changes}
    record_entry(
        actor=None, ledger_id="enforcement_check", unit=script.city.units["county"], values=values, at=script.at
    )


def test_a_resumed_mine_is_visited_again_within_thirty_days(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=30)
    script.real_alarm(point="first-1301-T2")
    stop = script.suspension()
    script.order(stop)
    script.serve(stop)
    script.chain(stop)
    script.until(stop.clocks.get(clock="floor").due_at)
    script.do("county_government", stop, "approve")
    assert not Duty.objects.filter(obligation="revisit_after_resumption").exists()
    script.do("county_officer", stop, "resume")
    owed = Duty.objects.get(obligation="revisit_after_resumption")
    resumed_on = civil_date(script.at)
    assert (owed.unit, owed.mine, owed.role) == (script.city.units["county"], script.city.mine, "section_head")
    assert owed.due_at == beijing_midnight(resumed_on + timedelta(days=31))
    script.wait(days=12)
    visited(script, civil_date(script.at), kind="planned")
    owed.refresh_from_db()
    assert owed.done_at is None
    visited(script, civil_date(script.at), kind="recheck")
    owed.refresh_from_db()
    assert owed.done_at is not None
