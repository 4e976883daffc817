"""Joining alarm cases and splitting an episode off: one person proposes with a reason, another confirms."""

from datetime import datetime

from django.db import transaction

from kuangan.base.clock import civil_date, now
from kuangan.casework.actions import make_move, open_case
from kuangan.casework.models import Case, CaseCheck, CaseEpisode
from kuangan.casework.relations import related_units
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.queries import roles_of
from kuangan.flow.alarms import stops
from kuangan.flow.alarms.facts import alarm_facts, standing_episodes
from kuangan.flow.alarms.joining import ALARM, JOINABLE, UNJUDGED, faces_of, lie_close, lie_together
from kuangan.flow.alarms.react import refresh
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.notices import end_notices_of, tell_role
from kuangan.flow.cases.opening import revoke_opened
from kuangan.flow.live import announce_case
from kuangan.flow.models import Regrouping
from kuangan.law.local import local_span
from kuangan.law.role import Role
from kuangan.monitor.models import Episode

TARGETS = (*JOINABLE, "confirmed_real")


@transaction.atomic
def propose_regrouping(
    *,
    actor: User,
    kind: str,
    case: Case,
    reason: str,
    target: Case | None = None,
    episode: Episode | None = None,
    at: datetime | None = None,
) -> Regrouping:
    """Propose to join ``case`` into ``target`` or to split ``episode`` off ``case``. Raises :class:`Refused`."""
    at = at or now()
    _require_officer(actor, case, at)
    _require_possible(kind, case, target, episode)
    if not reason.strip():
        raise Refused("并案或拆分须写明理由")
    regrouping = Regrouping.objects.create(
        kind=kind, case=case, target=target, episode=episode, reason=reason.strip(), proposed_by=actor, proposed_at=at
    )
    data = {
        "kind": kind,
        "target": target.number if target else "",
        "episode": episode.pk if episode else 0,
        "reason": reason,
    }
    record(actor=actor, action="regrouping_proposed", subject=case, data=data, at=at)
    return regrouping


@transaction.atomic
def confirm_regrouping(*, actor: User, regrouping: Regrouping, at: datetime | None = None) -> Case:
    """The second person's confirmation carries it out; returns the case that holds the episodes now."""
    at = at or now()
    lock_unit(regrouping.case.unit_id)
    held = Regrouping.objects.select_for_update().get(pk=regrouping.pk)
    _require_officer(actor, held.case, at)
    if held.proposed_by_id == actor.pk:
        raise Refused("并案、拆分须由两人办理：请由另一名执法人员确认")
    if held.decided_at is not None:
        raise Refused("该并案、拆分已经办理")
    _require_possible(held.kind, held.case, held.target, held.episode)
    Regrouping.objects.filter(pk=held.pk).update(decided_by=actor, decided_at=at)
    case = _join(held, at) if held.kind == Regrouping.Kind.joining else _split(held, at)
    record(actor=actor, action="regrouped", subject=case, data={"kind": held.kind, "from": held.case.number}, at=at)
    announce_case(case)
    return case


def _join(regrouping: Regrouping, at: datetime) -> Case:
    target = regrouping.target
    assert target is not None  # the table's constraint
    own, others = standing_episodes(regrouping.case), standing_episodes(target)
    across = not lie_together(own, others, faces_of([*own, *others]))
    CaseEpisode.objects.filter(case=regrouping.case).update(case=target)
    CaseCheck.objects.filter(case=regrouping.case).update(case=target)
    make_move(actor=None, case=regrouping.case, move_id="merge", inputs={}, at=at)
    revoke_opened(regrouping.case, at)
    end_notices_of(regrouping.case, at)
    merged = refresh(target, at)
    stops.recompute(regrouping.case, at)
    _tell_city(regrouping, merged, at, across=across)
    return merged


def _tell_city(regrouping: Regrouping, target: Case, at: datetime, *, across: bool) -> None:
    """Two over-limits have become one: the city hears of it and may split or judge again."""
    city = related_units(target).get("city")
    if city is None:
        return
    judged = "，并入对象已核实" if target.state not in UNJUDGED else ""
    where = "不同工作面或地点" if across else "同一工作面"
    tell_role(
        target,
        unit=city,
        role=Role.section_head,
        title=f"并案：{target.unit.name}两起报警并为一起",
        body=f"{regrouping.case.number}并入{target.number}（{where}{judged}），理由：{regrouping.reason}。对结论有异议的，请拆分或改判。",
        at=at,
    )


def _split(regrouping: Regrouping, at: datetime) -> Case:
    episode, unit = regrouping.episode, regrouping.case.unit
    assert episode is not None  # the table's constraint
    facts = alarm_facts([episode], {})
    for step in ("sign_for", "first_report"):
        facts[f"{step}_due_text"] = regrouping.case.facts[f"{step}_due_text"]
    case = open_case(
        actor=regrouping.proposed_by,
        procedure_id=ALARM,
        unit=unit,
        title=f"{unit.name}{facts['place']}瓦斯超限报警",
        facts={**facts, "split_from": regrouping.case.number},
        at=at,
        level=str(facts["level"]),
        parent=regrouping.case,
        clocks_from=regrouping.case.opened_at,
    )
    CaseEpisode.objects.filter(episode=episode).update(case=case)
    CaseCheck.objects.filter(episode=episode).update(case=case)
    make_move(actor=None, case=case, move_id="notify", inputs={}, at=at)
    refresh(regrouping.case, at)
    stops.recompute(regrouping.case, at)
    return case


def can_be_regrouped(case: Case) -> bool:
    """Whether it is an alarm that nobody has judged."""
    return case.procedure == ALARM and case.state in UNJUDGED


def _require_officer(actor: User, case: Case, at: datetime) -> None:
    units = {unit.pk for relation, unit in related_units(case).items() if relation in ("supervisor", "city")}
    if not any(hold.role == Role.enforcement_officer and hold.unit.pk in units for hold in roles_of(actor, at)):
        raise Refused("并案、拆分须由日常监管主体或市局执法人员办理")


def _require_possible(kind: str, case: Case, target: Case | None, episode: Episode | None) -> None:
    if not can_be_regrouped(case):
        raise Refused(f"{case.number}已核实或已办结，不能并案、拆分")
    if kind == "join":
        if target is None or target.procedure != ALARM or target.state not in TARGETS or target.pk == case.pk:
            raise Refused("请选择同一煤矿另一件未办结的报警案件作为并入对象")
        if target.mine_id != case.mine_id:
            raise Refused("只能并入同一煤矿的报警案件")
        if not lie_close(standing_episodes(case), standing_episodes(target)):
            gap = local_span("alarm_handling.join_gap", civil_date(case.opened_at))
            raise Refused(f"两件报警的间隔超过本市规定的{gap}，属于两次超限，不能并案")
        return
    others = CaseEpisode.objects.filter(case=case, episode__withdrawn=False)
    if episode is None or not others.filter(episode=episode).exists():
        raise Refused("请选择本案中的一个报警过程")
    if others.count() < 2:
        raise Refused("本案只有一个报警过程，无法拆分")
