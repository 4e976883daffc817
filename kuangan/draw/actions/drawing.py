"""The draw itself: laid down by one person, made by the confirmation of a second; or given up."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock, lottery
from kuangan.base.numerals import date_text
from kuangan.base.text import person_name
from kuangan.core.actions import record, send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Person, User
from kuangan.core.sealed import unseal
from kuangan.core.signing import Act, Confirmation, spend
from kuangan.core.subject import about
from kuangan.draw.models import Draw
from kuangan.draw.signing import SHORTEST_WITNESS, cancel_acts, prepare_acts, witness_acts
from kuangan.law.local import local_span
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import deadline


@transaction.atomic
def prepare_draw(
    *,
    actor: User,
    draw: Draw,
    public_on: date,
    outside_witness: str = "",
    outside_text: str = "",
    confirmation: Confirmation | None = None,
    at: datetime | None = None,
) -> Draw:
    """Lay down the day of publication, and the words of a witness without account, if that is who witnesses.

    Refused: a day behind the longest wait (``draw.public_within``), a witness with a text shorter than four characters or who
    is the actor, a repetition nobody agreed to, a draw that was made or cancelled.
    """
    moment = at or clock.now()
    _spend(confirmation, actor, prepare_acts(actor, draw, moment))
    _require_public(public_on, moment)
    witness, text = person_name(outside_witness), outside_text.strip()
    if witness == person_name(actor.display_name):
        raise Refused("见证人不能是抽取人本人，请另请一人见证。")
    if bool(witness) != bool(text):
        raise Refused("平台外的见证人，须同时填写其姓名和当场说出的见证内容。")
    if text:
        _require_text(text)
    waiting = Draw.objects.filter(pk=draw.pk, drawn_at=None, cancelled_at=None)
    laid_down = {"prepared_for": public_on, "outside_witness": witness, "outside_text": text}
    if not waiting.update(prepared_by=actor, prepared_at=moment, **laid_down):
        raise Refused("该次抽查已抽取或已作废，不能再次抽取。")
    record(actor=actor, action="draw_prepared", subject=draw, data=laid_down, at=moment)
    draw.refresh_from_db()
    return draw


@transaction.atomic
def witness_draw(
    *,
    actor: User,
    draw: Draw,
    witness_text: str = "",
    confirmation: Confirmation | None = None,
    at: datetime | None = None,
) -> Draw:
    """Draw with the text that the witness, in his own account, gives now, and reveal the seed; the officers drawn are told.

    Where the witness has no account, ``actor`` is the second officer who confirms the words written down. Refused: who
    published or prepared the draw, a text shorter than four characters, a draw that was made or cancelled.
    """
    moment = at or clock.now()
    locked = Draw.objects.select_for_update(of=("self",)).select_related("unit").get(pk=draw.pk)
    _spend(confirmation, actor, witness_acts(actor, locked, moment))
    witness = locked.outside_witness or _named(actor)
    text = locked.outside_text or witness_text.strip()
    _require_text(text)
    _reveal(locked, witness, text, actor, moment)
    record(actor=actor, action="draw_made", subject=locked, data={"result": locked.result}, at=moment)
    draw.refresh_from_db()
    _tell_officers(draw, moment)
    return draw


@transaction.atomic
def cancel_draw(
    *,
    actor: User,
    draw: Draw,
    reason: str,
    confirmation: Confirmation | None = None,
    at: datetime | None = None,
) -> Draw:
    """Give a draw up before it is made; it stays public with the reason. Refused without one, or when it was made."""
    moment = at or clock.now()
    _spend(confirmation, actor, cancel_acts(actor, draw, moment))
    if not reason.strip():
        raise Refused("请写明作废原因，作废的抽查仍向社会公开。")
    waiting = Draw.objects.filter(pk=draw.pk, drawn_at=None, cancelled_at=None)
    if not waiting.update(cancelled_at=moment, cancelled_for=reason.strip()):
        raise Refused("该次抽查已抽取或已作废，不能再作废。")
    record(actor=actor, action="draw_cancelled", subject=draw, data={"reason": reason.strip()}, at=moment)
    draw.refresh_from_db()
    return draw


def _spend(confirmation: Confirmation | None, actor: User, acts: tuple[Act, ...]) -> None:
    for act in acts:
        spend(confirmation, actor, act.verb, act.subject, f"“{act.words}”", act.content)


def _reveal(locked: Draw, witness: str, text: str, actor: User, at: datetime) -> None:
    """Draw from the pools, once; who prepared it counts as drawing."""
    seed = unseal(locked.seed, locked.seed_place)
    result: dict[str, Any] = {
        "seed": seed,
        "witness": witness,
        "witness_text": text,
        "confirmed_by": _named(actor),
        "drawn_at": at.isoformat(),
        "drawn": lottery.drawn(locked.record, seed, text),
    }
    locked.result, locked.drawn_at, locked.drawn_by = result, at, locked.prepared_by
    locked.public_on, locked.witnessed_by = locked.prepared_for, actor
    locked.save(update_fields=["result", "drawn_at", "drawn_by", "public_on", "witnessed_by"])


def _named(actor: User) -> str:
    unit = actor.person.unit.name if actor.person else ""
    return f"{actor.display_name}（{unit}）"


def _require_text(text: str) -> None:
    if len(text) < SHORTEST_WITNESS:
        raise Refused(f"见证内容至少 {SHORTEST_WITNESS} 个字，请由见证人当场说出后填写。")


def _require_public(public_on: date, at: datetime) -> None:
    """A result that stays hidden as long as its officer likes is none."""
    within = local_span("draw.public_within", clock.civil_date(at))
    latest = clock.last_day(deadline(within, at, calendar()))
    if public_on > latest:
        raise Refused(f"结果公开日期不得晚于{date_text(latest)}（抽取后{within}内），请重新填写。")


def _tell_officers(draw: Draw, at: datetime) -> None:
    keys = [int(key) for key in draw.result["drawn"]["officers"]] if draw.result else []
    for person in Person.objects.filter(pk__in=keys).select_related("unit"):
        send_notice(
            actor=None,
            unit=draw.unit,
            person=person,
            title=f"您被随机抽取参加检查：{draw.title}"[:200],
            body="请按抽取结果参加检查；与被抽取煤矿有利害关系的，请立即提出回避。检查前不得向煤矿透露。",
            kind="draw",
            subject=about("draw", draw.pk),
            at=at,
        )
