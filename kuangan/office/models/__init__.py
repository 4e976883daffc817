"""Tables of `office`. Written by ``actions`` only."""

from kuangan.office.models.brief import Brief, BriefKind
from kuangan.office.models.circular import Circular, CircularKind, Receipt
from kuangan.office.models.collection import Collection, Return
from kuangan.office.models.incoming import Incoming, IncomingSource, IncomingStep, StepKind
from kuangan.office.models.meeting import Decision, Invitation, Meeting, MeetingKind
from kuangan.office.models.watch import HandOver, HolidayDuty, HolidayPlan, PhoneCall, PresenceCheck

__all__ = [
    "Brief",
    "BriefKind",
    "Circular",
    "CircularKind",
    "Collection",
    "Decision",
    "HandOver",
    "HolidayDuty",
    "HolidayPlan",
    "Incoming",
    "IncomingSource",
    "IncomingStep",
    "Invitation",
    "Meeting",
    "MeetingKind",
    "PhoneCall",
    "PresenceCheck",
    "Receipt",
    "Return",
    "StepKind",
]
