"""A year in the office: the moved clock, the sweep's stages for duties and rules, and real entries by named people."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from kuangan.base import clock
from kuangan.base.period import parse_period
from kuangan.casework.rule_states import RuleState
from kuangan.core.actions import appoint, create_person, create_post, create_unit, create_user
from kuangan.core.models import Post
from kuangan.duty.models import Duty, Urge
from kuangan.duty.queries import credits_of
from kuangan.duty.status import status_of
from kuangan.flow.credit.daily import climb, open_current
from kuangan.flow.credit.entries import confirm, correct, record_entry, send_back, void
from kuangan.flow.rules.run import judge, judge_changed
from kuangan.law.content import rule_by_id
from kuangan.law.ledger import ledgers
from kuangan.law.role import Role
from kuangan.ledger.models import Entry
from kuangan.overview.board.board import board
from kuangan.overview.board.counts import CellStatus
from tests.city import PASSWORD, SmallCity

PEOPLE = (
    # username, unit, role, title, name
    ("section_head", "section", Role.section_head, "科长", "丙五"),
    ("section_clerk", "section", Role.clerk, "经办人", "丙六"),
    ("city_government", "city_government", Role.government_head, "市长", "丁二"),
    ("city_clerk", "city_government", Role.clerk, "经办人", "丁三"),
    ("government_clerk", "county_government", Role.clerk, "经办人", "丁四"),
    ("commissioner_a", "county", Role.supervision_commissioner, "监管专员一", "毕监成"),
    ("commissioner_b", "county", Role.supervision_commissioner, "监管专员二", "席巡成"),
    ("county_clerk", "county", Role.clerk, "经办人", "乙八"),
    ("mine_leader", "mine", Role.mine_leader, "安全副矿长", "甲四"),
    ("mine_clerk", "mine", Role.clerk, "经办人", "甲五"),
)


def moment(written: str) -> datetime:
    """A Beijing time, written 2026-03-02, 2026-03-02T08:00 or with seconds; a bare day means ten in the morning."""
    text = written if "T" in written else f"{written}T10:00"
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def staff(city: SmallCity, at: datetime) -> None:
    """The people of leadership and supervision, beside those on the way to a stop order."""
    city.units["section"] = create_unit(
        actor=None,
        kind="city_coal_section",
        code="1404-coal",
        name="示例市煤矿监管科",
        parent=city.units["area"],
        phone="000-0000",
        at=at,
    )
    for username, unit, role, title, name in PEOPLE:
        person = create_person(actor=None, name=name, unit=city.units[unit], phone="000-0002", at=at)
        post = create_post(actor=None, unit=city.units[unit], title=title, role=role, at=at)
        appoint(actor=None, post=post, person=person, at=at)
        city.users[username] = create_user(actor=None, username=username, person=person, password=PASSWORD)


class Year:
    """Time that stands still until it is moved; what people do and what everybody then sees."""

    def __init__(self, city: SmallCity, at: datetime) -> None:
        self.city = city
        self.at = at
        self._stand()

    def to(self, written: str) -> datetime:
        """Move the clock, and let the sweep open, credit, recompute, escalate and judge what changed."""
        self.at = moment(written)
        self._stand()
        open_current(self.at)
        climb(self.at)
        judge_changed(self.at)
        return self.at

    def walk(self, *days: str) -> None:
        """Stop at each of these days."""
        for day in days:
            self.to(day)

    def write(self, username: str, ledger_id: str, unit: str, sample: int = 0, /, **change: Any) -> Entry:
        """The sample entry of a ledger with changes, recorded now; a None leaves the field empty."""
        values = {**ledgers()[ledger_id].sample[sample], **change}
        kept = {name: value for name, value in values.items() if value is not None}
        return record_entry(
            actor=self.city[username], ledger_id=ledger_id, unit=self.city.units[unit], values=kept, at=self.at
        )

    def correct(self, username: str, entry: Entry, reason: str, **change: Any) -> Entry:
        """A further version of an entry, now."""
        values = {name: value for name, value in {**entry.values, **change}.items() if value is not None}
        return correct(actor=self.city[username], entry=entry, values=values, reason=reason, at=self.at)

    def void(self, username: str, entry: Entry, reason: str) -> Entry:
        """The end of an entry, now."""
        return void(actor=self.city[username], entry=entry, reason=reason, at=self.at)

    def confirm(
        self, username: str, entry: Entry, part: str, opinion: str = "已查看材料，符合要求", **values: Any
    ) -> Entry:
        """Somebody else's part of the newest version of an entry, written now after a look at the papers."""
        newest = Entry.objects.get(serial=entry.serial, superseded_at=None)
        given = {"part_id": part, "values": values, "sight": "file", "opinion": opinion}
        return confirm(actor=self.city[username], entry=newest, at=self.at, **given)

    def send_back(self, username: str, entry: Entry, part: str, opinion: str) -> None:
        """The newest version of an entry goes back to its keeper, now."""
        newest = Entry.objects.get(serial=entry.serial, superseded_at=None)
        send_back(actor=self.city[username], entry=newest, part_id=part, sight="file", opinion=opinion, at=self.at)

    def duty(self, obligation: str, unit: str, **filters: Any) -> Duty:
        """The only duty of an obligation and a unit."""
        return Duty.objects.get(obligation=obligation, unit=self.city.units[unit], **filters)

    def statuses(self, obligation: str, unit: str, **filters: Any) -> dict[str, str]:
        """Every duty of an obligation and a unit, by period, with its status now."""
        rows = Duty.objects.filter(obligation=obligation, unit=self.city.units[unit], **filters)
        return {duty.period: status_of(duty, self.at).value for duty in rows.order_by("first_on", "pk")}

    def credits(self, duty: Duty) -> tuple[int, int]:
        """How often it was done, and how often it must be."""
        duty.refresh_from_db()
        return credits_of([duty])[duty.pk], duty.needed

    def urged(self, duty: Duty) -> list[tuple[int, str]]:
        """The rungs told so far, each with the unit that was told."""
        return list(Urge.objects.filter(duty=duty).order_by("at", "pk").values_list("rung", "to__name"))

    def cell(self, measure: str, unit: str, period: str) -> CellStatus:
        """The board's cell of a measure for one unit and period, as known now."""
        shown = self.city.units[unit]
        return board([shown], parse_period(period), self.at).cell(measure, shown).status

    def counts(self, measure: str, unit: str, period: str) -> dict[str, int]:
        """What that cell counts of the unit's own, without zeros."""
        shown = self.city.units[unit]
        counted = board([shown], parse_period(period), self.at).cell(measure, shown).counts.shown()
        return {name: number for name, number in counted.items() if number}

    def judged(self, *rule_ids: str, unit: str = "mine") -> dict[str, str]:
        """What rules say of a unit when they are asked now, as their daily run does."""
        for each in rule_ids:
            judge(rule_by_id(each), self.at)
        return self.said(rule_ids, unit)

    def said(self, rule_ids: Iterable[str], unit: str = "mine") -> dict[str, str]:
        """What rules said of a unit last."""
        rows = RuleState.objects.filter(rule__in=list(rule_ids), subject=self.city.units[unit].code)
        return dict(rows.values_list("rule", "outcome"))

    def post(self, username: str) -> Post:
        """The post that a user holds now."""
        return Post.objects.get(tenures__person=self.city[username].person, tenures__to_at=None)

    def _stand(self) -> None:
        clock.move(self.at, rate=0.0)
