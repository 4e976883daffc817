"""Once a day: forget old forms with their waiting files, remove stored bytes that nothing names."""

from datetime import date, datetime

from kuangan.base.clock import civil_date, wall_now
from kuangan.core.actions.file_room import sweep_content
from kuangan.core.actions.form_marks import forget_old_forms
from kuangan.core.models import Attachment, FormUpload
from kuangan.paper.models import Paper

NAMED_BY = ((Attachment, "sha256"), (FormUpload, "sha256"), (Paper, "pdf_sha256"))
"""Every table that names bytes of the store."""
_swept_on: date | None = None


def files_nightly(at: datetime) -> int:
    """How many files were let go; at most one look a day and process."""
    global _swept_on  # noqa: PLW0603  # the sweep's own last look
    today = civil_date(at)
    if _swept_on == today:
        return 0
    _swept_on = today
    return forget_old_forms(wall_now()) + sweep_content(NAMED_BY)
