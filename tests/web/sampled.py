"""A duty that the first mine reported as done and that was drawn for its county to verify, for pages about samples."""

from datetime import date, timedelta

from kuangan.base import clock
from kuangan.base.period import parse_period
from kuangan.core.actions import save_attachment
from kuangan.duty.actions import fulfil
from kuangan.duty.models import Duty, Opening
from kuangan.law.role import Role
from kuangan.sample.actions import commit_month, freeze, reveal, write_verdict
from kuangan.sample.models import Sample, Verification
from kuangan.sample.pool import Body, Pool
from tests.web.world import World

MONTH = parse_period("2026-02")
ACCOUNT = "签到表三人笔迹相同，监控显示会议室当日无人"


def reported(world: World) -> Duty:
    """A duty of February that the mine's director reports as done, with a file."""
    mine, now = world.city.mine, clock.now()
    opening = Opening.objects.create(
        obligation="monthly_risk_and_hazard_check", period=MONTH.key, corpus_digest="1" * 64, at=now
    )
    due_at = clock.beijing_midnight(date(2026, 3, 1))
    owed = Duty.objects.create(
        opening=opening, obligation="monthly_risk_and_hazard_check", measure="3.1", unit=mine.unit, role=Role.mine_director,
        mine=mine, path=mine.unit.path, title="召开月度安全例会", subject="sampled", period=MONTH.key,
        first_on=MONTH.first, last_on=MONTH.last, opened_at=now - timedelta(days=30), due_at=due_at,
        grace_at=due_at + timedelta(days=30),
    )  # fmt: skip
    director = world.users["mine_director"]
    saved = save_attachment(actor=director, name="例会签到.txt", content="已开会".encode(), at=now)
    given = {"done_at": now - timedelta(days=20), "note": "已开会", "attachments": [saved], "at": now}
    fulfil(actor=director, duty=owed, source="file", key="sampled", **given)
    return owed


def drawn(world: World) -> Verification:
    """The verification of that duty, drawn by the county's sample of February."""
    known = Verification.objects.filter(duty__subject="sampled").first()
    if known is not None:
        return known
    duty, now = reported(world), clock.now()
    body = Body(world.city.units["county"].pk, own=False)
    commit_month([body], month=MONTH, at=now - timedelta(days=15))
    sample = Sample.objects.get(unit=world.city.units["county"], month=MONTH.key)
    freeze(sample, Pool({("self", 5): [duty.pk]}), now)
    sample.refresh_from_db()
    reveal(sample, now)
    return Verification.objects.get(duty=duty)


def judged(world: World, account: str = ACCOUNT) -> Verification:
    """The same with a verdict that waits for its second person."""
    item = drawn(world)
    if item.judged_at is not None:
        return item
    actor, now = world.users["county_officer"], clock.now()
    proof = save_attachment(actor=actor, name="会议室监控截图.txt", content=b"screen", at=now)
    return write_verdict(
        actor=actor,
        verification=item,
        verdict="untrue",
        looked_at=["file", "place"],
        place="矿会议室",
        account=account,
        attachments=[proof],
        at=now,
    )


def evidence_of(item: Verification) -> int:
    """The attachment of the verdict."""
    return item.attachments.get().pk
