"""One of everything of the office, made when a row of the matrix first asks for it."""

from typing import Any

from kuangan.core.actions import save_attachment
from kuangan.office.actions.circulars import send_circular
from kuangan.office.models import Circular


def circular(world: Any) -> Circular:
    """A notice with a file from the county's bureau to the first mine."""
    made = Circular.objects.first()
    if made is not None:
        return made
    city = world.city
    actor = city["county_section"]
    file = save_attachment(actor=actor, name="名单.txt", content="一号".encode())
    return send_circular(
        actor=actor,
        issuer=city.units["county"],
        kind="notice",
        title="关于开展雨季“三防”检查的通知",
        body="请各煤矿对照清单自查。",
        receivers=[city.units["mine"]],
        attachments=[file],
    )


def circular_file(world: Any) -> list[object]:
    """The address of that file."""
    made = circular(world)
    return ["circulars", made.pk, made.attachments.get().pk]
