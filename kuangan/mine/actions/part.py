"""Writes on the parts of a mine and its five key officers."""

from datetime import date, datetime

from django.db import transaction

from kuangan.base.text import person_name
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.mine.models import District, KeyPerson, KeyPost, Level, Mine


@transaction.atomic
def add_level(
    *, actor: User | None, mine: Mine, name: str, elevation: int | None = None, at: datetime | None = None
) -> Level:
    """Add a horizon; `elevation` in metres. Refused: the name exists."""
    if Level.objects.filter(mine=mine, name=name).exists():
        raise Refused(f"{mine.name}已有水平“{name}”。")
    level = Level.objects.create(mine=mine, name=name, elevation=elevation)
    record(actor=actor, action="level_added", subject=mine, data={"name": name, "elevation": elevation}, at=at)
    return level


@transaction.atomic
def add_district(
    *, actor: User | None, mine: Mine, name: str, level: Level | None = None, at: datetime | None = None
) -> District:
    """Add a district. Refused: the name exists, or the level is another mine's."""
    if District.objects.filter(mine=mine, name=name).exists():
        raise Refused(f"{mine.name}已有采（盘）区“{name}”。")
    if level is not None and level.mine_id != mine.pk:
        raise Refused(f"水平“{level.name}”不属于{mine.name}。")
    district = District.objects.create(mine=mine, name=name, level=level)
    content = {"name": name, "level": level.name if level else None}
    record(actor=actor, action="district_added", subject=mine, data=content, at=at)
    return district


@transaction.atomic
def appoint_key_person(
    *,
    actor: User | None,
    mine: Mine,
    post: str,
    name: str,
    from_on: date,
    phone: str = "",
    at: datetime | None = None,
) -> KeyPerson:
    """Fill one of the five key posts; the present holder leaves on the same day. Refused: unknown post, or a day before the holder's start."""
    if post not in KeyPost.values:
        raise Refused(f"职务“{post}”不属于五职矿长：{'、'.join(KeyPost.labels)}。")
    holder = KeyPerson.objects.filter(mine=mine, post=post, to_on__isnull=True).first()
    if holder is not None:
        if from_on < holder.from_on:
            raise Refused(f"{holder.name}自{holder.from_on}起任{KeyPost(post).label}，新任日期不得早于该日。")
        holder.to_on = from_on
        holder.save(update_fields=["to_on"])
    name = person_name(name)
    person = KeyPerson.objects.create(mine=mine, post=post, name=name, phone=phone, from_on=from_on)
    content = {"post": post, "name": name, "from_on": from_on, "before": holder.name if holder else None}
    record(actor=actor, action="key_person_appointed", subject=mine, data=content, at=at)
    return person


@transaction.atomic
def correct_key_person(
    *, actor: User | None, person: KeyPerson, phone: str, from_on: date, at: datetime | None = None
) -> KeyPerson:
    """Correct the telephone or the first day of who holds one of the five key posts. Refused: a day on which another still held it."""
    before = (
        KeyPerson.objects.filter(mine=person.mine, post=person.post, to_on__isnull=False).order_by("-to_on").first()
    )
    if before is not None and before.to_on is not None and from_on < before.to_on:
        raise Refused(f"{before.name}至{before.to_on}任{person.get_post_display()}，任职日期不得早于该日。")
    content = {
        "post": person.post,
        "before": {"phone": person.phone, "from_on": person.from_on},
        "after": {"phone": phone, "from_on": from_on},
    }
    person.phone, person.from_on = phone, from_on
    person.save(update_fields=["phone", "from_on"])
    record(actor=actor, action="key_person_corrected", subject=person.mine, data=content, at=at)
    return person
