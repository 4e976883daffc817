"""A credit is confirmed, or found untrue, by the level above on its own log-in: one at a time, with what was looked at."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from kuangan.base import clock
from kuangan.core.actions import Line
from kuangan.core.errors import Refused
from kuangan.core.levels import ABOVE
from kuangan.core.models import LookedAt, Unit, UnitKind, User
from kuangan.core.queries import roles_of
from kuangan.core.queries.roles import Hold
from kuangan.duty.credit import known_credits
from kuangan.duty.credits import lock_duties, settle
from kuangan.duty.levels import levels_above
from kuangan.duty.models import Fulfilment, Judgement, Source
from kuangan.duty.proof.grades import Grade, is_authority_over
from kuangan.duty.proof.standing import countersigned
from kuangan.law.role import Role
from kuangan.mine.models import Mine

JUDGING = frozenset(
    {
        Role.section_head,
        Role.bureau_head,
        Role.bureau_deputy,
        Role.government_head,
        Role.enforcement_officer,
        Role.supervision_commissioner,
    }
)
"""Who confirms for the level above: those who lead it, and those who go to the mines."""


@transaction.atomic
def judge_credit(
    *, actor: User, fulfilment: Fulfilment, confirmed: bool, sight: str, opinion: str, at: datetime | None = None
) -> Judgement:
    """Confirm what a unit said of itself, or take the credit back as untrue. The level above says what it looked at.

    Refused: the actor does not work for an authority over the owing unit, works for that unit too, or gave the credit himself; no
    opinion or nothing looked at; a credit that was taken back, or that is proven already.
    """
    moment = at or clock.now()
    credited = Fulfilment.objects.select_related("duty__unit").get(pk=fulfilment.pk)
    duty = lock_duties({credited.duty_id})[credited.duty_id]
    credited.refresh_from_db()
    hold = _judging(actor, credited, moment)
    if sight not in LookedAt.values:
        raise Refused("请选择查看方式：材料原件、现场照片或视频、监测数据，或者现场。")
    if not opinion.strip():
        raise Refused("请填写核实意见，写明查看的内容和结论。")
    if credited.revoked_at is not None:
        raise Refused("该项依据已撤销，无需核实。")
    if credited.grade != Grade.own:
        raise Refused(f"该项依据已{credited.get_grade_display()}，无需重复核实。")
    made = Judgement.objects.create(
        fulfilment=credited,
        unit=hold.unit,
        by=actor,
        at=moment,
        confirmed=confirmed,
        sight=sight,
        opinion=opinion.strip()[:300],
    )
    change = {"grade": Grade.accepted.value} if confirmed else {"revoked_at": moment}
    Fulfilment.objects.filter(pk=credited.pk).update(**change)
    data = {"source": credited.source, "key": credited.key, "sight": sight, "opinion": made.opinion}
    action = "duty_credit_confirmed" if confirmed else "duty_credit_refuted"
    settle([duty], known_credits([duty.pk]), [Line(duty, action, data, actor)], moment)
    return made


def may_judge(actor: User, owing: Unit, at: datetime) -> bool:
    """Whether the person may confirm what a unit says of itself."""
    return _hold(actor, owing, at) is not None


def _judging(actor: User, fulfilment: Fulfilment, at: datetime) -> Hold:
    owing = fulfilment.duty.unit
    hold = _hold(actor, owing, at)
    if hold is None:
        raise Refused(f"只有{owing.name}的上级监管部门的人员可以核实，责任单位及其上级公司不能自行核实。")
    if fulfilment.by_id == actor.pk:
        raise Refused("不能核实本人登记的依据，请由其他人员核实。")
    return hold


def _hold(actor: User, owing: Unit, at: datetime) -> Hold | None:
    """The hold by which the actor judges; none for whoever works for the owing unit too."""
    holds = roles_of(actor, at)
    if any(hold.unit.pk == owing.pk for hold in holds):
        return None
    above = levels_above([owing]).get(owing.pk)
    for hold in holds:
        over = is_authority_over(hold.unit, owing) or (above is not None and hold.unit.pk == above.pk)
        if over and hold.role in JUDGING:
            return hold
    return None


def credits_waiting_for(user: User, at: datetime | None = None) -> QuerySet[Fulfilment]:
    """Evidence that counts only once the level above has looked at it, where that is the user's office; the oldest first."""
    judging = [hold for hold in roles_of(user, at) if hold.role in JUDGING]
    if not judging:
        return Fulfilment.objects.none()
    below = Q()
    for hold in judging:
        mines = Mine.objects.filter(supervisor=hold.unit).values("pk")
        owing = Q(duty__unit__in=mines) | Q(duty__unit__kind__in=_kinds_below(hold.unit))
        below |= owing & Q(duty__path__startswith=hold.unit.scope_path)
    fulfilments = Fulfilment.objects.filter(
        below,
        grade=Grade.own,
        revoked_at=None,
        duty__obligation__in=countersigned(),
        duty__done_at=None,
        duty__excused_at=None,
        duty__cancelled_at=None,
    )
    return fulfilments.select_related("duty__unit").order_by("recorded_at", "pk")


def _kinds_below(unit: Unit) -> list[str]:
    """The kinds of units that a kind of office stands above; a section is one organ with its bureau."""
    office = UnitKind.city_bureau if unit.kind == UnitKind.city_coal_section else unit.kind
    return [kind for kind, above in ABOVE.items() if above == office]


@transaction.atomic
def prove(*, actor: User | None, source: Source | str, key: str, grade: Grade, at: datetime) -> int:
    """The evidence is proven better than when it was credited (a paper was served); how many credits took the grade."""
    fulfilments = Fulfilment.objects.filter(source=Source(source).value, key=key, grade=Grade.own, revoked_at=None)
    keys = list(fulfilments.values_list("pk", flat=True))
    duties = lock_duties(set(fulfilments.values_list("duty_id", flat=True)))
    Fulfilment.objects.filter(pk__in=keys).update(grade=grade)
    data = {"source": Source(source).value, "key": key, "grade": grade.value}
    lines = [Line(duty, "duty_credit_proven", data, actor) for duty in duties.values()]
    settle(list(duties.values()), known_credits(duties), lines, at)
    return len(keys)


@transaction.atomic
def forget_judgements(*, source: Source | str, key: str, fell: bool, at: datetime) -> int:
    """The evidence says something else now: what was judged of it before no longer holds; how many credits.

    ``fell``: nor does what others wrote in it. A credit that is proven all the same takes its grade again when it is given anew.
    """
    of_evidence = Fulfilment.objects.filter(source=Source(source).value, key=key)
    judged = Judgement.objects.filter(fulfilment__in=of_evidence, ended_at=None)
    duty_of = dict(judged.values_list("fulfilment_id", "fulfilment__duty_id"))
    if fell:
        duty_of |= dict(of_evidence.filter(grade=Grade.accepted, revoked_at=None).values_list("pk", "duty_id"))
    if not duty_of:
        return 0
    duties = lock_duties(set(duty_of.values()))
    judged.update(ended_at=at)
    Fulfilment.objects.filter(pk__in=list(duty_of), grade=Grade.accepted).update(grade=Grade.own)
    data = {"source": Source(source).value, "key": key}
    lines = [Line(duty, "duty_judgement_ended", data) for duty in duties.values()]
    settle(list(duties.values()), known_credits(duties), lines, at)
    return len(duty_of)
