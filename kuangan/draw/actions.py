"""All writes on draws: publish the pool with the commitment, draw, cancel. Each is recorded on the draw's chain."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock, lottery
from kuangan.base.numerals import date_text
from kuangan.base.text import person_name
from kuangan.core.actions import record, send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Unit, User
from kuangan.core.sealed import seal, unseal
from kuangan.draw.models import Draw
from kuangan.draw.queries import drawing_units
from kuangan.law.calendar import workdays
from kuangan.law.local import local_span
from kuangan.law.span import deadline
from kuangan.mine.models import Mine

SHORTEST_WITNESS = 4
"""Characters a witness's text has at least: an empty one would leave the seed alone to decide."""


@transaction.atomic
def publish_draw(
    *,
    actor: User,
    unit: Unit,
    title: str,
    purpose: str,
    mines: Sequence[Mine],
    officers: Sequence[Person],
    recusals: Mapping[int, str],
    wanted: Mapping[str, int],
    at: datetime | None = None,
) -> Draw:
    """Publish the pools and the digest of a fresh secret seed; from here on neither can be changed.

    ``recusals``: reason by person, who is left out with it. ``wanted``: how many ``mines`` and ``officers``. Refused: a unit
    for which the actor may not draw, numbers that the pools do not hold, and pools from which a draw for the same purpose is waiting.
    """
    moment = at or clock.now()
    _require_unit(actor, unit, moment)
    Unit.objects.select_for_update().get(pk=unit.pk)  # one publication of a unit after the other
    left = [person for person in officers if person.pk not in recusals]
    _require_enough(wanted, {"mines": len(mines), "officers": len(left)})
    seed = secrets.token_hex(lottery.SEED_BYTES)
    named = {"title": title, "unit": unit.name, "purpose": purpose, "published_at": moment.isoformat()}
    counts = {"mines": wanted["mines"], "officers": wanted["officers"]}
    published = {"format": lottery.FORMAT, **named, **_pools(mines, officers, recusals), "wanted": counts}
    published["seed_digest"] = lottery.seed_digest(seed)
    _require_none_waiting(unit, published)
    published["commitment"] = lottery.commitment(published)
    slug = f"{clock.civil_date(moment):%Y%m%d}-{published['commitment'][:12]}"
    draw = Draw.objects.create(
        unit=unit,
        path=unit.path,
        title=title,
        slug=slug,
        record=published,
        commitment=published["commitment"],
        seed=seal(seed, Draw(slug=slug).seed_place),
        published_at=moment,
        published_by=actor,
    )
    record(actor=actor, action="draw_published", subject=draw, data={"record": published}, at=moment)
    return draw


def _pools(mines: Sequence[Mine], officers: Sequence[Person], recusals: Mapping[int, str]) -> dict[str, Any]:
    """Who may be drawn, and who is left out for which reason, as the published record says it."""
    named = [({"key": str(person.pk), "name": person.name}, recusals.get(person.pk)) for person in officers]
    return {
        "pools": {
            "mines": [{"key": mine.code, "name": mine.name} for mine in mines],
            "officers": [one for one, reason in named if reason is None],
        },
        "excluded": [{**one, "reason": reason} for one, reason in named if reason is not None],
    }


@transaction.atomic
def make_draw(
    *, actor: User, draw: Draw, witness: str, witness_text: str, public_on: date, at: datetime | None = None
) -> Draw:
    """Draw with the text a witness gives now, and reveal the seed; the officers drawn are told.

    Refused: a text shorter than four characters, a witness who is the actor, a day of publication that lies behind the longest
    wait (``draw.public_within``), and a draw that was made or cancelled.
    """
    moment = at or clock.now()
    _require_unit(actor, draw.unit, moment)
    text, witness = witness_text.strip(), person_name(witness)
    if len(text) < SHORTEST_WITNESS:
        raise Refused(f"见证内容至少 {SHORTEST_WITNESS} 个字，请由见证人当场说出后填写。")
    if witness in ("", person_name(actor.display_name)):
        raise Refused("见证人不能为空，也不能是抽取人本人，请另请一人见证。")
    _require_public(public_on, moment)
    seed = unseal(draw.seed, draw.seed_place)
    result = {
        "seed": seed,
        "witness": witness,
        "witness_text": text,
        "drawn_at": moment.isoformat(),
        "drawn": lottery.drawn(draw.record, seed, text),
    }
    waiting = Draw.objects.filter(pk=draw.pk, drawn_at=None, cancelled_at=None)
    if not waiting.update(result=result, drawn_at=moment, drawn_by=actor, public_on=public_on):
        raise Refused("该次抽查已抽取或已作废，不能再次抽取。")
    record(actor=actor, action="draw_made", subject=draw, data={"result": result, "public_on": public_on}, at=moment)
    draw.refresh_from_db()
    _tell_officers(draw, moment)
    return draw


@transaction.atomic
def cancel_draw(*, actor: User, draw: Draw, reason: str, at: datetime | None = None) -> Draw:
    """Give a draw up before it is made; it stays public with the reason. Refused without one, or when it was made."""
    moment = at or clock.now()
    _require_unit(actor, draw.unit, moment)
    if not reason.strip():
        raise Refused("请写明作废原因，作废的抽查仍向社会公开。")
    waiting = Draw.objects.filter(pk=draw.pk, drawn_at=None, cancelled_at=None)
    if not waiting.update(cancelled_at=moment, cancelled_for=reason.strip()):
        raise Refused("该次抽查已抽取或已作废，不能再作废。")
    record(actor=actor, action="draw_cancelled", subject=draw, data={"reason": reason.strip()}, at=moment)
    draw.refresh_from_db()
    return draw


def _require_unit(actor: User, unit: Unit, at: datetime) -> None:
    if unit not in drawing_units(actor, at):
        raise Refused(f"您不是{unit.name}的负责人或科（股）长，不能组织随机抽查。")


def _require_public(public_on: date, at: datetime) -> None:
    """A result that stays hidden as long as its officer likes is none."""
    within = local_span("draw.public_within", clock.civil_date(at))
    latest = clock.last_day(deadline(within, at, workdays()))
    if public_on > latest:
        raise Refused(f"结果公开日期不得晚于{date_text(latest)}（抽取后{within}内），请重新填写。")


def _require_none_waiting(unit: Unit, published: Mapping[str, Any]) -> None:
    """For one purpose the same pools wait for one draw only: a second would let one choose between results."""
    same = ("purpose", "pools", "wanted")
    for draw in Draw.objects.filter(unit=unit, drawn_at=None, cancelled_at=None):
        if all(draw.record[key] == published[key] for key in same):
            raise Refused(f"“{draw.title}”已公布相同的名单，尚未抽取，请先完成或作废该次抽查。")


def _require_enough(wanted: Mapping[str, int], held: Mapping[str, int]) -> None:
    for name, word in (("mines", "煤矿"), ("officers", "执法检查人员")):
        if not 1 <= wanted[name] <= held[name]:
            raise Refused(f"{word}名单共 {held[name]}，抽取数应在 1 至 {held[name]} 之间，请调整名单或抽取数。")


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
            link=f"/draws/{draw.pk}/",
            at=at,
        )
