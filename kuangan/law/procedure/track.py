"""One strand of a case that is reported, accepted or sent back; several may run at once in the same state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from kuangan.law.cite import Cite
from kuangan.law.procedure.pairs import other_person_than
from kuangan.law.procedure.parts import Clock, Move
from kuangan.law.procedure.people import turn_text
from kuangan.law.procedure.view import Attempt, CaseView, Guard
from kuangan.law.time.span import Span


@dataclass(frozen=True)
class Track:
    """A strand: ``report``, then ``accept`` or ``undo`` (back to the report), none of which changes the state.

    The grammar keeps the order: nothing is reported after its acceptance, nothing accepted or sent back that was not reported since,
    and who accepts is another person than who reported. ``before``: what is entered ahead of the report; ``what``: what is
    reported, as refusals name it. The deadline runs from the opening to the acceptance; ``rolls`` as in :class:`Clock`.
    """

    id: str
    label: str
    what: str
    report: Move
    accept: Move
    undo: Move
    span: Callable[[date, Mapping[str, Any]], Span]
    before: tuple[Move, ...] = ()
    cites: tuple[Cite, ...] = ()
    escalates: tuple[str, ...] = ()
    rolls: bool = True

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """The strand's moves, each with the guards that keep the order."""
        sent = (*self.before, self.report)
        undone = (*(move.id for move in sent), self.accept.id)
        return (
            *(replace(move, guards=(*move.guards, self._not_accepted)) for move in sent),
            replace(self.accept, guards=(*self.accept.guards, self._reported, other_person_than(self.report.id))),
            replace(self.undo, guards=(*self.undo.guards, self._reported), undoes=(*self.undo.undoes, *undone)),
        )

    @property
    def clock(self) -> Clock:
        """From the opening to the acceptance."""
        return Clock(
            self.id,
            self.label,
            "deadline",
            self.span,
            starts=("open",),
            stops=(self.accept.id,),
            cites=self.cites,
            escalates=self.escalates,
            rolls=self.rolls,
        )

    def is_accepted(self, case: CaseView) -> bool:
        """Whether it was accepted and not sent back since."""
        newest = case.last(self.accept.id, self.undo.id)
        return newest is not None and newest.move == self.accept.id

    def _not_accepted(self, case: CaseView, attempt: Attempt) -> str | None:
        return f"{self.what}已验收，不得重复报送" if self.is_accepted(case) else None

    def _reported(self, case: CaseView, attempt: Attempt) -> str | None:
        newest = case.last(self.report.id, self.undo.id)
        if newest is not None and newest.move == self.report.id:
            return None
        who = turn_text(replace(by, role="") for by in self.report.by)
        return f"{who}尚未报送（或退回后尚未重新报送）{self.what}材料"


def all_accepted(tracks: tuple[Track, ...], why: str) -> Guard:
    """Every strand was accepted; ``why`` ends the sentence."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        waiting = [track.label for track in tracks if not track.is_accepted(case)]
        return f"以下措施尚未验收：{'、'.join(waiting)}；{why}" if waiting else None

    return guard
