"""Uploaded workbooks are read and written beside the sweep's rounds, one at a time, in the one thread that does so for sheets of ledgers.

Nothing of a book is half done: a process that is killed leaves it as it waits, and it is begun anew.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction

from kuangan.base.turns import Busy
from kuangan.city import actions
from kuangan.city.book.applying import OtherBook, apply_book, digest_of
from kuangan.city.book.planning import BookPlan, plan_book
from kuangan.city.models import BookState, CityBook
from kuangan.city.queries import told_headings, waiting_books
from kuangan.core.errors import Refused
from kuangan.core.models import RequestState
from kuangan.core.store import read_content
from kuangan.flow.credit import imports

log = logging.getLogger("kuangan.sweep")
REST: Final = timedelta(seconds=20)
MOST_ATTEMPTS: Final = 3
"""How often a book is begun that ends the process which works on it."""
CHANGED_SINCE: Final = "预览之后平台登记有变化，差异已重新列出，请核对后再写入；未写入任何内容。"
INTERRUPTED: Final = (
    f"处理 {MOST_ATTEMPTS} 次均被中断，未写入任何内容；请分成几个较小的工作簿上传，或者联系平台运行单位。"
)
CLASHED: Final = "写入时平台同时登记了相同的内容，未写入任何内容；请重新比对后再写入。"
Tell = Callable[[str, int, int], None]
"""Stage in words, rows done, rows in all."""
_resting: dict[int, datetime] = {}


def start_waiting(at: datetime) -> int:
    """Have the books that wait worked on, unless a sheet or a book is under way. Returns 0: nothing of it is done in the sweep's own round."""
    resting = [pk for pk, until in _resting.items() if at < until]
    if waiting_books().exclude(pk__in=resting).exists():
        imports.start_beside(lambda: work_waiting(at))
    return 0


def work_waiting(at: datetime) -> None:
    """Every book that waits, once; one that fails stays as it is, rests and is tried again."""
    for book in waiting_books():
        try:
            _work(book, at)
        except (OtherBook, Busy):
            _resting[book.pk] = at + REST
        except Refused:
            log.info("book %s was dealt with by another process", book.pk)
        except Exception:
            log.exception("book %s failed; nothing of it is written, it is tried again in %s", book.pk, REST)
            _resting[book.pk] = at + REST


def _work(book: CityBook, at: datetime) -> None:
    if book.state == BookState.asked:
        _take_answer(book, at)
        return
    if actions.begin(book=book) > MOST_ATTEMPTS:
        _give_up(book, at)
        return
    with _progress(book) as tell:
        if book.state == BookState.reading:
            _read(book, at, tell)
        else:
            _write(book, at, tell)


def _take_answer(book: CityBook, at: datetime) -> None:
    assert book.request is not None
    if book.request.state == RequestState.approved:
        actions.let_write(book=book, at=at)
        return
    words = "审批未予批准" if book.request.state == RequestState.refused else "审批申请已撤回"
    answer = f"：{book.request.answer}" if book.request.answer else ""
    actions.return_book(book=book, note=f"{words}{answer}。", at=at)


def _give_up(book: CityBook, at: datetime) -> None:
    if book.state == BookState.reading:
        actions.end_unreadable(book=book, reason=INTERRUPTED, at=at)
    else:
        actions.return_book(book=book, note=INTERRUPTED, at=at)


def _read(book: CityBook, at: datetime, tell: Tell) -> None:
    try:
        plan = _planned(book, tell)
    except Refused as refused:
        actions.end_unreadable(book=book, reason=refused.message, at=at)
        return
    actions.keep_preview(book=book, plan=plan, at=at)


def _write(book: CityBook, at: datetime, tell: Tell) -> None:
    """As it was looked at, and only so."""
    plan = _planned(book, tell)
    if digest_of(plan) != book.digest:
        actions.keep_preview(book=book, plan=plan, note=CHANGED_SINCE, at=at)
        return
    total = book.changed
    try:
        with transaction.atomic():
            applied = apply_book(
                actor=book.by,
                plan=plan,
                on=book.on,
                at=at,
                approval=book.request,
                tell=lambda title, done: tell(f"正在写入“{title}”", done, total),
            )
            actions.end_written(book=book, applied=applied, at=at)
    except OtherBook:
        raise
    except IntegrityError:
        log.warning("book %s was not written", book.pk, exc_info=True)
        actions.return_book(book=book, note=CLASHED, at=at)
    except Refused as refused:
        actions.return_book(book=book, note=refused.message, at=at)


def _planned(book: CityBook, tell: Tell) -> BookPlan:
    tell("正在读取工作簿", 0, 0)
    content = read_content(book.attachment.sha256)
    return plan_book(content, book.on, told_headings(), lambda title: tell(f"正在核对“{title}”", 0, 0))


@contextmanager
def _progress(book: CityBook) -> Iterator[Tell]:
    """Tells how far a book is, on a connection of its own: its rows can't be seen before all of them are there."""
    own = connections.create_connection(DEFAULT_DB_ALIAS)

    def tell(stage: str, done: int, total: int) -> None:
        with own.cursor() as cursor:
            cursor.execute(
                "UPDATE city_citybook SET stage = %s, done = %s, total = %s WHERE id = %s",
                [stage, done, total, book.pk],
            )

    try:
        yield tell
    finally:
        own.close()
