"""Writes on the city's uploaded workbooks: taken, compared, agreed on, written in their turn, all rows or none."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from kuangan.base import clock
from kuangan.city.book.applying import AppliedBook, digest_of
from kuangan.city.book.planning import BookPlan
from kuangan.city.book.preview import lines, posts_agreed, refused_workbook, summary
from kuangan.city.book.reading import heading_key
from kuangan.city.models import BookLine, BookState, CityBook, ToldHeading
from kuangan.core.actions import ask_city_book, record, save_attachment, withdraw_request
from kuangan.core.errors import Refused
from kuangan.core.models import RequestState, User
from kuangan.core.sheets.workbooks import refuse_swollen

AT_ONCE: Final = 2000
GONE_ON: Final = "这份工作簿已由他人处理，请刷新页面查看。"
REFUSED_NAME: Final = "不能导入的行.xlsx"


@transaction.atomic
def upload_book(*, actor: User, name: str, content: bytes, on: date, at: datetime | None = None) -> CityBook:
    """Take a workbook that is to hold from the day ``on``; a job compares it. Refused: no .xlsx, a file that is not accepted."""
    moment = at or clock.now()
    if not name.lower().endswith(".xlsx"):
        raise Refused("请上传 .xlsx 格式的工作簿；其他格式的请先在表格软件中另存为 .xlsx。")
    original = save_attachment(actor=actor, name=name, content=content, at=moment)
    refuse_swollen(content)
    book = CityBook.objects.create(by=actor, name=original.name, attachment=original, on=on, at=moment)
    record(
        actor=actor, action="city_book_uploaded", subject=book, data={"sha256": original.sha256, "on": on}, at=moment
    )
    return book


@transaction.atomic
def tell_headings(
    *, actor: User, book: CityBook, told: Mapping[tuple[str, str], str], at: datetime | None = None
) -> None:
    """Say what headings mean (by sheet and heading, a field or "" for nothing), for this book, which is read again, and for all later ones."""
    moment = at or clock.now()
    if not told:
        raise Refused("请至少选择一个栏目的对应。")
    for (sheet, heading), name in told.items():
        ToldHeading.objects.update_or_create(
            sheet=sheet, heading=heading_key(heading), defaults={"field": name, "by": actor, "at": moment}
        )
    _move(book, BookState.previewed, BookState.reading)
    content = {"headings": [[sheet, heading, name] for (sheet, heading), name in told.items()]}
    record(actor=actor, action="book_headings_told", subject=book, data=content, at=moment)


@transaction.atomic
def forget_heading(*, actor: User, heading: ToldHeading) -> None:
    """What was told about a heading no longer holds."""
    content = {"sheet": heading.sheet, "heading": heading.heading, "field": heading.field}
    record(actor=actor, action="book_heading_forgotten", subject=heading, data=content)
    heading.delete()


@transaction.atomic
def read_again(*, actor: User, book: CityBook, at: datetime | None = None) -> None:
    """Compare the book once more with what the platform holds now."""
    _move(book, BookState.previewed, BookState.reading)
    record(actor=actor, action="city_book_read_again", subject=book, at=at)


@transaction.atomic
def confirm_book(*, actor: User, book: CityBook, at: datetime | None = None) -> None:
    """Have the job write a book that nobody else must agree on. Refused: refused rows, nothing to write, and what two must agree on."""
    _require_writable(book)
    if needs_approval(book):
        raise Refused("工作簿登记签字岗位或者台账，须提请另一名管理员审批后写入。")
    _move(book, BookState.previewed, BookState.queued)
    record(actor=actor, action="city_book_confirmed", subject=book, at=at)


@transaction.atomic
def ask_approval(*, actor: User, book: CityBook, reason: str, at: datetime | None = None) -> None:
    """Lay the posts and ledgers of a book before the second administrator; agreed on, it is written by itself. Refused as :func:`confirm_book`."""
    _require_writable(book)
    if actor.person is None:
        raise Refused("请以本人账号提请审批。")
    posts = [dict(post) for post in book.posts]
    asked = ask_city_book(
        actor=actor, unit=actor.person.unit, book=book.pk, posts=posts, entries=book.entries, reason=reason
    )
    _move(book, BookState.previewed, BookState.asked)
    CityBook.objects.filter(pk=book.pk).update(request=asked)
    record(actor=actor, action="city_book_asked", subject=book, data={"request": asked.pk}, at=at)


def needs_approval(book: CityBook) -> bool:
    """Whether a second administrator must agree before the book is written."""
    return bool(book.posts or book.entries)


@transaction.atomic
def drop_book(*, actor: User, book: CityBook, at: datetime | None = None) -> None:
    """Give a book up that is not being written; its rows are forgotten, its request is taken back. Refused otherwise."""
    if book.state == BookState.asked and book.request is not None and book.request.state == RequestState.waiting:
        withdraw_request(actor=actor, request=book.request)
    moment = at or clock.now()
    if not _moved(book, (BookState.previewed, BookState.asked), BookState.dropped):
        raise Refused(GONE_ON)
    _end(book, moment)
    BookLine.objects.filter(book=book).delete()
    record(actor=actor, action="city_book_dropped", subject=book, at=moment)


def _require_writable(book: CityBook) -> None:
    if book.refused or not book.changed:
        raise Refused("工作簿内有不能导入的行，或者与平台登记没有差异，不能写入。")


# what the job does


@transaction.atomic
def keep_preview(*, book: CityBook, plan: BookPlan, note: str = "", at: datetime) -> None:
    """Keep what a book would change, in the place of what was kept before; it waits to be looked at. Refused: it was given up meanwhile."""
    if not _moved(book, (BookState.reading, BookState.queued), BookState.previewed):
        raise Refused(GONE_ON)
    BookLine.objects.filter(book=book).delete()
    BookLine.objects.bulk_create(lines(book, plan), batch_size=AT_ONCE)
    book.sheets, book.passed, book.digest, book.note = summary(plan), list(plan.passed), digest_of(plan), note
    posts, book.entries = posts_agreed(plan)
    book.posts = [dict(post) for post in posts]
    refused = refused_workbook(plan)
    book.refused_rows = save_attachment(actor=book.by, name=REFUSED_NAME, content=refused, at=at) if refused else None
    book.request = None
    _rest(book, "sheets", "passed", "digest", "note", "entries", "posts", "refused_rows", "request")
    record(actor=None, action="city_book_previewed", subject=book, data=_counts(book), at=at)


def _counts(book: CityBook) -> dict[str, Any]:
    return {sheet["title"]: sheet["counts"] for sheet in book.sheets}


@transaction.atomic
def end_unreadable(*, book: CityBook, reason: str, at: datetime) -> None:
    """A book that can't be read at all ends with the reason."""
    if _moved(book, (BookState.reading,), BookState.dropped):
        CityBook.objects.filter(pk=book.pk).update(note=reason)
        _end(book, at)
        record(actor=None, action="city_book_unreadable", subject=book, at=at)


@transaction.atomic
def return_book(*, book: CityBook, note: str, at: datetime) -> None:
    """A book that was not written, and why, waits to be looked at again."""
    if _moved(book, (BookState.asked, BookState.queued), BookState.previewed):
        book.note = note
        _rest(book, "note")
        record(actor=None, action="city_book_returned", subject=book, data={"note": note}, at=at)


@transaction.atomic
def let_write(*, book: CityBook, at: datetime) -> None:
    """The second administrator has agreed: it waits to be written."""
    if _moved(book, (BookState.asked,), BookState.queued):
        record(actor=None, action="city_book_approved", subject=book, data={"request": book.request_id}, at=at)


def begin(*, book: CityBook) -> int:
    """Note that the job begins with a book; how often it did, so that one which ends the process does not do so for ever."""
    CityBook.objects.filter(pk=book.pk).update(attempts=F("attempts") + 1, done=0, stage="")
    return int(CityBook.objects.values_list("attempts", flat=True).get(pk=book.pk))


def end_written(*, book: CityBook, applied: AppliedBook, at: datetime) -> None:
    """Mark a book as written, in the transaction that wrote it. Refused when another process did so."""
    if not _moved(book, (BookState.queued,), BookState.applied):
        raise Refused(GONE_ON)
    book.total = book.done = sum(applied.written.values())
    book.note = ""
    book.save(update_fields=["total", "done", "note"])
    _end(book, clock.now())  # a large book is written for minutes after the moment that its rows bear
    record(
        actor=book.by, action="city_book_applied", subject=book, data={"written": applied.written, "on": book.on}, at=at
    )


def _move(book: CityBook, before: BookState, after: BookState) -> None:
    if not _moved(book, (before,), after):
        raise Refused(GONE_ON)


def _moved(book: CityBook, before: Sequence[BookState], after: BookState) -> bool:
    if not CityBook.objects.filter(pk=book.pk, state__in=before).update(state=after):
        return False
    book.state = after
    return True


def _rest(book: CityBook, *names: str) -> None:
    """Keep these fields of a book with which the job is through for now."""
    book.attempts, book.done, book.stage = 0, 0, ""
    book.save(update_fields=[*names, "attempts", "done", "stage"])


def _end(book: CityBook, at: datetime) -> None:
    CityBook.objects.filter(pk=book.pk).update(ended_at=at, attempts=0)
