"""What a kind of register change is: one file of ``kinds`` holds one, with its fields, its people, what it does and what it shows before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from kuangan.base import clock
from kuangan.core.models import AccountRequest, Unit, User
from kuangan.core.values import typed
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.law.procedure.people import By


@dataclass(frozen=True)
class Effect:
    """One line of what a change leads to: what, as it is, as it will be."""

    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class ChangeAct:
    """A change about to be done, or shown before it is: the stored ``values`` of its fields, who stands for it, and from which day.

    ``approval``: what two administrators agreed on, where the kind asks for it.
    """

    subject: ChangeSubject
    fields: Sequence[Field]
    values: Mapping[str, Any]
    effective_on: date
    actor: User
    now: datetime
    document: str = ""
    reason: str = ""
    approval: AccountRequest | None = None

    @property
    def at(self) -> datetime:
        """The moment from which it holds: now on the day itself, otherwise the day's beginning."""
        return (
            self.now if self.effective_on == clock.civil_date(self.now) else clock.beijing_midnight(self.effective_on)
        )

    @property
    def basis(self) -> str:
        """Its document, or where there is none its reason, as dated values name what they rest on."""
        return (self.document or self.reason)[:120]

    def value(self, name: str) -> Any:
        """A field's value as rules take it; None where it was left empty."""
        stored = self.values.get(name)
        declared = next(known for known in self.fields if known.name == name)
        return None if stored is None else typed(declared, stored)


Outcome = Mapping[str, Any]
NUMBERED: Final = ("document",)
DOCUMENTED: Final = ("document", "file")
"""What a kind rests on: a document's number, or the number and the file."""


def _always(subject: ChangeSubject) -> bool:
    return True


def _alone(act: ChangeAct) -> AccountRequest | None:
    return None


@dataclass(frozen=True)
class ChangeKind:
    """One kind of change. Everything that refuses raises ``Refused`` with what to do instead.

    ``subject``: what it is about (``flow.changes.subjects``). ``fields``: of the form, given what it is about.
    ``makes``: who may do it by himself; ``proposes``: who may only propose it; ``accepts``: who decides what was proposed (``makes``
    too). ``does``: carries it out through the actions of the lower packages, and answers what a correction will need. ``previews``:
    what follows, before it is done. ``undoes``: takes back what ``does`` did, given its outcome; None: it is not corrected but
    changed by a later one. ``fits``: which things it can be about. ``backdated``: whether it may hold from a day that has passed.
    ``twofold``: asks for the request that two administrators must agree on, where they must; None: nothing is asked.
    ``apart``: who proposed it does not decide it, whatever posts he holds.
    ``rests_on``: which of ``document`` (a number) and ``file`` it must have: the form marks them, the act is refused without.
    ``inside``: of the people and posts of a unit, which others than their keepers do not see.
    """

    id: str
    title: str
    subject: str
    fields: Callable[[ChangeSubject], tuple[Field, ...]]
    does: Callable[[ChangeAct], Outcome]
    previews: Callable[[ChangeAct], Iterable[Effect]]
    makes: tuple[By, ...]
    proposes: tuple[By, ...] = ()
    accepts: tuple[By, ...] = ()
    undoes: Callable[[ChangeAct, Outcome], None] | None = None
    fits: Callable[[ChangeSubject], bool] = _always
    backdated: bool = True
    twofold: Callable[[ChangeAct], AccountRequest | None] = _alone
    inside: bool = False
    apart: bool = False
    rests_on: tuple[str, ...] = ()
    help: str = ""
    tells: Callable[[ChangeAct], Iterable[Unit]] = field(default=lambda act: (act.subject.unit,))
