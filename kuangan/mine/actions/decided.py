"""What decisions make of the dated attributes of mines: set from their day, withdrawn where the decision is, never overwritten."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kuangan.core.actions import record
from kuangan.core.models import User
from kuangan.mine.actions.mine import require_value
from kuangan.mine.models import Mine, MineAttribute
from kuangan.mine.queries.attributes import STANDING


@dataclass(frozen=True)
class Decided:
    """That a decision lets an attribute of a mine be ``value`` from a day on; ``basis``: the decision in words."""

    mine: Mine
    name: str
    value: str
    valid_from: date
    basis: str

    @property
    def key(self) -> tuple[int, str, str, date, str]:
        """What tells it from another decision."""
        return self.mine.pk, self.name, self.value, self.valid_from, self.basis


@transaction.atomic
def follow_decision(
    *, actor: User | None, source: str, decided: Collection[Decided], reason: str = "", at: datetime
) -> int:
    """Let what the decision ``source`` sets be exactly this; returns how many rows changed.

    What it set otherwise before is withdrawn for ``reason`` and stays to be read. Refused as :func:`require_value` refuses.
    """
    standing = list(
        MineAttribute.objects.select_for_update(of=("self",)).filter(STANDING, source=source).order_by("pk")
    )
    wanted = {setting.key: setting for setting in decided}
    gone = [attribute for attribute in standing if _key(attribute) not in wanted]
    known = {_key(attribute) for attribute in standing}
    fresh = [setting for key, setting in wanted.items() if key not in known]
    for attribute in gone:
        _withdraw(actor, attribute, reason, at)
    for setting in fresh:
        _set(actor, source, setting, at)
    return len(gone) + len(fresh)


def _key(attribute: MineAttribute) -> tuple[int, str, str, date, str]:
    return attribute.mine_id, attribute.name, attribute.value, attribute.valid_from, attribute.basis


def _withdraw(actor: User | None, attribute: MineAttribute, reason: str, at: datetime) -> None:
    attribute.withdrawn_at, attribute.withdrawn_for = at, reason
    attribute.save(update_fields=["withdrawn_at", "withdrawn_for"])
    content = {
        "name": attribute.name,
        "value": attribute.value,
        "valid_from": attribute.valid_from,
        "source": attribute.source,
    }
    record(
        actor=actor, action="mine_attribute_withdrawn", subject=attribute.mine, data=content | {"for": reason}, at=at
    )


@transaction.atomic
def take_back_attributes(
    *,
    actor: User | None,
    mine: Mine,
    names: Collection[str],
    valid_from: date,
    before: Mapping[str, Mapping[str, str]],
    at: datetime,
) -> None:
    """What was said by hand of these properties from a day on is taken back; ``before``: what had been said of the same day, which holds again."""
    said = MineAttribute.objects.filter(STANDING, mine=mine, name__in=names, valid_from=valid_from, source="")
    for attribute in said.select_for_update(of=("self",)).select_related("mine").order_by("name"):
        if attribute.name not in before:
            _withdraw(actor, attribute, "变更已更正", at)
            continue
        attribute.value, attribute.basis = before[attribute.name]["value"], before[attribute.name]["basis"]
        attribute.save(update_fields=["value", "basis"])
        content = {"name": attribute.name, "value": attribute.value, "valid_from": valid_from}
        record(actor=actor, action="mine_attribute_set", subject=mine, data=content, at=at)


def _set(actor: User | None, source: str, setting: Decided, at: datetime) -> None:
    require_value(setting.name, setting.value)
    content = {"name": setting.name, "value": setting.value, "valid_from": setting.valid_from, "basis": setting.basis}
    MineAttribute.objects.create(mine=setting.mine, source=source, **content)
    record(actor=actor, action="mine_attribute_set", subject=setting.mine, data=content | {"source": source}, at=at)
