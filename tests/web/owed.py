"""A duty of the first mine with a file as evidence and an excuse asked for, and a drafted report, for pages about them."""

from datetime import date, timedelta

from kuangan.base import clock
from kuangan.base.period import parse_period
from kuangan.core.actions import save_attachment
from kuangan.duty.actions import fulfil
from kuangan.duty.models import Duty, Fulfilment, Opening
from kuangan.flow.reports import KINDS_OF_REPORT, draft_report
from kuangan.law.role import Role
from kuangan.paper.models import Paper
from tests.excuses import ask_excuse
from tests.web.world import World

MONTH = parse_period("2026-03")
COUNTY_SEES = set(Role) - {
    Role.company_officer,
    Role.operator,
    Role.security_admin,
    Role.audit_admin,
    Role.unit_admin,
    Role.mine_dispatcher,
    Role.mine_leader,
    Role.mine_director,
    Role.mine_engineer,
}
"""Who sees a whole county: everybody but mines and their company."""


def duty_of(world: World) -> Duty:
    """Twice owed, done once, an excuse waiting for the county bureau."""
    known = Duty.objects.filter(subject="world").first()
    if known is not None:
        return known
    mine, now = world.city.mine, clock.now()
    opening = Opening.objects.create(obligation="decision_followup", period="2026-03", corpus_digest="0" * 64, at=now)
    due_at = clock.beijing_midnight(date(2026, 4, 1))
    owed = Duty.objects.create(
        opening=opening, obligation="decision_followup", measure="3.1", unit=mine.unit, role=Role.mine_director,
        mine=mine, path=mine.unit.path, title="办结会议议定事项", subject="world", period="2026-03", needed=2,
        first_on=MONTH.first, last_on=MONTH.last, opened_at=now - timedelta(days=1), due_at=due_at,
        grace_at=due_at + timedelta(days=7),
    )  # fmt: skip
    director = world.users["mine_director"]
    saved = save_attachment(actor=director, name="记录.txt", content="已办".encode(), at=now)
    fulfil(
        actor=director, duty=owed, source="file", key="world", done_at=now, note="已办一次", attachments=[saved], at=now
    )
    ask_excuse(actor=director, duty=owed, reason="井下正在检修", at=now)
    return owed


def credit_of(world: World) -> Fulfilment:
    """The credit of its evidence."""
    return duty_of(world).fulfilments.get()


def file_of(owed: Duty) -> int:
    """The attachment of its evidence."""
    return owed.fulfilments.get().attachments.get().pk


def report_of(world: World) -> Paper:
    """A bulletin drafted by the county bureau."""
    known = Paper.objects.filter(template="duty_bulletin").first()
    if known is not None:
        return known
    kind, county = KINDS_OF_REPORT["bulletin"], world.city.units["county_area"]
    actor = world.users["county_section"]
    return draft_report(actor=actor, kind=kind, area=county, period=MONTH, at=clock.now())
