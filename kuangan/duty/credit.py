"""One credit towards a duty: as it is given, as it is on file, as it counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from kuangan.core.models import Attachment, User
from kuangan.duty.models import Fulfilment
from kuangan.duty.proof.grades import Grade, proven


@dataclass(frozen=True)
class Credit:
    """One credit to be given: which duty, on what it rests, when it was done, and when that became known here.

    ``grade``: how far it is proven; ``about`` and ``holds_*`` as those of :class:`~kuangan.duty.models.Fulfilment`.
    """

    duty_id: int
    source: str
    key: str
    done_at: datetime
    recorded_at: datetime
    actor: User | None = None
    note: str = ""
    attachments: Sequence[Attachment] = field(default_factory=tuple)
    grade: str = Grade.own.value
    about: str = ""
    holds_from: date | None = None
    holds_until: date | None = None

    @property
    def said(self) -> tuple[Any, ...]:
        """What the evidence says, as :attr:`Known.said`."""
        return self.done_at, self.grade, self.about, self.holds_from, self.holds_until


class Known(NamedTuple):
    """A credit that is on file."""

    pk: int
    recorded_at: datetime
    revoked_at: datetime | None
    done_at: datetime
    grade: str
    about: str
    holds_from: date | None
    holds_until: date | None

    @property
    def said(self) -> tuple[Any, ...]:
        """What the evidence says."""
        return self[3:]

    def differs(self, credit: Credit) -> bool:
        """Whether the evidence says something else now; a grade that a judgement has raised stays."""
        grade = proven([self.grade, credit.grade])
        return self.revoked_at is not None or self.said != (credit.done_at, grade, *credit.said[2:])


Name = tuple[int, str, str]
SAID = ("done_at", "grade", "about", "holds_from", "holds_until")


def known_credits(duties: Iterable[int]) -> dict[Name, Known]:
    """Every credit of the duties, those taken back too, by duty, source and key."""
    fulfilments = Fulfilment.objects.filter(duty__in=list(duties))
    credits_said = fulfilments.values_list("duty_id", "source", "key", "pk", "recorded_at", "revoked_at", *SAID)
    return {(duty, source, key): Known(*more) for duty, source, key, *more in credits_said}


class Counted(NamedTuple):
    """What of a valid credit decides whether its duty is done."""

    recorded_at: datetime
    done_at: datetime
    grade: str = Grade.own.value
    about: str = ""
    holds_from: date | None = None
    holds_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the evidence is valid on a day; evidence without days of its own is."""
        began = self.holds_from is None or self.holds_from <= day
        return began and (self.holds_until is None or day <= self.holds_until)


COLUMNS = {
    "duty_id": "bigint",
    "source": "text",
    "key": "text",
    "done_at": "timestamptz",
    "recorded_at": "timestamptz",
    "by_id": "bigint",
    "note": "text",
    "grade": "text",
    "about": "text",
    "holds_from": "date",
    "holds_until": "date",
}


def row_of(credit: Credit) -> tuple[Any, ...]:
    """The row of a new credit, in the order of :data:`COLUMNS`."""
    by = credit.actor.pk if credit.actor else None
    name = (credit.duty_id, credit.source, credit.key)
    return *name, credit.done_at, credit.recorded_at, by, credit.note, *credit.said[1:]
