"""Publishing the pools of a draw with the commitment, and agreeing to a repetition."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock, lottery
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Unit, User
from kuangan.core.sealed import seal
from kuangan.core.signing import Confirmation, spend
from kuangan.draw.models import Draw
from kuangan.draw.queries import repeated_draws
from kuangan.draw.signing import agree_acts, publish_acts, require_unit
from kuangan.mine.models import Mine


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
    repeat_reason: str = "",
    confirmation: Confirmation | None = None,
    at: datetime | None = None,
) -> Draw:
    """Publish the pools and the digest of a fresh secret seed; from here on neither can be changed.

    ``recusals``: reason by person, who is left out with it; the reasons stay with the unit. ``repeat_reason`` is needed where much
    the same mines were put up before (``draw.repeat_within``), whatever the purpose says. ``wanted``: how many ``mines`` and ``officers``. Refused: a unit
    for which the actor may not draw, numbers that the pools do not hold, and pools from which a draw for the same purpose is waiting.
    """
    moment = at or clock.now()
    require_unit(actor, unit, moment)
    Unit.objects.select_for_update().get(pk=unit.pk)  # one publication of a unit after the other
    (act,) = publish_acts(actor, unit, mines, officers, moment)
    spend(confirmation, actor, act.verb, act.subject, "公布抽查名单", act.content)
    _require_enough(wanted, {"mines": len(mines), "officers": sum(person.pk not in recusals for person in officers)})
    seed = secrets.token_hex(lottery.SEED_BYTES)
    published = {
        **_named(unit, title, purpose, moment),
        **_pools(mines, officers, recusals),
        "wanted": {name: wanted[name] for name in ("mines", "officers")},
        "repeats": _repeats(unit, mines, repeat_reason.strip(), moment),
        "seed_digest": lottery.seed_digest(seed),
    }
    _require_none_waiting(unit, published)
    published["commitment"] = lottery.commitment(published)
    draw = _drawable(actor, unit, published, recusals, seed, moment)
    content = {"record": published, "recusals": draw.recusals}
    record(actor=actor, action="draw_published", subject=draw, data=content, at=moment)
    return draw


def _drawable(
    actor: User, unit: Unit, published: dict[str, Any], recusals: Mapping[int, str], seed: str, at: datetime
) -> Draw:
    """The row of what is published, with the seed sealed."""
    slug = f"{clock.civil_date(at):%Y%m%d}-{published['commitment'][:12]}"
    return Draw.objects.create(
        unit=unit,
        path=unit.path,
        title=published["title"],
        slug=slug,
        record=published,
        commitment=published["commitment"],
        seed=seal(seed, Draw(slug=slug).seed_place),
        published_at=at,
        published_by=actor,
        recusals={str(key): reason for key, reason in recusals.items()},
    )


def _named(unit: Unit, title: str, purpose: str, at: datetime) -> dict[str, Any]:
    """What the published record begins with."""
    named = {"title": title, "unit": unit.name, "purpose": purpose, "published_at": at.isoformat()}
    return {"format": lottery.FORMAT, **named}


def _pools(mines: Sequence[Mine], officers: Sequence[Person], recusals: Mapping[int, str]) -> dict[str, Any]:
    """Who may be drawn, and who is left out, as the published record says it."""
    named = [({"key": str(person.pk), "name": person.name}, recusals.get(person.pk)) for person in officers]
    return {
        "pools": {
            "mines": [{"key": mine.code, "name": mine.name} for mine in mines],
            "officers": [member for member, reason in named if reason is None],
        },
        "excluded": [member for member, reason in named if reason is not None],
    }


@transaction.atomic
def agree_repeat(
    *, actor: User, draw: Draw, confirmation: Confirmation | None = None, at: datetime | None = None
) -> Draw:
    """Agree, as a second person, that a pool is drawn from again. Refused: who published it, or when somebody has agreed."""
    moment = at or clock.now()
    (act,) = agree_acts(actor, draw, moment)
    spend(confirmation, actor, act.verb, act.subject, "同意重复抽取", act.content)
    waiting = Draw.objects.filter(pk=draw.pk, drawn_at=None, cancelled_at=None, repeat_agreed_by=None)
    if not draw.record.get("repeats", {}).get("of") or not waiting.update(repeat_agreed_by=actor):
        raise Refused("该次抽查不须同意，或已同意、已抽取、已作废，请刷新页面。")
    record(actor=actor, action="draw_repeat_agreed", subject=draw, at=moment)
    draw.refresh_from_db()
    return draw


def _repeats(unit: Unit, mines: Sequence[Mine], reason: str, at: datetime) -> dict[str, Any]:
    """Which draws this one repeats, and why. Raises :class:`Refused` where no reason is given."""
    earlier = repeated_draws(unit, [mine.code for mine in mines], at)
    if earlier and not reason:
        named = "、".join(f"“{draw.title}”" for draw in earlier)
        raise Refused(f"该煤矿名单与{named}基本相同，再次抽取须写明理由，并经第二人同意。")
    published = [
        {"title": draw.title, "published_at": draw.published_at.isoformat(), "commitment": draw.commitment}
        for draw in earlier
    ]
    return {"of": published, "reason": reason if earlier else ""}


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
