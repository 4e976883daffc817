"""The addresses of what rows are about: the one place that turns a subject into a page."""

from typing import Final
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from kuangan.core.subject import parsed

TABS: Final = {"mine_history": "history", "mine_monitoring": "monitoring"}
"""Parts of the file of a mine, each a tab."""
PAGES: Final = frozenset(
    {
        *(
            "account",
            "account_request",
            "brief",
            "case",
            "cases",
            "circular",
            "collection",
            "draw",
            "duties",
            "duty",
            "entry",
        ),
        *(
            "feeds",
            "entry",
            "incoming",
            "law_update",
            "ledger",
            "local_answer",
            "meeting",
            "mine",
            "register_change",
            "register_unit",
            "rule",
            "rule_states",
            "sample",
            "samples",
            "seals",
            "status",
            "watch",
        ),
    }
)
"""Kinds of subjects whose page has their name; the key of a thing is its only argument, but for an entry: its ledger and its number."""
KINDS: Final = PAGES | set(TABS)
PART: Final = "/"
"""Between the parts of a key that has several: the ledger and the number of an entry."""


def address_of(text: object) -> str:
    """The page of a subject given by its text; "" where there is none.

    An address within the platform, as rows of earlier releases hold it, and a place on the same page stay as they are.
    """
    written = str(text or "")
    if written.startswith("#") or (written.startswith("/") and not written.startswith(("//", "/\\"))):
        return written
    subject = parsed(written)
    if subject is None or subject.kind not in KINDS:
        return ""
    given = subject.key.split("/") if subject.key else []
    try:
        if subject.kind in TABS:
            page = reverse("mine_tab", args=[*given, TABS[subject.kind]])
        else:
            page = reverse(subject.kind, args=given)
    except NoReverseMatch:
        return ""
    return f"{page}?{urlencode(subject.narrowed)}" if subject.narrowed else page
