"""How many entries the demonstration's units write into ledgers beside those by which duties are done."""

from typing import Final

BUSY: Final = 6
"""A history of years has so many times more entries of what is written often, as a city in full use would."""
PEOPLE: Final = 120
"""Who works at a mine of the demonstration, as its lists of posts say."""
