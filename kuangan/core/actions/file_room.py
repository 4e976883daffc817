"""How much one person may upload a day, and the removal of stored bytes that nothing names any more."""

import time
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Count, Model, Sum

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, FormUpload, User
from kuangan.law.local import local

DAY: Final = timedelta(days=1)
MEGABYTE: Final = 1024 * 1024
BATCH: Final = 500


def check_room(*, user: User, size: int, at: datetime) -> None:
    """Refused when the user's uploads of the last 24 hours and these bytes are more than the city allows."""
    day = clock.civil_date(at)
    most, megabytes = (int(local(f"files.{key}", day).value) for key in ("per_day", "megabytes_per_day"))
    stored = Attachment.objects.filter(uploaded_by=user, at__gt=at - DAY).aggregate(n=Count("pk"), s=Sum("size"))
    waiting = FormUpload.objects.filter(user=user).aggregate(n=Count("pk"), s=Sum("size"))
    if stored["n"] + waiting["n"] >= most:
        raise Refused(f"您24小时内已上传{most}个文件，达到上限，请稍后再传。")
    if (stored["s"] or 0) + (waiting["s"] or 0) + size > megabytes * MEGABYTE:
        raise Refused(f"您24小时内上传的文件将超过{megabytes}MB上限，请压缩后上传，或稍后再传。")


def sweep_content(named_by: Collection[tuple[type[Model], str]], now: float | None = None) -> int:
    """Remove stored bytes older than a day that no row names; how many files. Bytes stored anew are young again.

    ``named_by``: every table that names stored bytes, with the column of their digest.
    """
    before = (time.time() if now is None else now) - DAY.total_seconds()
    folder: Path = settings.DATA.root / "content"
    old = iter([file for file in folder.glob("*/*") if _older(file, before)])
    gone = 0
    while group := {file.name: file for file in islice(old, BATCH)}:
        named = {digest for model, column in named_by for digest in _among(model, column, list(group))}
        gone += sum(_unlink(file, before) for digest, file in group.items() if digest not in named)
    return gone + sum(_unlink(file, before) for file in folder.glob("draft-*"))


def _among(model: type[Model], column: str, digests: list[str]) -> Iterable[str]:
    files = model._default_manager.filter(**{f"{column}__in": digests})  # noqa: SLF001  # whichever table it is
    return files.values_list(column, flat=True)


def _older(file: Path, before: float) -> bool:
    try:
        return file.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _unlink(file: Path, before: float) -> bool:
    if not _older(file, before):  # stored anew while we asked
        return False
    file.unlink(missing_ok=True)
    return True
