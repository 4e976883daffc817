"""The grammar of case procedures: states, moves, clocks, papers. Default deny: a move without actors cannot be made."""

from kuangan.law.field import Field
from kuangan.law.procedure.effect import MoveSets
from kuangan.law.procedure.facts import Fact
from kuangan.law.procedure.grammar import CaseSubject, Matter, Procedure, Quiet
from kuangan.law.procedure.opening import (
    FindingView,
    FromEntry,
    FromMove,
    FromOutside,
    FromPerson,
    FromReadings,
    FromRule,
    RowView,
)
from kuangan.law.procedure.parts import Calling, Clock, EntryMade, Move, PaperUse, State, Tell, Words
from kuangan.law.procedure.people import RELATION_WORDS, RELATIONS, SYSTEM, By, turn_text
from kuangan.law.procedure.track import Track, all_accepted
from kuangan.law.procedure.view import Attempt, CaseView, ClockView, Done, DutyView, Guard, PaperView, Party

__all__ = [
    "RELATIONS",
    "RELATION_WORDS",
    "SYSTEM",
    "Attempt",
    "By",
    "Calling",
    "CaseSubject",
    "CaseView",
    "Clock",
    "ClockView",
    "Done",
    "DutyView",
    "EntryMade",
    "Fact",
    "Field",
    "FindingView",
    "FromEntry",
    "FromMove",
    "FromOutside",
    "FromPerson",
    "FromReadings",
    "FromRule",
    "Guard",
    "Matter",
    "Move",
    "MoveSets",
    "PaperUse",
    "PaperView",
    "Party",
    "Procedure",
    "Quiet",
    "RowView",
    "State",
    "Tell",
    "Track",
    "Words",
    "all_accepted",
    "turn_text",
]
