"""Letting each form count once, and keeping the files of a refused one until it is sent again.

Bookkeeping of pages, not of the city: nothing of it is recorded on the trail, all of it is forgotten after a day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import BinaryIO, Final

from django.conf import settings
from django.db import OperationalError, connection

from kuangan.base import clock
from kuangan.core.actions.file_room import MEGABYTE, check_room
from kuangan.core.content import clean_name, recognise
from kuangan.core.errors import Refused
from kuangan.core.models import FormMark, FormUpload, User
from kuangan.core.store import ContentTooLarge, draft_content, keep_content

KEPT_FOR: Final = timedelta(days=1)
"""How long an answered form is remembered and a refused form's files wait."""
REMEMBERED: Final = 50
"""Answered forms of one person that a page is told of, so that it keeps none of their texts."""
MOST_WAITING: Final = 20
"""Files of one form that wait at most."""


@contextmanager
def one_at_a_time(user: User, mark: str) -> Iterator[None]:
    """Two presses of the same form are answered one after the other. Refused when the first one takes too long."""
    key = f"form/{user.pk}/{mark}"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [key])
    except OperationalError as error:
        raise Refused("上一次提交正在办理，请稍候刷新页面查看结果，不要重复提交。") from error
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def spend_mark(*, user: User, mark: str, address: str) -> None:
    """Remember that the form was answered and where that led; the first answer stands. Its waiting files are let go."""
    FormMark.objects.bulk_create(
        [FormMark(user=user, mark=mark, address=address[:300], at=clock.wall_now())], ignore_conflicts=True
    )
    FormUpload.objects.filter(user=user, mark=mark).delete()


def answer_of(user: User, mark: str) -> str | None:
    """Where the answer of this form led; None for one that was not answered yet."""
    return FormMark.objects.filter(user=user, mark=mark).values_list("address", flat=True).first()


def spent_marks(user: User) -> list[str]:
    """The marks of the user's forms that were answered lately, the newest first."""
    marks = FormMark.objects.filter(user=user).order_by("-at", "-pk")
    return list(marks.values_list("mark", flat=True)[:REMEMBERED])


def keep_upload(*, user: User, mark: str, field: str, name: str, content: BinaryIO) -> FormUpload:
    """Let a file of a refused form wait. Refused as ``save_attachment``, and when too many wait already."""
    if FormUpload.objects.filter(user=user, mark=mark).count() >= MOST_WAITING:
        raise Refused(f"一次最多附{MOST_WAITING}个文件，请减少后重新提交。")
    shown, largest = clean_name(name), settings.KUANGAN_ATTACHMENT_MAX_BYTES
    try:
        with draft_content(content, largest=largest) as draft:
            if draft.size == 0:
                raise Refused(f"“{shown}”是空文件，请重新选择。")
            recognise(shown, draft.file)
            check_room(user=user, size=draft.size, at=clock.now())
            keep_content(draft)
    except ContentTooLarge as error:
        raise Refused(f"“{shown}”超过{largest // MEGABYTE}MB上限，请压缩或分段后上传。") from error
    return FormUpload.objects.create(
        user=user, mark=mark, field=field, sha256=draft.sha256, name=shown, size=draft.size, at=clock.wall_now()
    )


def forget_old_forms(at: datetime) -> int:
    """Forget what is older than a day, for the nightly sweep; how many waiting files were let go."""
    FormMark.objects.filter(at__lt=at - KEPT_FOR).delete()
    return FormUpload.objects.filter(at__lt=at - KEPT_FOR).delete()[0]
