"""Who may open what in the room `city`."""

from kuangan.base import clock
from kuangan.city.models import DataExport
from kuangan.city.out.jobs import export_path
from kuangan.law.role import Role
from tests.web.matrix.rows import ACCOUNT_KEEPERS, OPERATOR, SIGHTED, Row, city_book_of, told_heading_of
from tests.web.world import INSIDE, World


def export_of(world: World) -> int:
    """An export of the county's duty officer."""
    by, now = world.users[INSIDE[Role.duty_officer]], clock.now()
    export = DataExport.objects.get_or_create(by=by, defaults={"state": "ready", "at": now, "ended_at": now})[0]
    export_path(export).parent.mkdir(exist_ok=True)
    export_path(export).write_bytes(b"PK")
    return export.pk


ROWS: dict[str, Row] = {
    "exports": Row(SIGHTED),
    "export_file": Row(SIGHTED, lambda w: [export_of(w)], receivers={Role.duty_officer}),
    "city_books": Row(ACCOUNT_KEEPERS),
    "city_book_template": Row(OPERATOR),
    "city_book": Row(ACCOUNT_KEEPERS, lambda w: [city_book_of(w).pk]),
    "city_book_refused": Row(ACCOUNT_KEEPERS, lambda w: [city_book_of(w).pk]),
    "forget_heading": Row(OPERATOR, lambda w: [told_heading_of(w)], post=True),
}
