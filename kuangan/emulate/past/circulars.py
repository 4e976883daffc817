"""The accident circulars of the demonstration's ledger, as its offices sent them: to every mine, signed for a few hours later."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from kuangan.core.models import Notice, Tenure, Unit, User
from kuangan.core.subject import about
from kuangan.emulate.past.history import History
from kuangan.flow.office.circulars import CIRCULARS
from kuangan.law.role import Role
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT
from kuangan.office.actions.circulars import NOTICE
from kuangan.office.models import Circular, CircularKind, Receipt

SIGNED: Final = timedelta(hours=3)
"""After which a mine has signed for what the office sent."""


def send_circulars(history: History) -> int:
    """Send what stands in the ledger, as far as its office has anybody with an account; returns how many."""
    mines = [mine.unit for mine in history.planner.world.mines]
    entries = list(Entry.objects.filter(CURRENT, ledger=CIRCULARS).select_related("unit").order_by("on", "pk"))
    senders = _users({entry.unit for entry in entries}, Role.section_head)
    signers = _users(mines, Role.mine_director)
    sent = [entry for entry in entries if entry.unit_id in senders]
    for entry in sent:
        below = [unit for unit in mines if unit.path.startswith(entry.unit.scope_path)]
        _send(entry, senders[entry.unit_id], below, signers, history)
    return len(sent)


def _users(units: Iterable[Unit], role: Role) -> dict[int, User]:
    """Who holds a post of the role, by unit, where he has an account."""
    tenures = Tenure.objects.filter(post__unit__in=list(units), post__role=role, to_at=None, person__user__isnull=False)
    return {tenure.post.unit_id: tenure.person.user for tenure in tenures.select_related("post", "person__user")}


def _send(entry: Entry, by: User, mines: list[Unit], signers: Mapping[int, User], history: History) -> None:
    at, values = entry.recorded_at, entry.values
    circular = Circular.objects.create(
        kind=CircularKind.circular, number=values["number"], title=values["title"], body=values["lessons"],
        issuer=entry.unit, path=entry.unit.path, sent_at=at, sent_by=by, entry=entry.serial,
    )  # fmt: skip
    over = at + SIGNED < history.end
    notices = Notice.objects.bulk_create(
        Notice(
            unit=unit, kind=NOTICE, title=f"{circular.get_kind_display()}：{circular.title}"[:200], body=circular.body[:500],
            link=str(about("circular", circular.pk)), created_at=at,
            received_at=at + SIGNED if over and unit.pk in signers else None,
            received_by=signers.get(unit.pk) if over else None,
            ended_at=at + SIGNED if over and unit.pk not in signers else None,
        )
        for unit in mines
    )  # fmt: skip
    Receipt.objects.bulk_create(
        Receipt(circular=circular, unit=notice.unit, path=notice.unit.path, notice=notice) for notice in notices
    )
