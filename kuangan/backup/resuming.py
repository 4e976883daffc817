"""What a restored platform does before it may start: its trail says that it begins again, the journal is replayed."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from kuangan.backup.manifest import Manifest
from kuangan.core.actions.backups import note_restoration
from kuangan.core.models import User
from kuangan.core.queries.invitations import codes_in_hand
from kuangan.flow.replay.intake import ReplayIntake
from kuangan.monitor.journal import Journal
from kuangan.monitor.models import Cursor, FeedFile

LEFT_OUT = 10_000_000
"""Numbers of files that are given to none after a restore: more than the busiest city gives in a week."""


@dataclass(frozen=True)
class Resumed:
    """Files of mines that came from the journal though the dump lacked them; the newest file's arrival; accounts to be reset."""

    replayed: int
    newest_at: datetime | None
    to_reset: list[str]
    invited: int
    """People whose codes of an invitation hold no more."""


def resume(root: Path, manifest: Manifest) -> Resumed:
    """Write the break, end what was lent, replay the journal, and leave out numbers that may have been given since."""
    before = FeedFile.objects.count()
    invited = codes_in_hand().count()
    if manifest.trail is not None:
        note_restoration(manifest=asdict(manifest), taken_at=manifest.taken_at, last_id=manifest.trail.last_id)
    ReplayIntake(root).close()
    _leave_out_numbers(root / "journal")
    newest = FeedFile.objects.order_by("-received_at").values_list("received_at", flat=True).first()
    unusable = User.objects.filter(password_given=True, is_active=True).values_list("username", flat=True)
    return Resumed(FeedFile.objects.count() - before, newest, sorted(unusable), invited)


def _leave_out_numbers(root: Path) -> None:
    """The platform that was lost may have told mines of later numbers; none of them is given to another file.

    They count as written, so that nobody waits for them.
    """
    journal = Journal.open(root)
    try:
        journal.leave_out(LEFT_OUT)
        Cursor.objects.filter(identity=journal.identity).update(journal_seq=journal.next_seq - 1)
    finally:
        journal.close()
