"""Duties in words: what counts as evidence and where to give it, what is missing, who owes, how the due time came about."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from kuangan.base.numerals import deadline_text
from kuangan.base.period import parse_period
from kuangan.core.models import Person, UnitKind
from kuangan.core.queries import Hold
from kuangan.core.queries.roles import absent_posts, tenures_at
from kuangan.duty.models import Duty
from kuangan.duty.queries import credits_of
from kuangan.duty.status import Status, status_of
from kuangan.duty.terms import EVENT_MARK
from kuangan.flow.credit.matching import answers_to
from kuangan.law.duty.obligation_file import EVENT, ONCE, Evidence, Obligation, obligations
from kuangan.law.duty.words import evidence_words
from kuangan.law.ledger import ledger_by_id
from kuangan.law.local import local_span, settled
from kuangan.law.role import Role
from kuangan.law.time.span import parse_span
from kuangan.ledger.queries import writers

ICONS: Final = {
    Status.met: "✓",
    Status.late: "◑",
    Status.due: "○",
    Status.overdue: "⚑",
    Status.excused: "免",
    Status.cancelled: "—",
}
RANKS: Final = {
    UnitKind.city_government: 0,
    UnitKind.city_bureau: 1,
    UnitKind.city_coal_section: 1,
    UnitKind.county_government: 2,
    UnitKind.county_bureau: 3,
    UnitKind.company: 4,
    UnitKind.mine: 5,
}
"""Levels of units: whoever stands higher and has the unit in his area may urge it."""


@dataclass(frozen=True)
class EvidenceWay:
    """One kind of evidence in words; ``address``: the form that gives it, where the reader may fill it in."""

    words: str
    address: str = ""
    button: str = ""


@dataclass(frozen=True)
class DutyRow:
    duty: Duty
    status: Status
    credits: int
    holders: tuple[Person, ...]

    @property
    def icon(self) -> str:
        """The sign before the status."""
        return ICONS[self.status]

    @property
    def left(self) -> int:
        """How many times are still to be shown."""
        return max(self.duty.needed - self.credits, 0)

    @property
    def missing(self) -> str:
        """What is still to be shown, in words; empty when nothing is."""
        if self.status not in (Status.due, Status.overdue):
            return ""
        return missing_words(self.duty, self.credits)


def duty_rows(duties: Sequence[Duty], at: datetime, statuses: Sequence[Status] = ()) -> list[DutyRow]:
    """Duties with status (or the ``statuses`` that the page has for them), credits and holders; three queries for any number."""
    credit, holders = credits_of(duties), holders_of(duties, at)
    named = statuses or [status_of(duty, at) for duty in duties]
    return [
        DutyRow(duty, status, credit[duty.pk], holders[duty.pk]) for duty, status in zip(duties, named, strict=True)
    ]


def holders_of(duties: Iterable[Duty], at: datetime) -> dict[int, tuple[Person, ...]]:
    """Who owes each duty now: the holder of its post or those in its role at its unit, deputies for those absent. Two queries."""
    shown = list(duties)
    units = {duty.unit_id for duty in shown}
    held = list(tenures_at(at).filter(post__unit__in=units).order_by("post_id"))
    absent = absent_posts((tenure.post_id for tenure in held), at)
    by_post = {tenure.post_id: tenure.person for tenure in held}
    acting: dict[tuple[int, str, int | None], dict[int, Person]] = defaultdict(dict)
    for tenure in held:
        post = tenure.post
        person = by_post.get(post.deputy_id or 0) if post.pk in absent else tenure.person
        if person is not None:
            acting[post.unit_id, post.role, None].setdefault(person.pk, person)
            acting[post.unit_id, post.role, post.pk].setdefault(person.pk, person)
    return {duty.pk: tuple(acting[duty.unit_id, duty.role, duty.post_id].values()) for duty in shown}


def missing_words(duty: Duty, credit: int) -> str:
    """What a duty still asks for."""
    obligation = obligations().get(duty.obligation)
    kinds = "或".join(evidence_words(evidence) for evidence in obligation.evidence) if obligation else "办理材料"
    left = max(duty.needed - credit, 1)
    return f"还缺{left}次：{kinds}" if duty.needed > 1 else f"缺：{kinds}"


def lateness_words(duty: Duty, status: Status, at: datetime) -> str:
    """Why a duty counts as late though it was done in time, or what an open one past its time of recording can still become."""
    if status is Status.late and duty.done_at and duty.done_at < duty.due_at:
        return f"事项在期限内办理，但依据在补录截止（{deadline_text(duty.grace_at)}）以后登记，计为逾期完成。"
    if status is Status.overdue and at >= duty.grace_at:
        return f"补录已于{deadline_text(duty.grace_at)}截止，此后登记的依据只能办结为逾期完成；仍须办理。"
    return ""


def ways_of(duty: Duty, holds: Sequence[Hold]) -> list[EvidenceWay]:
    """The kinds of evidence of a duty, each with its form where the reader may fill it in."""
    obligation = obligations().get(duty.obligation)
    return [_way(duty, evidence, holds) for evidence in obligation.evidence] if obligation else []


def _way(duty: Duty, evidence: Evidence, holds: Sequence[Hold]) -> EvidenceWay:
    words = evidence_words(evidence)
    if evidence.ledger and _may_write(duty, evidence, holds):
        return EvidenceWay(words, entry_form(duty, evidence), "去登记")
    if evidence.file and any(hold.unit.pk == duty.unit_id for hold in holds):
        return EvidenceWay(words, "#file", "上传材料")
    return EvidenceWay(words)


def _may_write(duty: Duty, evidence: Evidence, holds: Sequence[Hold]) -> bool:
    ledger = ledger_by_id(evidence.ledger)
    return any(hold.role in writers(ledger) and hold.unit.kind in ledger.keepers for hold in holds)


def entry_form(duty: Duty, evidence: Evidence) -> str:
    """The address of the ledger's form, filled in with what the duty says; empty where ledgers have no pages."""
    given = {name: wanted for name, wanted in evidence.where.items() if isinstance(wanted, str)}
    given |= answers_to(duty, evidence)
    fields = {field.name: field for field in ledger_by_id(evidence.ledger).fields}
    if "mine" in fields and duty.mine is not None:
        given["mine"] = duty.mine.code
    try:
        return f"{reverse('new_entry', args=[evidence.ledger])}?{urlencode({'unit': duty.unit.code, **given})}"
    except NoReverseMatch:
        return ""


def period_words(duty: Duty) -> str:
    """The period in which a duty is owed; of an event, the day that it follows."""
    if duty.period.startswith(EVENT_MARK):
        return f"{duty.first_on:%Y-%m-%d}起"
    return "一次性" if duty.period == ONCE else parse_period(duty.period).label


def derivation_of(duty: Duty) -> str:
    """How the due time of a duty came about."""
    obligation = obligations().get(duty.obligation)
    if obligation is None:
        return ""
    rule = _due_words(obligation, duty)
    return rule + ("；次年节假日安排尚未公布，暂按推定年历" if duty.provisional else "")


def _due_words(obligation: Obligation, duty: Duty) -> str:
    if obligation.cadence == EVENT:
        if obligation.span is None and not obligation.span_key:
            return "以登记的期限为准"
        span = obligation.span or local_span(obligation.span_key, duty.first_on)
        return f"{duty.first_on:%Y-%m-%d}起算，次日为第1日，{span}"
    if obligation.standing:
        within = parse_span(settled("duty.standing_within"))
        return f"应当持续保持，按年计期；生成后{within}内有效材料不足，或者材料失效的，列为逾期"
    if obligation.due == "end":
        return f"期间末日（{duty.last_on:%Y-%m-%d}）24时，不因节假日顺延"
    if obligation.due.startswith("day "):
        return f"期间末月第{obligation.due[4:]}日24时，不因节假日顺延"
    return f"期间结束（{duty.last_on:%Y-%m-%d}）后起算，末日为节假日的顺延至次一工作日"


URGERS: Final = frozenset(
    {
        Role.government_head,
        Role.bureau_head,
        Role.bureau_deputy,
        Role.section_head,
        Role.enforcement_officer,
        Role.duty_officer,
        Role.company_officer,
        Role.clerk,
    }
)


def stands_above(holds: Sequence[Hold], unit_kind: str, path: str, overseen: Iterable[str] = ()) -> bool:
    """Whether one of these holds is of a unit that stands above one of this kind at this path."""
    rank = RANKS.get(UnitKind(unit_kind), 0)
    for hold in holds:
        own = RANKS.get(UnitKind(hold.unit.kind))
        reaches = path.startswith((hold.unit.scope_path, *overseen))
        if hold.role in URGERS and own is not None and own < rank and reaches:
            return True
    return False
