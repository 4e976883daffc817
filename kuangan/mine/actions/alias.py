"""Writes on the other codes of mines."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.mine.codes import WrongCode, alias_code
from kuangan.mine.models import Mine, MineAlias
from kuangan.mine.queries.attributes import STANDING


@transaction.atomic
def add_alias(
    *, actor: User | None, mine: Mine, code: str, valid_from: date, basis: str = "", at: datetime | None = None
) -> MineAlias:
    """Let a mine be known under another code from a day on. Refused: no such code, and one that means a mine on a day from then on."""
    try:
        bare = alias_code(code)
    except WrongCode as wrong:
        raise Refused(f"{wrong}。") from None
    _require_free(bare, valid_from)
    alias = MineAlias.objects.create(mine=mine, code=bare, valid_from=valid_from, basis=basis)
    content = {"code": bare, "valid_from": valid_from, "basis": basis}
    record(actor=actor, action="mine_alias_added", subject=mine, data=content, at=at)
    return alias


def _require_free(code: str, valid_from: date) -> None:
    own = Mine.objects.filter(code=code).first()
    if own is not None:
        raise Refused(f"编码{code}是{own.name}的煤矿编码，不能再登记为其他编码。")
    overlapping = MineAlias.objects.filter(STANDING, Q(until_on=None) | Q(until_on__gt=valid_from), code=code)
    known = overlapping.select_for_update(of=("self",)).select_related("mine").first()
    if known is not None:
        raise Refused(
            f"编码{code}自{known.valid_from}起已登记为{known.mine.name}的其他编码；须改用的，请先停用该登记。"
        )


@transaction.atomic
def end_alias(*, actor: User | None, alias: MineAlias, on: date, at: datetime | None = None) -> MineAlias:
    """From a day on the code means the mine no more. Refused: before it began, and where it has ended."""
    if alias.until_on is not None or alias.withdrawn_at is not None:
        raise Refused(f"编码{alias.code}已停用，无须办理。")
    if on <= alias.valid_from:
        raise Refused(f"编码{alias.code}自{alias.valid_from}起登记，停用日期须在其后；登记有误的，请更正该次登记。")
    alias.until_on = on
    alias.save(update_fields=["until_on"])
    content = {"code": alias.code, "until_on": on}
    record(actor=actor, action="mine_alias_ended", subject=alias.mine, data=content, at=at)
    return alias


@transaction.atomic
def go_on_with_alias(*, actor: User | None, alias: MineAlias, at: datetime | None = None) -> MineAlias:
    """It was not ended. Refused where the code means another mine since."""
    later = MineAlias.objects.filter(STANDING, code=alias.code, valid_from__gte=alias.until_on or alias.valid_from)
    known = later.exclude(pk=alias.pk).select_related("mine").first()
    if known is not None:
        raise Refused(f"编码{alias.code}此后已登记为{known.mine.name}的其他编码，请先更正该次登记。")
    alias.until_on = None
    alias.save(update_fields=["until_on"])
    record(actor=actor, action="mine_alias_added", subject=alias.mine, data={"code": alias.code, "again": True}, at=at)
    return alias


@transaction.atomic
def withdraw_alias(*, actor: User | None, alias: MineAlias, at: datetime) -> MineAlias:
    """It was said by mistake: the code never meant the mine. Refused where it was ended since."""
    if alias.until_on is not None:
        raise Refused(f"编码{alias.code}已于{alias.until_on}停用，请先更正该次停用。")
    alias.withdrawn_at = at
    alias.save(update_fields=["withdrawn_at"])
    record(actor=actor, action="mine_alias_withdrawn", subject=alias.mine, data={"code": alias.code}, at=at)
    return alias
