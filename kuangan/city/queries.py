"""Reads about the city's workbooks; who may ask is decided by the role, which the caller's door asks for and these ask again."""

from collections.abc import Mapping

from django.db.models import Case, QuerySet, When

from kuangan.city.book.grammar import BookSheet
from kuangan.city.book.planning import REFUSED
from kuangan.city.book.sheets import SHEETS
from kuangan.city.models import BookLine, BookState, CityBook, ToldHeading
from kuangan.core.models import User
from kuangan.core.queries.account_requests import keeps_accounts


def books_for(user: User) -> QuerySet[CityBook]:
    """All books, the newest first, for the system and the security administrator; for others none."""
    books = CityBook.objects.select_related("by__person", "request", "refused_rows", "attachment").order_by("-pk")
    return books if keeps_accounts(user) else books.none()


def lines_of(user: User, book: CityBook) -> QuerySet[BookLine]:
    """The rows of a book in sight that are new, differ or can't be taken, those that can't first, then in the book's own order."""
    refused_first = Case(When(state=REFUSED, then=0), default=1)
    lines = BookLine.objects.filter(book=book).order_by(refused_first, "place", "number", "pk")
    return lines if keeps_accounts(user) else lines.none()


def headings_for(user: User) -> QuerySet[ToldHeading]:
    """What was told about headings, for those who see books."""
    told = ToldHeading.objects.select_related("by__person").order_by("sheet", "heading")
    return told if keeps_accounts(user) else told.none()


def told_headings() -> dict[str, Mapping[str, str]]:
    """By sheet and heading, the field that somebody said it means; "" for none."""
    told: dict[str, dict[str, str]] = {}
    for sheet, heading, name in ToldHeading.objects.values_list("sheet", "heading", "field"):
        told.setdefault(sheet, {})[heading] = name
    return dict(told)


def waiting_books() -> QuerySet[CityBook]:
    """Books for the job: to be read, approved or not, to be written; the oldest first."""
    states = (BookState.reading, BookState.asked, BookState.queued)
    waiting = CityBook.objects.filter(state__in=states).exclude(state=BookState.asked, request__state="waiting")
    return waiting.select_related("by__person", "attachment", "request").order_by("pk")


def sheet_titled(title: str) -> BookSheet | None:
    """The sheet of the book with this title."""
    return next((sheet for sheet in SHEETS if sheet.title == title), None)
