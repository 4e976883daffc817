"""Other codes of mines: which mine a code means on a day. Whatever names a mine by code asks here."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.db.models import Q, QuerySet

from kuangan.base import clock
from kuangan.core.queries import visible_to
from kuangan.mine.codes import CODE_LENGTH, bare_code
from kuangan.mine.models import Mine, MineAlias
from kuangan.mine.queries.attributes import STANDING


def aliases_on(on: date) -> QuerySet[MineAlias]:
    """The other codes that hold on a day."""
    begun = MineAlias.objects.filter(STANDING, valid_from__lte=on)
    return begun.filter(Q(until_on=None) | Q(until_on__gt=on)).order_by("code")


def mine_code_of(code: str, on: date) -> str | None:
    """The 12-digit code of the mine that a code means on a day; None: no mine's. Its own code goes before every other."""
    bare = bare_code(code)
    if len(bare) == CODE_LENGTH and Mine.objects.filter(code=bare).exists():
        return bare
    return aliases_on(on).filter(code=bare).values_list("mine__code", flat=True).first()


def codes_by_mine(on: date) -> dict[str, frozenset[str]]:
    """By mine's code, the others that hold on a day; one query."""
    known: dict[str, set[str]] = defaultdict(set)
    for mine, code in aliases_on(on).values_list("mine__code", "code"):
        known[mine].add(code)
    return {mine: frozenset(codes) for mine, codes in known.items()}


def codes_of_file(mine: str, name: str, content: bytes, received_at: int) -> frozenset[str]:
    """The codes that a file of a mine, received at a moment (seconds UTC), may carry; the database is asked only of one under another code."""
    own = frozenset({mine})
    if content.startswith(mine.encode()) and (not name or name.startswith(mine)):
        return own
    on = clock.civil_date(datetime.fromtimestamp(received_at, UTC))
    return own | set(aliases_on(on).filter(mine__code=mine).values_list("code", flat=True))


def aliases_of(reader: object, mines: Iterable[Mine], on: date) -> dict[int, list[str]]:
    """By key of a mine in the reader's sight, its other codes on a day; one query."""
    seen = visible_to(reader, aliases_on(on).filter(mine__in=[mine.pk for mine in mines]), "mine__unit__path")
    codes: dict[int, list[str]] = defaultdict(list)
    for mine, code in seen.values_list("mine_id", "code"):
        codes[mine].append(code)
    return codes
