"""What follows from the demonstration's entries: duties of events, files handed in, excuses, the first judgement of the rules."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kuangan.base.clock import civil_date
from kuangan.casework.openings import Chosen
from kuangan.core.actions import end_notices
from kuangan.core.errors import Refused
from kuangan.core.models import Notice, User
from kuangan.core.queries import roles_of
from kuangan.duty.actions import Credit, fulfil_many
from kuangan.duty.levels import HEADING, levels_above
from kuangan.duty.models import Duty, Source
from kuangan.duty.proof.grades import Grade
from kuangan.duty.queries import OPEN
from kuangan.emulate.past.circulars import send_circulars
from kuangan.emulate.past.history import History, told
from kuangan.emulate.past.schedule import PlannedEntry
from kuangan.flow.act import advance
from kuangan.flow.cases.opening import open_by_person
from kuangan.flow.credit.credits import credit_duties
from kuangan.flow.credit.events import follow_entries, opening_ledgers
from kuangan.flow.credit.matching import answers_to
from kuangan.flow.rules import run
from kuangan.law.duty.obligation_file import Evidence, Obligation, obligations
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.actions.tallies import recount_all
from kuangan.ledger.models import Entry

UNREAD: Final = timedelta(days=3)
"""How old a notice may be that still waits to be signed for."""
REASONS: Final = (
    "当期全市开展专项督导检查，人员全部抽调，已商上级同意顺延办理。",
    "连续强降雨致入井道路中断，无法按期到矿，已以电话方式核实情况。",
    "责任人因公受伤住院，代理人当期尚未到岗。",
)
EXCUSED_PER_UNIT: Final = 2
EXCUSE: Final = "duty_excuse"


def follow(history: History) -> int:
    """Open the duties of the history's events and do most of them; how many."""
    entries = Entry.objects.filter(ledger__in=opening_ledgers(), on__gte=history.span.first)
    with transaction.atomic():
        for entry in entries.select_related("unit", "mine__unit", "recorded_by").order_by("on", "pk").iterator():
            follow_entries([entry], None, entry.recorded_at)
    opened = list(Duty.objects.exclude(subject="").select_related("unit", "mine", "mine__supervisor"))
    _write_answers(history, opened)
    send_circulars(history)
    credit_duties(Duty.objects.exclude(subject=""), history.end)
    told(f"事件引发的履职事项{len(opened)}件")
    return len(opened)


def _write_answers(history: History, duties: Iterable[Duty]) -> None:
    """The entries in other ledgers that answer events."""
    calls: dict[str, list[PlannedEntry]] = defaultdict(list)
    mines = {mine.pk: mine for mine in history.planner.world.mines}
    for duty in duties:
        obligation = obligations()[duty.obligation]
        evidence = _answer(obligation)
        done_at = _moment(history, obligation, duty)
        if evidence is None or done_at is None or duty.unit.kind not in ledger_by_id(evidence.ledger).keepers:
            continue
        day = civil_date(done_at)
        named, mine = answers_to(duty, evidence), mines.get(duty.mine_id or 0)
        calls[evidence.ledger].append(
            PlannedEntry(duty.unit, mine, day, duty.first_on, day, evidence, recorded_at=done_at, named=named)
        )
    for ledger_id, wanted in calls.items():
        history.write(ledger_by_id(ledger_id), wanted)
    recount_all()


def _answer(obligation: Obligation) -> Evidence | None:
    own = obligation.trigger.ledger if obligation.trigger else ""
    if any(evidence.file for evidence in obligation.evidence):
        return None
    return next((evidence for evidence in obligation.evidence if evidence.ledger and evidence.ledger != own), None)


def _moment(history: History, obligation: Obligation, duty: Duty) -> datetime | None:
    """When the duty was done; None: not (yet)."""
    fate = history.planner.fate(obligation, duty.unit, duty.subject, duty.period)
    if fate.missed:
        return None
    chance = history.planner.chance(obligation.id, duty.pk)
    begin = max(duty.opened_at, duty.due_at - timedelta(days=60))
    moment = begin + (duty.due_at - begin) * (0.2 + 0.7 * chance.random())
    if fate.late:
        moment = duty.grace_at + timedelta(hours=20 + chance.random() * 60)
    return moment if moment < history.end else None


def hand_in(history: History) -> int:
    """Files and notes for the duties whose evidence they are, the older ones looked at by the level above; how many."""
    by_file = [
        obligation.id for obligation in obligations().values() if any(evidence.file for evidence in obligation.evidence)
    ]
    given = []
    for duty in Duty.objects.filter(OPEN, obligation__in=by_file).select_related("unit").order_by("pk"):
        moment = _moment(history, obligations()[duty.obligation], duty)
        if moment is not None:
            looked_at = moment < history.end - UNREAD
            given.append(
                Credit(
                    duty.pk,
                    Source.file.value,
                    f"演示-{duty.pk}",
                    moment,
                    moment,
                    note="已按要求办结，材料留存备查。",
                    grade=(Grade.accepted if looked_at else Grade.own).value,
                )
            )
    fulfil_many(given, at=history.end)
    return len(given)


def excuse(history: History) -> int:
    """Some overdue duties whose units asked to be excused: most accepted, one refused, one still waiting; how many asked."""
    holders: dict[int, User] = {}
    heads: dict[int, list[User]] = defaultdict(list)
    for user in User.objects.filter(is_active=True).order_by("pk"):
        for hold in roles_of(user, history.end):
            holders.setdefault(hold.unit.pk, user)
            if hold.role in HEADING:
                heads[hold.unit.pk].append(user)
    overdue = Duty.objects.filter(OPEN, unit__in=holders, due_at__lt=history.end).select_related("unit")
    chosen: dict[int, list[Duty]] = defaultdict(list)
    for duty in overdue.order_by("due_at", "pk"):
        if len(chosen[duty.unit_id]) < EXCUSED_PER_UNIT:
            chosen[duty.unit_id].append(duty)
    duties = [duty for same_duty in chosen.values() for duty in same_duty]
    for number, duty in enumerate(duties):
        _excuse(history, duty, holders[duty.unit_id], heads, number)
    return len(duties)


def _excuse(history: History, duty: Duty, by: User, heads: dict[int, list[User]], number: int) -> None:
    above = levels_above([duty.unit]).get(duty.unit_id)
    asked_at = history.end - timedelta(days=2, hours=number)
    deciding: Sequence[User] = [user for user in heads.get(above.pk if above else 0, ()) if user.pk != by.pk]
    if above is None or not deciding:
        return
    given = {"reason": REASONS[number % len(REASONS)]}
    about = Chosen(duty.unit, duty=duty)
    try:
        case = open_by_person(actor=by, procedure_id=EXCUSE, way_id="open", chosen=about, inputs=given, at=asked_at)
    except Refused:
        return
    if number % 5 != 4:
        accept = number % 5 != 3
        opinion = "情况属实，同意免责，请尽快补办。" if accept else "理由不充分，不予认可，请限期补办。"
        at = asked_at + timedelta(hours=20)
        move = "accept" if accept else "refuse"
        advance(actor=deciding[0], case=case, move_id=move, inputs={"opinion": opinion}, at=at)


def judge(history: History) -> int:
    """Ask every rule once, and let notices of what is long past wait for nobody; how many outcomes."""
    count = run.judge_all(history.end)
    end_notices(actor=None, notices=Notice.objects.filter(created_at__lt=history.end - UNREAD), at=history.end)
    return count
