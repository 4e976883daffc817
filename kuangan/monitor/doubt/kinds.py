"""Kinds of incidents that say what is wrong with what a mine sends; their key begins with the code of the mine."""

from typing import Final

UNREADABLE: Final = "feed_unreadable"
CODES: Final = "feed_codes"
LATE: Final = "late_unjudged"
CLOCK: Final = "mine_clock"
REFUSED: Final = "feed_refused"
OF_MINES: Final = (UNREADABLE, CODES, LATE, CLOCK, REFUSED)
