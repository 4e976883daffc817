"""Which cases are meant, whoever reads: by their matter, by what came of them. Conditions only, no rows."""

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from kuangan.law.content import procedures, procedures_of
from kuangan.law.procedure import Matter


def of_matter(matter: Matter, prefix: str = "") -> Q:
    """Cases that deal with one kind of matter; ``prefix`` leads to the case (``case__``)."""
    return Q(**{f"{prefix}procedure__in": procedures_of(matter)})


def in_state(*outcomes: str) -> Q:
    """Cases in a state with one of these outcomes ("" for none yet)."""
    by_states: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for law in procedures():
        by_states[law.states_of(*outcomes)].append(law.id)
    return any_of(Q(procedure__in=ids, state__in=states) for states, ids in by_states.items() if states)


def any_of(conditions: Iterable[Q]) -> Q:
    """One of these; none of them: nothing."""
    return reduce(or_, conditions, Q(pk__in=[]))
